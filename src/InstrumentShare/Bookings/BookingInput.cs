using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>Reads what a program sent, naming every field that cannot be read.</summary>
public static class BookingInput
{
    /// <returns>Null when something could not be read; then there are problems.</returns>
    public static BookInstrument.Request? Read(BookingApi.BookRequest body, List<Problem> problems)
    {
        var (instrument, mode, fund, group) = ReadWish(body.InstrumentId, body.ServiceMode, body.FundId, body.GroupId, problems);
        var startsAt = Time(body.StartsAt, "startsAt", problems);
        var endsAt = Time(body.EndsAt, "endsAt", problems);
        var technician = Id(body.TechnicianId, "technicianId", problems);
        return problems.Count > 0 ? null : new BookInstrument.Request(instrument, startsAt, endsAt, mode, body.Purpose, fund, body.OverrideReason, group, body.UsePlace, body.CustomsNotice, TechnicianId: technician is { } id ? new PersonId(id) : null);
    }

    /// <summary>What is booked, how and for whom, whatever its times.</summary>
    public static (InstrumentId Instrument, ServiceMode Mode, Guid? Fund, GroupId? Group) ReadWish(string? instrument, string? mode, string? fund, string? group, List<Problem> problems)
    {
        var instrumentId = Id(instrument, "instrumentId", problems);
        if (instrument is null) problems.Add(Problem.Invalid("booking.field-missing", "instrumentId", ("field", "instrumentId")));
        return (new InstrumentId(instrumentId ?? default), Mode(mode, problems), Id(fund, "fundId", problems), Id(group, "groupId", problems) is { } id ? new GroupId(id) : null);
    }

    /// <summary>One's own work where nothing is said.</summary>
    public static ServiceMode Mode(string? word, List<Problem> problems)
    {
        var mode = ServiceMode.SelfOperated;
        if (word is not null && !Word.TryParse(word, out mode)) problems.Add(Problem.Invalid("booking.service-mode", "serviceMode", ("value", word), ("known", string.Join(", ", Word.All<ServiceMode>()))));
        return mode;
    }

    /// <summary>An instant with its offset; a missing or unreadable one is a problem.</summary>
    public static Instant Time(string? text, string field, List<Problem> problems)
    {
        if (string.IsNullOrWhiteSpace(text)) problems.Add(Problem.Invalid("booking.field-missing", field, ("field", field)));
        else if (Read(text) is { } instant) return instant;
        else problems.Add(Problem.Invalid("booking.time-unreadable", field, ("value", text)));
        return default;
    }

    /// <summary>As <see cref="Time"/>, from an address, where a plus sign may have become a space; null when absent.</summary>
    public static Instant? QueryTime(string? text, string field, List<Problem> problems) =>
        string.IsNullOrEmpty(text) ? null : Time(text.Replace(' ', '+'), field, problems);

    private static Guid? Id(string? text, string field, List<Problem> problems)
    {
        if (text is null) return null;
        if (Guid.TryParse(text, out var id)) return id;
        problems.Add(Problem.Invalid("booking.id-unreadable", field, ("value", text)));
        return null;
    }

    // The database keeps years 1 to 9999 exactly; a century around now is all that a booking can mean.
    private static Instant? Read(string text) =>
        InstantJsonConverter.Parse(text) is { } instant && instant.InUtc().Year is > 1970 and < 2200 ? instant : null;
}
