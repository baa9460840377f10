using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using InstrumentShare.Notifications.Preferences;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.Extensions.Options;

namespace InstrumentShare.Notifications;

/// <summary>Makes a message of an outbox row: the words of its kind, in its language, with its values and its calendar entry.</summary>
public sealed partial class MailTemplates(WordCatalog catalog, PublicAddress address, HtmlEncoder encoder, IOptions<MailOptions> options)
{
    private const int MostFiles = 50;

    public bool Knows(string kind) => catalog.Has($"mail.{kind}.subject") && catalog.Has($"mail.{kind}.body");

    /// <exception cref="InvalidOperationException">The kind has no words.</exception>
    public OutgoingMail Render(LeavingMail mail)
    {
        var message = mail.Message;
        if (!Knows(message.Kind)) throw new InvalidOperationException($"There are no words for mail of the kind {message.Kind}.");
        var words = new Words(catalog, message.Language);
        var (subject, body, data) = TextsOf(message, words);
        List<MailAttachment> files = [];
        MailAttachment? invitation = null;
        if (message.Kind == Digest.Kind)
        {
            body += string.Concat(mail.Parts.Select(p => (Texts: TextsOf(p.Message, words), Part: p)).Select(p => $"\n\n— {p.Texts.Subject}\n{p.Texts.Body}{PrivateOf(p.Part)}"));
            files = [.. LatestOf(mail.Parts.Select(p => CalendarOf(p.Message, MailData.Read(p.Message.Data, words), words, p.Place)))];
        }
        else if (CalendarOf(message, data, words, mail.Place) is { } calendar)
        {
            var (file, type) = (calendar.Write(message.CreatedAt), TypeOf(calendar));
            // A list invites to nothing: it is attached alone.
            var isList = calendar.Method == Kernel.CalendarMethod.Publish;
            invitation = isList ? null : new MailAttachment(MailCalendar.FileName, type, file);
            files = [new MailAttachment(MailCalendar.FileName, isList ? type : "application/ics", file)];
        }

        var text = body + PrivateOf(mail) + "\n\n-- \n" + words.Fill(words[AccountPath(message)], new Dictionary<string, object?> { ["address"] = address.Value });
        return new OutgoingMail(message.Id, message.Recipient, subject, text, HtmlOf(text, message.Language), files, invitation);
    }

    private static string PrivateOf(LeavingMail mail) => mail.Fact?.Private is { } words ? "\n\n" + words : string.Empty;

    // Who wants less mail finds where to say so.
    private static string AccountPath(OutboxMessage message) => message.PersonId is null || message.Kind.StartsWith("account.", StringComparison.Ordinal) ? "mail.footer" : "mail.footer-wishes";

    private (string Subject, string Body, MailData Data) TextsOf(OutboxMessage message, Words words)
    {
        var key = "mail." + message.Kind;
        var data = MailData.Read(message.Data, words);
        var values = new Dictionary<string, object?>(data.Values, StringComparer.Ordinal) { ["address"] = address.Value };
        var subject = words.Fill(words[key + ".subject"], values, data.Zone).ReplaceLineEndings(" ").Trim();
        return (subject, words.Fill(words[key + ".body"], values, data.Zone).ReplaceLineEndings("\n").Trim(), data);
    }

    private Kernel.CalendarFile? CalendarOf(OutboxMessage message, MailData data, Words words, string place) =>
        MailCalendar.Of(message, data, words, MailCalendar.OrganizerOf(options.Value), address.Value, place);

    private static string TypeOf(Kernel.CalendarFile calendar) => $"text/calendar; charset=utf-8; method={calendar.MethodWord}";

    // Of several states of the same entries only the last is worth entering.
    private static IEnumerable<MailAttachment> LatestOf(IEnumerable<Kernel.CalendarFile?> calendars) => calendars.OfType<Kernel.CalendarFile>()
        .GroupBy(c => string.Join(' ', c.Events.Select(e => e.Uid)), StringComparer.Ordinal).Select(g => g.MaxBy(c => c.Events[0].Sequence)!).Take(MostFiles)
        .Select((c, i) => new MailAttachment(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"booking-{i + 1}.ics"), TypeOf(c), c.Write(c.Events[0].StampedAt)));

    private string HtmlOf(string text, string language)
    {
        var paragraphs = text.Split("\n\n").Select(p => "<p>" + Link().Replace(encoder.Encode(p), "<a href=\"$0\">$0</a>").Replace("\n", "<br>", StringComparison.Ordinal)
            .Replace("&#xA;", "<br>", StringComparison.Ordinal) + "</p>");
        return $"<!DOCTYPE html><html lang=\"{language}\"><body>{string.Concat(paragraphs)}</body></html>";
    }

    // Runs over encoded text, so a quote or a bracket has already ended a link.
    [GeneratedRegex(@"https?://[^\s<>""，。；）]+?(?=&#x(?:A|D);|[\s<>""，。；）]|$)")]
    private static partial Regex Link();
}
