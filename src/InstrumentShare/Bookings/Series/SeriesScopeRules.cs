using NodaTime;

namespace InstrumentShare.Bookings.Series;

/// <summary>Which dates of a series a change is for, and which of those stand as the series has them.</summary>
public static class SeriesScopeRules
{
    /// <summary>The dates of a scope, ascending: the one, it and later ones, or all.</summary>
    public static List<SeriesDateRow> Of(IReadOnlyList<SeriesDateRow> dates, SeriesDateRow at, SeriesScope scope) => dates
        .Where(d => scope switch { SeriesScope.This => d.Date.Id == at.Date.Id, SeriesScope.Following => d.Date.StartsAt >= at.Date.StartsAt, _ => true }).ToList();

    /// <summary>Whether a booking is still to come and may still be changed at all.</summary>
    public static bool IsOpen(Booking? booking, Instant now) => booking is { Status: BookingStatus.Requested or BookingStatus.Confirmed } && booking.StartsAt > now;

    /// <summary>Whether a date's booking was moved by itself: it keeps its own time when the series moves.</summary>
    public static bool IsReplaced(SeriesDateRow row, DateTimeZone zone, int minutes) => row.Booking is { } booking && JudgedDate.Of(zone, row.Date.StartsAt, minutes).Slot != booking.Slot;
}
