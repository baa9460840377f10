using System.Net.Mail;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;

namespace InstrumentShare.Notifications;

/// <summary>What a message says to calendars, as it stood when the message was written: sending late makes no old state new.</summary>
public sealed record CalendarNote(string Uid, int Sequence, CalendarStatus Status);

/// <summary>The calendar entry of a message, for the reader's mail program to enter, change or take away.</summary>
public static class MailCalendar
{
    public const string FileName = "booking.ics";

    /// <summary>
    /// Null for mail that tells calendars nothing. A request or a cancellation is of one entry only, so the dates of a series are a
    /// published list, in which each says by its status whether it is to be taken away.
    /// </summary>
    /// <param name="address">The program's public address.</param>
    public static CalendarFile? Of(OutboxMessage message, MailData data, Words words, CalendarPerson organizer, string address, string place)
    {
        if (data.Calendar is { } note && data.Values.GetValueOrDefault("slot") is TimeSlot slot)
        {
            var attendee = new CalendarPerson(message.Recipient, data.Values.GetValueOrDefault("person") as string ?? message.Recipient);
            var entry = Entry(message, data, words, note, slot, address + (data.Values.GetValueOrDefault("link") ?? $"/bookings/{data.Values.GetValueOrDefault("bookingId")}")) with { Location = place.Length > 0 ? place : data.Values.GetValueOrDefault("place") as string ?? string.Empty, Attendee = attendee };
            return new CalendarFile(note.Status == CalendarStatus.Cancelled ? CalendarMethod.Cancel : CalendarMethod.Request, organizer, [entry]);
        }

        var dates = data.Dates.Where(d => d.Calendar is not null).Select(d => Entry(message, data, words, d.Calendar!, new TimeSlot(d.StartsAt, d.EndsAt), $"{address}/bookings/{d.BookingId}") with { Location = place }).ToList();
        return dates.Count > 0 ? new CalendarFile(CalendarMethod.Publish, organizer, dates) : null;
    }

    private static CalendarEvent Entry(OutboxMessage message, MailData data, Words words, CalendarNote note, TimeSlot slot, string url)
    {
        // What is no booking has words of its own.
        var own = $"calendar-file.{message.Kind}";
        var values = new Dictionary<string, object?>(data.Values, StringComparer.Ordinal) { ["slot"] = slot };
        return new CalendarEvent(note.Uid, note.Sequence, note.Status, slot, words.Fill(words[words.Has(own) ? own : "calendar-file." + Word.Of(note.Status)], values, data.Zone), message.CreatedAt)
        {
            Description = words.Fill(words["calendar-file.description"], values, data.Zone) + "\n" + url, Url = url,
        };
    }

    /// <summary>The sender of mail as the organizer of entries: mail programs take an invitation from nobody else.</summary>
    public static CalendarPerson OrganizerOf(MailOptions options)
    {
        var sender = new MailAddress(options.From);
        return new CalendarPerson(sender.Address, sender.DisplayName.Length > 0 ? sender.DisplayName : "InstrumentShare");
    }
}
