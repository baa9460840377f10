#if MAILKIT
using System.Text;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace InstrumentShare.Notifications;

/// <summary>Sends through MailKit: STARTTLS, and implicit TLS on port 465.</summary>
public sealed class MailKitMailer(IOptions<MailOptions> options) : IMailer
{
    private const int ImplicitTlsPort = 465;

    public async Task SendAsync(OutgoingMail mail, CancellationToken cancel)
    {
        var settings = options.Value;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(TimeSpan.FromSeconds(settings.TimeoutSeconds));
        using var client = new SmtpClient();
        var security = settings.Port == ImplicitTlsPort ? SecureSocketOptions.SslOnConnect : settings.UseStartTls ? SecureSocketOptions.StartTls : SecureSocketOptions.None;
        await client.ConnectAsync(settings.Host, settings.Port, security, timeout.Token);
        if (settings.User.Length > 0) await client.AuthenticateAsync(settings.User, settings.Password, timeout.Token);
        await client.SendAsync(MessageOf(mail, settings.From), timeout.Token);
        await client.DisconnectAsync(quit: true, timeout.Token);
    }

    private static MimeMessage MessageOf(OutgoingMail mail, string from)
    {
        var sender = MailboxAddress.Parse(from);
        var forms = new MultipartAlternative { new TextPart("plain") { Text = mail.Text }, new TextPart("html") { Text = mail.Html } };
        if (mail.Invitation is { } invitation) forms.Add(PartOf(invitation));
        var body = new Multipart("mixed") { forms };
        foreach (var part in mail.Attachments)
        {
            var file = PartOf(part);
            file.ContentDisposition = new ContentDisposition(ContentDisposition.Attachment) { FileName = part.Name };
            body.Add(file);
        }

        var message = new MimeMessage { Subject = mail.Subject, Body = body, MessageId = $"{mail.Id}@{sender.Domain}" };
        message.From.Add(sender);
        message.To.Add(MailboxAddress.Parse(mail.Recipient));
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }

    private static MimePart PartOf(MailAttachment part) => new(ContentType.Parse(part.ContentType))
    {
        Content = new MimeContent(new MemoryStream(Encoding.UTF8.GetBytes(part.Text))), ContentTransferEncoding = ContentEncoding.Base64,
    };
}
#endif
