using InstrumentShare.Bookings.Calendars;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Notifications;
using InstrumentShare.Persistence;
using NodaTime;

namespace InstrumentShare.Bookings.Series;

/// <summary>What is told of a series as a whole: one event and one mail, however many dates it has.</summary>
public static class SeriesNews
{
    private sealed record Date(Instant StartsAt, Instant EndsAt, BookingId BookingId, BookingStatus Status, CalendarNote Calendar);

    /// <param name="Dates">The dates that the news is about, ascending: the mail's text and its calendar file list them.</param>
    private sealed record Data(string Person, string Instrument, string InstrumentEn, string TimeZone, SeriesId SeriesId, string Rrule, int Count, int Skipped, string? Reason, IReadOnlyList<Date> Dates);

    /// <summary>Adds event and mail to the context, to be saved with the change itself.</summary>
    /// <param name="name"><c>booking-series.</c> and what has happened.</param>
    public static void AddSeriesNews(
        this AppDb db, string name, BookingSeries series, InstrumentRules instrument, BookingNews.Recipient to, IEnumerable<Booking> bookings, int skipped, Instant now, string? reason = null)
    {
        var dates = bookings.OrderBy(b => b.StartsAt).Select(b => new Date(b.StartsAt, b.EndsAt, b.Id, b.Status, b.CalendarNote())).ToList();
        var data = new Data(to.Name, instrument.Name, instrument.NameEn, instrument.Zone.Id, series.Id, series.Rrule, dates.Count, skipped, reason, dates);
        db.AddEvent(name, now, series.Id.Value, instrument.Id.Value, instrument.InstitutionId.Value, series.PersonId.Value, new { data.Count, data.Skipped, Bookings = dates.Select(d => d.BookingId) });
        if (!string.IsNullOrEmpty(to.Email)) db.AddMail(name, to.Email, to.PersonId.Value, to.Language, data, now);
    }
}
