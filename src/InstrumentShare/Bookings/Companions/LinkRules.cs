using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings.Companions;

/// <summary>What a link of instruments and a room may say.</summary>
public static class LinkRules
{
    public const int MaxMinutes = 1440;
    public const int MaxPeople = 50;
    public const int MaxCapacity = 200;

    /// <summary>Offsets of 0 to 1440 minutes, 1 to 50 people, days from today on that follow one another, exactly one target other than the instrument.</summary>
    public static List<Problem> Check(InstrumentId instrument, Guid? linked, Guid? room, int before, int after, int people, LocalDate from, LocalDate? to, LocalDate today)
    {
        var problems = new List<Problem>();
        if ((linked is null) == (room is null)) problems.Add(Problem.Invalid("instrument-link.target", "linkedInstrumentId"));
        if (linked == instrument.Value) problems.Add(Problem.Invalid("instrument-link.itself", "linkedInstrumentId"));
        if (before is < 0 or > MaxMinutes) problems.Add(Problem.Invalid("instrument-link.minutes", "beforeMinutes", ("value", before), ("max", MaxMinutes)));
        if (after is < 0 or > MaxMinutes) problems.Add(Problem.Invalid("instrument-link.minutes", "afterMinutes", ("value", after), ("max", MaxMinutes)));
        if (people is < 1 or > MaxPeople) problems.Add(Problem.Invalid("instrument-link.people", "people", ("value", people), ("max", MaxPeople)));
        if (from < today) problems.Add(Problem.Invalid("instrument-link.valid-from", "validFrom", ("value", from), ("today", today)));
        if (to < from) problems.Add(Problem.Invalid("instrument-link.valid-to", "validTo", ("value", to), ("from", from)));
        return problems;
    }

    /// <summary>Names of 1 to 100 and 200 characters, a place of at most 200, a capacity of 1 to 200, hours that close after they open.</summary>
    public static List<Problem> CheckRoom(string? name, string? nameEn, string? place, int? capacity, RoomCount? countsIn, string? opens, string? closes)
    {
        var problems = new List<Problem>();
        BookingText.Check(problems, name, "name", required: true, 100);
        BookingText.Check(problems, nameEn, "nameEn", required: true, 200);
        BookingText.Check(problems, place, "place", max: 200);
        if (capacity is not (>= 1 and <= MaxCapacity)) problems.Add(Problem.Invalid("room.capacity", "capacity", ("value", capacity), ("max", MaxCapacity)));
        if (countsIn is null) problems.Add(Problem.Invalid("room.counts-in", "countsIn"));
        var (from, to) = (OpeningHoursRules.Minute(opens), OpeningHoursRules.Minute(closes));
        var said = !string.IsNullOrWhiteSpace(opens) || !string.IsNullOrWhiteSpace(closes);
        if (said && (from is null or 1440 || to is null || to <= from)) problems.Add(Problem.Invalid("room.hours", "opens", ("opens", opens), ("closes", closes)));
        return problems;
    }
}
