using System.Globalization;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Bookings.Series;

/// <summary>A date and the booking that it would be, or is now; null where something stands against it.</summary>
public sealed record PlannedDate(JudgedDate Date, Booking? Booking);

/// <summary>What would come of a series, or came.</summary>
public sealed record SeriesPlan(BookingSeries Series, InstrumentRules Instrument, IReadOnlyList<PlannedDate> Dates)
{
    public IReadOnlyList<Booking> Bookings => Dates.Select(d => d.Booking).OfType<Booking>().ToList();

    public IReadOnlyList<PlannedDate> Failing => Dates.Where(d => d.Booking is null).ToList();

    public bool NeedsApproval => Bookings.Any(b => b.Status == BookingStatus.Requested);

    /// <summary>The estimates of all dates that can be booked; null when one has none.</summary>
    public Money? Total => Bookings.Count > 0 && Bookings.All(b => b.Estimate?.Currency == Bookings[0].EstimateCurrency && b.Estimate is not null) ? Bookings.Select(b => b.Estimate!.Value).Aggregate((sum, next) => sum + next) : null;

    /// <summary>Whether it may be booked as its maker wants conflicts treated.</summary>
    public bool MayBeBooked => Bookings.Count > 0 && (Failing.Count == 0 || Series.Conflicts == SeriesConflicts.Skip);

    /// <summary>The refusal of the whole, and then each date's own problems.</summary>
    public List<Problem> Refusal => Refuse(Dates.Select(d => d.Date).ToList(), Instrument);

    /// <summary>All that stands against some of the dates, each problem with the date it is about.</summary>
    public static List<Problem> Refuse(IReadOnlyList<JudgedDate> dates, InstrumentRules instrument)
    {
        var failing = dates.Where(d => !d.IsOk).ToList();
        var whole = Problem.Refused("series.dates-refused", "dates", ("failing", failing.Count), ("count", dates.Count));
        return [whole, .. failing.SelectMany(d => d.Problems.Select(p => On(p, d.Local))).In(instrument)];
    }

    /// <summary>A problem with the date it is about, for the sentence and for programs.</summary>
    public static Problem On(Problem problem, LocalDateTime local) => problem with
    {
        Field = $"dates[{local.ToString("uuuu-MM-dd'T'HH:mm", CultureInfo.InvariantCulture)}]",
        Data = new Dictionary<string, object?>(problem.Data ?? new Dictionary<string, object?>(), StringComparer.Ordinal) { [Words.DateFigure] = local.Date },
    };
}
