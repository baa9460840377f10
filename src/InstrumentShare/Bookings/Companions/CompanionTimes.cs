using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings.Companions;

public sealed record PlannedInstrument(InstrumentRules Instrument, TimeSlot Slot, TimeSlot Held, short Unit);

public sealed record PlannedRoom(RoomId RoomId, TimeSlot Held, IReadOnlyList<short> Units);

/// <summary>What a booking of one slot would take along, or all that stands against it.</summary>
public sealed record CompanionPlan(IReadOnlyList<PlannedInstrument> Instruments, IReadOnlyList<PlannedRoom> Rooms, PersonId? TechnicianId, IReadOnlyList<Problem> Problems)
{
    public static CompanionPlan Nothing { get; } = new([], [], null, []);

    public bool TakesAny => Instruments.Count > 0 || Rooms.Count > 0 || TechnicianId is not null;

    public bool IsFree => Problems.Count == 0;
}

/// <param name="IsWork">A booking; else an absence.</param>
public readonly record struct BusyTime(TimeSlot Slot, bool IsWork);

/// <summary>What stands on the linked instruments, rooms and technicians of an instrument around a time, and what is still free of them.</summary>
/// <param name="Wanted">The technician asked for by name.</param>
/// <param name="Present">Who assists the bookings that are moved: stays where they can.</param>
public sealed record CompanionTimes(
    InstrumentRules Instrument, Booker Booker, ServiceMode Mode, CompanionNeeds Needs, IReadOnlyDictionary<InstrumentId, InstrumentRules> Linked,
    ILookup<InstrumentId, HeldUnit> Held, ILookup<RoomId, HeldUnit> RoomsHeld, ILookup<PersonId, BusyTime> Busy, PersonId? Wanted, IReadOnlyDictionary<BookingId, PersonId> Present)
{
    /// <param name="moved">Of several that are moved, the one that the slot is for.</param>
    public CompanionPlan PlanAt(TimeSlot slot, BookingId? moved = null)
    {
        var (on, problems, instruments, rooms) = (Instrument.DateOf(slot.StartsAt), new List<Problem>(), new List<PlannedInstrument>(), new List<PlannedRoom>());
        foreach (var link in Needs.LinksFor(Mode).Where(l => l.HoldsOn(on)))
        {
            if (link.LinkedInstrumentId is { } other) AddInstrument(instruments, problems, link, Linked.GetValueOrDefault(other), slot);
            else AddRoom(rooms, problems, link, Needs.Rooms[link.RoomId!.Value], slot);
        }

        PersonId? present = moved is { } id ? Present.TryGetValue(id, out var of) ? of : null : Present.Count == 1 ? Present.Values.Single() : null;
        var technician = TechnicianAt(slot, on, present, problems);
        return new CompanionPlan(instruments, rooms, technician, problems);
    }

    /// <summary>The same once a booking of this slot holds what was planned for it.</summary>
    public CompanionTimes Take(CompanionPlan plan, TimeSlot slot) => !plan.TakesAny ? this : this with
    {
        Held = With(Held, plan.Instruments.Select(p => (p.Instrument.Id, new HeldUnit(p.Unit, p.Held)))),
        RoomsHeld = With(RoomsHeld, plan.Rooms.SelectMany(r => r.Units.Select(u => (r.RoomId, new HeldUnit(u, r.Held))))),
        Busy = plan.TechnicianId is { } technician ? With(Busy, [(technician, new BusyTime(slot, IsWork: true))]) : Busy,
    };

    private static ILookup<TKey, TValue> With<TKey, TValue>(ILookup<TKey, TValue> known, IEnumerable<(TKey Key, TValue Value)> more) =>
        known.SelectMany(g => g.Select(v => (g.Key, Value: v))).Concat(more).ToLookup(x => x.Key, x => x.Value);

    private void AddInstrument(List<PlannedInstrument> planned, List<Problem> problems, InstrumentLink link, InstrumentRules? other, TimeSlot slot)
    {
        if (other is null) return;
        var time = link.SlotOf(slot);
        var held = BookingRules.Held(other, time, Booker.Audience);
        var against = BookingRules.JudgeCompanion(other, time, Booker);
        problems.AddRange(against.Select(p => p.About(other.Name, other.NameEn)));
        var taken = Held[other.Id].Where(t => t.Held.Overlaps(held)).ToList();
        if (FreeUnits(taken, other.Capacity, 1) is [var unit]) planned.Add(new PlannedInstrument(other, time, held, unit));
        else problems.Add(Problem.Refused("booking.linked-taken", "startsAt", ("taken", taken.MinBy(t => t.Held.StartsAt).Held)).About(other.Name, other.NameEn));
    }

    private void AddRoom(List<PlannedRoom> planned, List<Problem> problems, InstrumentLink link, Room room, TimeSlot slot)
    {
        var time = link.SlotOf(slot);
        if (!room.IsActive || !room.IsOpen(time, Instrument.InstitutionZone, Instrument.WorkingDays)) problems.Add(Problem.Refused("booking.room-closed", "startsAt", ("wanted", time)).About(room.Name, room.NameEn));
        var taken = RoomsHeld[room.Id].Where(t => t.Held.Overlaps(time)).ToList();
        var places = room.CountsIn == RoomCount.People ? link.People : 1;
        if (FreeUnits(taken, room.Capacity, places) is { Count: > 0 } units) planned.Add(new PlannedRoom(room.Id, time, units));
        else problems.Add(Problem.Refused("booking.room-taken", "startsAt", ("taken", taken.Count > 0 ? taken.MinBy(t => t.Held.StartsAt).Held : time)).About(room.Name, room.NameEn));
    }

    // Who assists already, else who has least to do that day.
    private PersonId? TechnicianAt(TimeSlot slot, LocalDate on, PersonId? present, List<Problem> problems)
    {
        if (Mode != ServiceMode.Assisted || !Needs.Technicians.Any(t => t.Hours.Any(h => h.ValidFrom <= on && (h.ValidTo is null || on <= h.ValidTo)))) return null;
        var zone = Instrument.InstitutionZone;
        var day = new TimeSlot(zone.AtStartOfDay(on).ToInstant(), zone.AtStartOfDay(on.PlusDays(1)).ToInstant());
        var free = Needs.Technicians.Where(t => (Wanted is null || t.Id == Wanted) && OpeningCalendar.IsOpen(t.Hours, zone, slot) && !Busy[t.Id].Any(b => b.Slot.Overlaps(slot)))
            .OrderByDescending(t => t.Id == present).ThenBy(t => Busy[t.Id].Where(b => b.IsWork).Sum(b => (long)(b.Slot.Intersect(day)?.Length ?? Duration.Zero).TotalSeconds)).ThenBy(t => t.Id.Value).FirstOrDefault();
        if (free is null) problems.Add(Problem.Refused("booking.technician-busy", Wanted is null ? "startsAt" : "technicianId", ("wanted", slot)));
        return free?.Id;
    }

    /// <summary>As many free units as are wanted, ascending; empty where there are not so many.</summary>
    private static List<short> FreeUnits(List<HeldUnit> taken, int capacity, int wanted)
    {
        var free = Enumerable.Range(1, capacity).Where(unit => taken.TrueForAll(t => t.Unit != unit)).Take(wanted).Select(unit => (short)unit).ToList();
        return free.Count == wanted ? free : [];
    }
}
