using InstrumentShare.Bookings.Companions;
using InstrumentShare.Kernel;
using InstrumentShare.Notifications;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Bookings.Calendars;

/// <summary>A booking as a calendar shows it.</summary>
/// <param name="Person">Who comes, for readers who may know and do not come themselves.</param>
public sealed record CalendarRow(BookingId Id, int Version, BookingStatus Status, TimeSlot Slot, string Instrument, string InstrumentEn, string TimeZone, string Place, string? Person = null)
{
    /// <summary>What it takes along.</summary>
    public IReadOnlyList<AlongName> Along { get; init; } = [];
}

/// <summary>How calendars know a booking: by one UID for its life, whichever mail, feed or file tells of it.</summary>
public static class BookingCalendar
{
    public static string UidOf(BookingId id) => $"{id.Value}@instrumentshare";

    /// <summary>The version counts every change from 1, the sequence from 0.</summary>
    public static int SequenceOf(int version) => version - 1;

    /// <summary>Tentative until somebody approves it; cancelled also when it was refused or expired: the time is not the holder's.</summary>
    public static CalendarStatus StatusOf(BookingStatus status) => status switch
    {
        BookingStatus.Requested => CalendarStatus.Tentative,
        BookingStatus.Cancelled or BookingStatus.Rejected or BookingStatus.Expired => CalendarStatus.Cancelled,
        _ => CalendarStatus.Confirmed,
    };

    public static CalendarNote CalendarNote(this Booking booking) => new(UidOf(booking.Id), SequenceOf(booking.Version), StatusOf(booking.Status));

    /// <summary>The entry for readers who may open the booking.</summary>
    /// <param name="address">The program's public address.</param>
    public static CalendarEvent EntryOf(CalendarRow row, Words words, string address, Instant stampedAt)
    {
        var (status, name, url) = (StatusOf(row.Status), words.Name(row.Instrument, row.InstrumentEn), $"{address}/bookings/{row.Id.Value}");
        var title = row.Person is null ? name : $"{row.Person} · {name}";
        return new CalendarEvent(UidOf(row.Id), SequenceOf(row.Version), status, row.Slot, words["calendar-file." + Word.Of(status), ("instrument", title)], stampedAt)
        {
            Description = string.Join('\n', new[] { TimeOf(row, words), AlongName.Text(row.Along, words), url }.Where(l => l.Length > 0)), Location = row.Place, Url = url,
        };
    }

    /// <summary>The entry for readers who may know only that the instrument is taken. Its UID leads nowhere.</summary>
    public static CalendarEvent TakenOf(CalendarRow row, string uid, Words words, Instant stampedAt) =>
        new(uid, SequenceOf(row.Version), StatusOf(row.Status), row.Slot, words["calendar-file.taken", ("instrument", words.Name(row.Instrument, row.InstrumentEn))], stampedAt)
        {
            Description = TimeOf(row, words), Location = row.Place,
        };

    private static string TimeOf(CalendarRow row, Words words)
    {
        var zone = DateTimeZoneProviders.Tzdb[row.TimeZone];
        return words["calendar-file.description", ("slot", words.Slot(row.Slot.StartsAt, row.Slot.EndsAt, zone)), ("timeZone", row.TimeZone)];
    }
}
