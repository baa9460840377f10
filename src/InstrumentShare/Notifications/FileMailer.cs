using System.Net.Mail;
using InstrumentShare.Persistence;
using Microsoft.Extensions.Options;

namespace InstrumentShare.Notifications;

/// <summary>Without an SMTP server: each message is an .eml file that any mail program opens.</summary>
public sealed class FileMailer(IOptions<MailOptions> options, IOptions<PostgresOptions> data) : IMailer
{
    public string Folder { get; } = Path.GetFullPath(
        options.Value.Folder.Length > 0 ? options.Value.Folder
        : Path.Combine(data.Value.DataFolder.Length > 0 ? data.Value.DataFolder : ".data", "mail"));

    public async Task SendAsync(OutgoingMail mail, CancellationToken cancel)
    {
        // The client chooses the file's name; a folder of its own makes it ours, and the move makes it appear whole.
        var scratch = Directory.CreateDirectory(Path.Combine(Folder, $".{mail.Id}")).FullName;
        try
        {
            using var client = new SmtpClient { DeliveryMethod = SmtpDeliveryMethod.SpecifiedPickupDirectory, PickupDirectoryLocation = scratch };
            using var message = SmtpMailer.MessageOf(mail, options.Value.From);
            await client.SendMailAsync(message, cancel);
            File.Move(Directory.GetFiles(scratch).Single(), Path.Combine(Folder, $"{mail.Id}.eml"), overwrite: true);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }
}
