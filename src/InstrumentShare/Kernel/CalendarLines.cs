using System.Text;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Kernel;

/// <summary>Content lines of an iCalendar file (RFC 5545 §3.1): escaped, folded, each ended by CRLF.</summary>
public sealed class CalendarLines
{
    /// <summary>The most octets of one line, without its end; the space that begins a folded line counts.</summary>
    public const int MaxOctets = 75;

    private static readonly InstantPattern UtcTime = InstantPattern.CreateWithInvariantCulture("uuuuMMdd'T'HHmmss'Z'");

    private readonly StringBuilder text = new();

    /// <summary>A property whose value is written as it is: a date, a word, an address.</summary>
    public void Add(string property, string value) => Fold(property + ":" + Clean(value));

    /// <summary>A property of type TEXT; nothing when it is empty.</summary>
    public void AddText(string property, string value)
    {
        if (value.Length > 0) Fold(property + ":" + Escape(value));
    }

    /// <summary>20260305T060000Z.</summary>
    public static string Utc(Instant instant) => UtcTime.Format(instant);

    /// <summary>A TEXT value: backslash, semicolon, comma and line ends escaped, other control characters left out (§3.3.11).</summary>
    public static string Escape(string value)
    {
        var escaped = new StringBuilder(value.Length + 16);
        foreach (var c in value.ReplaceLineEndings("\n"))
        {
            if (c == '\n') escaped.Append("\\n");
            else if (c is '\\' or ';' or ',') escaped.Append('\\').Append(c);
            else if (c == '\t' || !char.IsControl(c)) escaped.Append(c);
        }

        return escaped.ToString();
    }

    /// <summary>A parameter's value in quotes. A quote cannot stand in one (§3.2), so an apostrophe does.</summary>
    public static string Quoted(string value) => "\"" + Clean(value).Replace('"', '\'') + "\"";

    public override string ToString() => text.ToString();

    private static string Clean(string value) => string.Concat(value.Where(c => !char.IsControl(c)));

    // A line is cut between characters, never inside one, so that no reader meets half a Chinese character.
    private void Fold(string line)
    {
        var octets = 0;
        foreach (var rune in line.EnumerateRunes())
        {
            if (octets + rune.Utf8SequenceLength > MaxOctets)
            {
                text.Append("\r\n ");
                octets = 1;
            }

            text.Append(rune.ToString());
            octets += rune.Utf8SequenceLength;
        }

        text.Append("\r\n");
    }
}
