using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using InstrumentShare.Persistence;
using InstrumentShare.Web;

namespace InstrumentShare.Notifications;

/// <summary>Makes a message of an outbox row: the words of its kind, in its language, with its values.</summary>
public sealed partial class MailTemplates(WordCatalog catalog, PublicAddress address, HtmlEncoder encoder)
{
    public bool Knows(string kind) => catalog.Has($"mail.{kind}.subject") && catalog.Has($"mail.{kind}.body");

    /// <exception cref="InvalidOperationException">The kind has no words.</exception>
    public OutgoingMail Render(OutboxMessage message)
    {
        var key = "mail." + message.Kind;
        if (!Knows(message.Kind)) throw new InvalidOperationException($"There are no words for mail of the kind {message.Kind}.");
        var words = new Words(catalog, message.Language);
        var data = MailData.Read(message.Data, words);
        var values = new Dictionary<string, object?>(data.Values, StringComparer.Ordinal) { ["address"] = address.Value };
        var subject = words.Fill(words[key + ".subject"], values, data.Zone).ReplaceLineEndings(" ").Trim();
        var text = words.Fill(words[key + ".body"], values, data.Zone).ReplaceLineEndings("\n").Trim() + "\n\n-- \n" + words.Fill(words["mail.footer"], values);
        return new OutgoingMail(message.Id, message.Recipient, subject, text, HtmlOf(text, message.Language), data.Attachments);
    }

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
