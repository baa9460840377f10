using System.Net;
using System.Net.Mail;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using InstrumentShare.Notifications;
using InstrumentShare.Persistence;
using InstrumentShare.Tests.Support;
using Microsoft.Extensions.Options;

namespace InstrumentShare.Tests.Notifications;

public sealed class SmtpMailerTests : IAsyncLifetime
{
    private SmtpServer server = null!;

    public async Task InitializeAsync()
    {
        server = await SmtpServer.StartAsync();

        // The client has no setting for a certificate of one's own. Only this one is let through.
#pragma warning disable SYSLIB0014
        ServicePointManager.ServerCertificateValidationCallback = (_, certificate, _, errors) =>
            errors == System.Net.Security.SslPolicyErrors.None || (certificate as X509Certificate2)?.Thumbprint == server.Thumbprint;
#pragma warning restore SYSLIB0014
    }

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task A_message_leaves_encrypted_and_signed_in_with_both_bodies_and_its_attachment()
    {
        var mail = Mail() with { Attachments = [new("预约.ics", "text/calendar; method=REQUEST; charset=utf-8", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")] };
        await Mailer().SendAsync(mail, default);
        var message = (await server.MessagesAsync()).ShouldHaveSingleItem();
        message.ShouldContain("X-Test-Tls: yes");
        message.ShouldContain("X-Test-To: wang@example.org");
        message.ShouldContain($"Message-ID: <{mail.Id}@share.example>", Case.Insensitive);
        message.ShouldContain("Auto-Submitted: auto-generated", Case.Insensitive);
        message.ShouldContain("multipart/alternative");
        message.ShouldContain("text/html");
        message.ShouldContain("text/calendar");
        message.ShouldContain("method=REQUEST");
        Decoded(message).ShouldContain("预约已确认");
        Decoded(message).ShouldContain("BEGIN:VCALENDAR");
    }

    [Fact]
    public async Task A_wrong_password_is_a_failure_and_nothing_is_taken()
    {
        await Should.ThrowAsync<SmtpException>(() => Mailer(password: "wrong").SendAsync(Mail(), default));
        (await server.MessagesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_encryption_the_server_takes_nothing()
    {
        await Should.ThrowAsync<SmtpException>(() => Mailer(startTls: false).SendAsync(Mail(), default));
        (await server.MessagesAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_server_each_message_is_one_file_even_when_written_twice()
    {
        var folder = Directory.CreateTempSubdirectory("instrumentshare-mail-").FullName;
        try
        {
            var mailer = new FileMailer(Options.Create(new MailOptions { Folder = folder }), Options.Create(new PostgresOptions()));
            var mail = Mail();
            await mailer.SendAsync(mail, default);
            await mailer.SendAsync(mail, default);
            Directory.GetFileSystemEntries(folder).ShouldBe([Path.Combine(folder, $"{mail.Id}.eml")]);
            Decoded(await File.ReadAllTextAsync(Path.Combine(folder, $"{mail.Id}.eml"))).ShouldContain("预约已确认");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private SmtpMailer Mailer(string password = SmtpServer.Password, bool startTls = true) => new(Options.Create(new MailOptions
    {
        Host = "localhost", Port = server.Port, User = SmtpServer.User, Password = password, UseStartTls = startTls, From = "InstrumentShare <mail@share.example>",
    }));

    private static OutgoingMail Mail() => new(Guid.CreateVersion7(), "wang@example.org", "预约已确认", "预约已确认：周四", "<p>预约已确认</p>", []);

    // Bodies travel as base64 or quoted-printable: every run of base64 lines is read.
    private static string Decoded(string message)
    {
        var text = new StringBuilder();
        foreach (var block in message.ReplaceLineEndings("\n").Split("\n\n"))
        {
            var run = string.Concat(block.Split('\n').TakeWhile(l => l.Length > 0 && l.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '/' or '=')));
            var buffer = new byte[run.Length];
            text.AppendLine(Convert.TryFromBase64String(run, buffer, out var length) ? Encoding.UTF8.GetString(buffer, 0, length) : block);
        }

        return text.ToString();
    }
}
