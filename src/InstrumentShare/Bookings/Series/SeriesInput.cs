using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Bookings.Series;

/// <summary>Reads what a program sent about a series, naming every field that cannot be read.</summary>
public static class SeriesInput
{
    /// <returns>Null when something could not be read; then there are problems.</returns>
    public static BookSeries.Request? Read(SeriesApi.CreateRequest body, List<Problem> problems)
    {
        var start = WallTime.Local(body.LocalStart, "localStart", problems);
        var end = WallTime.Local(body.LocalEnd, "localEnd", problems);
        var conflicts = SeriesConflicts.Fail;
        if (body.Conflicts is { } word && !Word.TryParse(word, out conflicts)) problems.Add(Problem.Invalid("series.conflicts", "conflicts", ("value", word), ("known", string.Join(", ", Word.All<SeriesConflicts>()))));
        var (instrument, mode, fund, group) = BookingInput.ReadWish(body.InstrumentId, body.ServiceMode, body.FundId, body.GroupId, problems);
        var without = Dates(body.ExDates, "exDates", start, problems);
        var with = Dates(body.RDates, "rDates", start, problems);
        return problems.Count > 0 ? null : new BookSeries.Request(
            instrument, start!.Value, MinutesOf(start.Value, end!.Value), body.Rrule, conflicts, mode, body.Purpose, fund, group, body.UsePlace, body.CustomsNotice, without, with, body.OverrideReason);
    }

    /// <summary>The length by the wall's clock; not positive where the end does not lie after the start.</summary>
    public static int MinutesOf(LocalDateTime start, LocalDateTime end) => (int)Math.Clamp(Period.Between(start, end, PeriodUnits.Minutes).Minutes, int.MinValue, int.MaxValue);

    public static SeriesScope Scope(string? word, List<Problem> problems)
    {
        if (word is null || Word.TryParse<SeriesScope>(word, out var scope)) return word is null ? SeriesScope.This : Word.Parse<SeriesScope>(word);
        problems.Add(Problem.Invalid("series.scope", "scope", ("value", word), ("known", string.Join(", ", Word.All<SeriesScope>()))));
        return SeriesScope.This;
    }

    // A date alone means the series' time of that day.
    private static List<LocalDateTime> Dates(IReadOnlyList<string>? texts, string field, LocalDateTime? start, List<Problem> problems)
    {
        var dates = new List<LocalDateTime>();
        if (texts?.Count > RecurrenceRules.MaxDates) problems.Add(Problem.Invalid("series.too-many", field, ("count", texts.Count), ("max", RecurrenceRules.MaxDates)));
        else
        {
            foreach (var text in texts ?? [])
            {
                if (LocalDatePattern.Iso.Parse(text ?? string.Empty) is { Success: true, Value: { Year: > 1970 and < 2200 } date }) dates.Add(date.At(start?.TimeOfDay ?? LocalTime.Midnight));
                else if (WallTime.Local(text, field, problems) is { } time) dates.Add(time);
            }
        }

        return dates;
    }
}

/// <summary>Which dates of a series a change is for.</summary>
public enum SeriesScope
{
    This,
    Following,
    All,
}
