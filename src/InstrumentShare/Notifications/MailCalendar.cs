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

    /// <summary>Null for mail that tells calendars nothing.</summary>
    /// <param name="url">Where the entry can be opened.</param>
    public static CalendarFile? Of(OutboxMessage message, MailData data, Words words, CalendarPerson organizer, string url, string place)
    {
        if (data.Calendar is not { } note || data.Values.GetValueOrDefault("slot") is not TimeSlot slot) return null;
        var key = "calendar-file." + Word.Of(note.Status);
        var entry = new CalendarEvent(note.Uid, note.Sequence, note.Status, slot, words.Fill(words[key], data.Values, data.Zone), message.CreatedAt)
        {
            Description = words.Fill(words["calendar-file.description"], data.Values, data.Zone) + "\n" + url, Location = place, Url = url,
            Attendee = new CalendarPerson(message.Recipient, data.Values.GetValueOrDefault("person") as string ?? message.Recipient),
        };
        return new CalendarFile(note.Status == CalendarStatus.Cancelled ? CalendarMethod.Cancel : CalendarMethod.Request, organizer, [entry]);
    }

    /// <summary>The sender of mail as the organizer of entries: mail programs take an invitation from nobody else.</summary>
    public static CalendarPerson OrganizerOf(MailOptions options)
    {
        var sender = new MailAddress(options.From);
        return new CalendarPerson(sender.Address, sender.DisplayName.Length > 0 ? sender.DisplayName : "InstrumentShare");
    }
}
