using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings.HouseRules;

/// <param name="GraceUntil">The last day on which the version before is enough.</param>
public readonly record struct VersionDates(int Number, LocalDate ValidFrom, LocalDate? GraceUntil);

/// <summary>
/// Which version of a document must have been read for a use that begins on a day: the last one in force then. Within its grace,
/// who meets the version before is not asked, nor anyone where there is none before. A later version read counts for the earlier ones.
/// </summary>
public static class HouseRuleRules
{
    public const int MaxTitle = 100;
    public const int MaxTitleEn = 200;
    public const int MaxText = 20_000;
    public const int MaxLink = 500;

    /// <summary>The number of the version that is still to be read; null when nothing stands against the day.</summary>
    public static int? Unread(IReadOnlyCollection<VersionDates> versions, IReadOnlyCollection<int> read, LocalDate on)
    {
        var inForce = versions.Where(v => v.ValidFrom <= on).OrderByDescending(v => v.Number).ToList();
        foreach (var version in inForce)
        {
            if (read.Any(number => number >= version.Number)) return null;
            if (!(version.GraceUntil >= on)) return inForce[0].Number;
        }

        return null;
    }

    /// <summary>Titles of 1 to 100 and 200 characters; a text in both languages or an http(s) address; days that follow one another.</summary>
    /// <param name="earliest">Today, or the day from which the version before holds.</param>
    public static List<Problem> Check(string? title, string? titleEn, string? text, string? textEn, string? link, LocalDate validFrom, LocalDate? graceUntil, LocalDate earliest)
    {
        var problems = new List<Problem>();
        BookingText.Check(problems, title, "title", required: true, MaxTitle);
        BookingText.Check(problems, titleEn, "titleEn", required: true, MaxTitleEn);
        var chinese = BookingText.Check(problems, text, "text", max: MaxText);
        var english = BookingText.Check(problems, textEn, "textEn", max: MaxText);
        var address = BookingText.Check(problems, link, "link", max: MaxLink);
        if (address is not null && !(Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")) problems.Add(Problem.Invalid("house-rules.link", "link", ("value", address)));
        if (address is null && (chinese is null || english is null)) problems.Add(Problem.Invalid("house-rules.text-or-link", chinese is null ? "text" : "textEn"));
        if (validFrom < earliest) problems.Add(Problem.Invalid("house-rules.valid-from", "validFrom", ("value", validFrom), ("earliest", earliest)));
        if (graceUntil < validFrom) problems.Add(Problem.Invalid("house-rules.grace", "graceUntil", ("value", graceUntil), ("from", validFrom)));
        return problems;
    }
}
