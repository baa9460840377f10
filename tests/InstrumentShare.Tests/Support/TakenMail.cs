using System.Text;
using InstrumentShare.Notifications;
using InstrumentShare.Notifications.Preferences;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace InstrumentShare.Tests.Support;

/// <summary>Sends what is due in a host's outbox, to memory or through a mailer of the test's own.</summary>
internal sealed class TakenMail : IMailer
{
    public List<OutgoingMail> Mails { get; } = [];

    public Task SendAsync(OutgoingMail mail, CancellationToken cancel)
    {
        Mails.Add(mail);
        return Task.CompletedTask;
    }

    /// <summary>What left, in order.</summary>
    public static async Task<List<OutgoingMail>> OfAsync(TestHost host)
    {
        var taken = new TakenMail();
        await SendAsync(host, taken);
        return taken.Mails;
    }

    public static Task SendAsync(TestHost host, IMailer mailer) => new SendOutboxMessages(
        host.Services.GetRequiredService<IDbContextFactory<AppDb>>(), mailer, host.Services.GetRequiredService<MailTemplates>(), host.Services.GetRequiredService<MailGate>(),
        Options.Create(new MailOptions()), host.Clock, NullLogger<SendOutboxMessages>.Instance).RunAsync(default);
}

/// <summary>Parts of a message as they travelled.</summary>
internal static class MimeParts
{
    /// <summary>The decoded content of every part of a type, with its headers.</summary>
    public static List<(string Headers, string Content)> Of(string message, string type) => message.ReplaceLineEndings("\n").Split("\n--")
        .Select(p => p.Split("\n\n", 2)).Where(p => p.Length == 2 && p[0].Contains("Content-Type: " + type, StringComparison.OrdinalIgnoreCase) && !p[0].Contains("multipart", StringComparison.OrdinalIgnoreCase))
        .Select(p => (p[0], Decoded(p[0], p[1]))).ToList();

    private static string Decoded(string headers, string content) => headers.Contains("base64", StringComparison.OrdinalIgnoreCase)
        ? Encoding.UTF8.GetString(Convert.FromBase64String(string.Concat(content.Where(c => !char.IsWhiteSpace(c)))))
        : content;
}
