namespace InstrumentShare.Notifications;

/// <summary>A message ready to leave, as text and as simple HTML.</summary>
/// <param name="Id">The outbox row's id; it makes the Message-ID, so a message that had to be sent twice can be seen to be one.</param>
/// <param name="Invitation">
/// A calendar entry for the mail program itself: it stands beside the two bodies as a third form of the same message, which is
/// where Outlook looks for it. The same file attached serves programs and people that do not.
/// </param>
public sealed record OutgoingMail(Guid Id, string Recipient, string Subject, string Text, string Html, IReadOnlyList<MailAttachment> Attachments, MailAttachment? Invitation = null);

/// <param name="ContentType">With its parameters, such as <c>text/calendar; method=REQUEST; charset=utf-8</c>.</param>
public sealed record MailAttachment(string Name, string ContentType, string Text);

/// <summary>The edge where mail leaves the program. Throws when the message was not accepted.</summary>
public interface IMailer
{
    Task SendAsync(OutgoingMail mail, CancellationToken cancel);
}
