using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings.Companions;

public enum RoomCount
{
    /// <summary>Each booking takes one place, however many come.</summary>
    Groups,

    People,
}

/// <summary>A room of an institution that instruments need. Put out of use, never deleted.</summary>
public sealed class Room
{
    public RoomId Id { get; init; } = RoomId.From(Guid.CreateVersion7());

    public required InstitutionId InstitutionId { get; init; }

    public required string Name { get; set; }

    public required string NameEn { get; set; }

    public string Place { get; set; } = string.Empty;

    /// <summary>How many groups or people at once.</summary>
    public required int Capacity { get; set; }

    public required RoomCount CountsIn { get; set; }

    /// <summary>Minutes of the local day; open all day where they are not given.</summary>
    public int? OpensMinute { get; set; }

    public int? ClosesMinute { get; set; }

    public bool ClosedOnHolidays { get; set; }

    public bool IsActive { get; set; } = true;

    public required Instant CreatedAt { get; init; }

    /// <summary>Grows with every change: the ETag.</summary>
    public long Version { get; set; } = 1;

    public Scope Scope => new(InstitutionId: InstitutionId.Value);

    /// <summary>Whether it is open for the whole of a slot. A year whose holidays are not announced yet has none.</summary>
    public bool IsOpen(TimeSlot slot, DateTimeZone zone, WorkingCalendar days) =>
        OpeningCalendar.Spans(zone, slot.StartsAt.InZone(zone).Date.PlusDays(-1), slot.EndsAt.InZone(zone).Date, on => ClosedOnHolidays && days.Knows(on) && days.KindOf(on) == DayKind.Holiday ? [] : [new DailySpan(OpensMinute ?? 0, ClosesMinute ?? 1440)])
            .Any(s => s.Contains(slot));
}
