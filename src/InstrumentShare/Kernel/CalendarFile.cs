using NodaTime;

namespace InstrumentShare.Kernel;

/// <summary>What a calendar file asks its reader to do (RFC 5546): show a list, enter or change one entry, take one entry away.</summary>
public enum CalendarMethod
{
    Publish,
    Request,
    Cancel,
}

public enum CalendarStatus
{
    Tentative,
    Confirmed,
    Cancelled,
}

/// <param name="Email">A bare mail address.</param>
public sealed record CalendarPerson(string Email, string Name);

/// <summary>One entry. <paramref name="Uid"/> stays the same for the life of what it tells of, and <paramref name="Sequence"/> grows with each change.</summary>
/// <param name="Sequence">From 0.</param>
/// <param name="StampedAt">When this statement about the entry was made.</param>
public sealed record CalendarEvent(string Uid, int Sequence, CalendarStatus Status, TimeSlot Slot, string Summary, Instant StampedAt)
{
    public string Description { get; init; } = string.Empty;

    public string Location { get; init; } = string.Empty;

    /// <summary>Where the entry can be opened; an absolute address.</summary>
    public string Url { get; init; } = string.Empty;

    /// <summary>Whom the entry is sent to. Mail programs want one in a request, and forbid one in a published list.</summary>
    public CalendarPerson? Attendee { get; init; }
}

/// <summary>
/// An iCalendar file (RFC 5545, methods by RFC 5546). Times are written in UTC and no VTIMEZONE is: a booking happens once, so no
/// rule has to know its local time, every program shows UTC in its reader's zone, and there is no definition of a zone to be wrong.
/// </summary>
/// <param name="Organizer">Who sends it; every method demands one.</param>
public sealed record CalendarFile(CalendarMethod Method, CalendarPerson Organizer, IReadOnlyList<CalendarEvent> Events)
{
    /// <summary>What subscribers see the list called.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>How often a subscriber should look again, in whole minutes.</summary>
    public int? RefreshMinutes { get; init; }

    /// <summary>The span that the list covers. An empty list says with it that nothing is booked there: a file must hold something.</summary>
    public TimeSlot? Range { get; init; }

    /// <summary>The method as headers of mail and HTTP name it.</summary>
    public string MethodWord => Method.ToString().ToUpperInvariant();

    /// <summary>The file's text, with CRLF at every line's end.</summary>
    /// <exception cref="InvalidOperationException">Neither an event nor a range is there to be written.</exception>
    public string Write(Instant now)
    {
        var lines = new CalendarLines();
        lines.Add("BEGIN", "VCALENDAR");
        lines.Add("VERSION", "2.0");
        lines.Add("PRODID", "-//InstrumentShare//InstrumentShare//EN");
        lines.Add("CALSCALE", "GREGORIAN");
        lines.Add("METHOD", MethodWord);
        lines.AddText("NAME", Name);
        lines.AddText("X-WR-CALNAME", Name);
        if (RefreshMinutes is { } minutes)
        {
            lines.Add("REFRESH-INTERVAL;VALUE=DURATION", $"PT{minutes}M");
            lines.Add("X-PUBLISHED-TTL", $"PT{minutes}M");
        }

        foreach (var entry in Events) Write(lines, entry);
        if (Events.Count == 0) WriteFree(lines, Range ?? throw new InvalidOperationException("A calendar file without events needs a range."), now);
        lines.Add("END", "VCALENDAR");
        return lines.ToString();
    }

    private void Write(CalendarLines lines, CalendarEvent entry)
    {
        lines.Add("BEGIN", "VEVENT");
        lines.Add("UID", entry.Uid);
        lines.Add("SEQUENCE", entry.Sequence.ToString(System.Globalization.CultureInfo.InvariantCulture));
        lines.Add("DTSTAMP", CalendarLines.Utc(entry.StampedAt));
        lines.Add("DTSTART", CalendarLines.Utc(entry.Slot.StartsAt));
        lines.Add("DTEND", CalendarLines.Utc(entry.Slot.EndsAt));
        lines.AddText("SUMMARY", entry.Summary);
        lines.AddText("DESCRIPTION", entry.Description);
        lines.AddText("LOCATION", entry.Location);
        if (entry.Url.Length > 0) lines.Add("URL", entry.Url);
        lines.Add("STATUS", entry.Status.ToString().ToUpperInvariant());
        lines.Add("TRANSP", entry.Status == CalendarStatus.Cancelled ? "TRANSPARENT" : "OPAQUE");
        lines.Add("ORGANIZER;CN=" + CalendarLines.Quoted(Organizer.Name), "mailto:" + Organizer.Email);
        if (entry.Attendee is { } attendee)
        {
            // Who booked has accepted already, so no mail program needs to ask.
            lines.Add($"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE;CN={CalendarLines.Quoted(attendee.Name)}", "mailto:" + attendee.Email);
        }

        lines.Add("END", "VEVENT");
    }

    private void WriteFree(CalendarLines lines, TimeSlot range, Instant now)
    {
        lines.Add("BEGIN", "VFREEBUSY");
        lines.Add("UID", "free@instrumentshare");
        lines.Add("DTSTAMP", CalendarLines.Utc(now));
        lines.Add("DTSTART", CalendarLines.Utc(range.StartsAt));
        lines.Add("DTEND", CalendarLines.Utc(range.EndsAt));
        lines.Add("ORGANIZER;CN=" + CalendarLines.Quoted(Organizer.Name), "mailto:" + Organizer.Email);
        lines.Add("END", "VFREEBUSY");
    }
}
