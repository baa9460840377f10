using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;
using Microsoft.Extensions.Options;

namespace InstrumentShare.Notifications;

/// <summary>Sends through the platform's own SMTP client: STARTTLS and sign-in, no implicit TLS.</summary>
public sealed class SmtpMailer(IOptions<MailOptions> options) : IMailer
{
    public async Task SendAsync(OutgoingMail mail, CancellationToken cancel)
    {
        var settings = options.Value;
        using var client = new SmtpClient(settings.Host, settings.Port) { EnableSsl = settings.UseStartTls };
        if (settings.User.Length > 0) client.Credentials = new NetworkCredential(settings.User, settings.Password);
        using var message = MessageOf(mail, settings.From);

        // The client's own time-out holds only for its synchronous call.
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(TimeSpan.FromSeconds(settings.TimeoutSeconds));
        await client.SendMailAsync(message, timeout.Token);
    }

    /// <summary>The message in the platform's form: both bodies, attachments, and headers that machines look at.</summary>
    internal static MailMessage MessageOf(OutgoingMail mail, string from)
    {
        var sender = new MailAddress(from);
        var message = new MailMessage(sender, new MailAddress(mail.Recipient))
        {
            Subject = mail.Subject, SubjectEncoding = Encoding.UTF8, Body = mail.Text, BodyEncoding = Encoding.UTF8,
        };
        message.Headers.Add("Message-ID", $"<{mail.Id}@{sender.Host}>");
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.AlternateViews.Add(AlternateView.CreateAlternateViewFromString(mail.Html, Encoding.UTF8, MediaTypeNames.Text.Html));
        if (mail.Invitation is { } invitation)
        {
            var view = AlternateView.CreateAlternateViewFromString(invitation.Text, new ContentType(invitation.ContentType));
            // Base64 keeps the file's own line ends and folds as they are.
            view.TransferEncoding = TransferEncoding.Base64;
            message.AlternateViews.Add(view);
        }

        foreach (var part in mail.Attachments)
        {
            var type = new ContentType(part.ContentType) { Name = part.Name };
            message.Attachments.Add(new Attachment(new MemoryStream(Encoding.UTF8.GetBytes(part.Text)), type));
        }

        return message;
    }
}
