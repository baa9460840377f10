using InstrumentShare.Access;
using InstrumentShare.Bookings.Companions;
using InstrumentShare.Bookings.Conditions;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings.Series;

/// <summary>One date of a series before the rules.</summary>
/// <param name="Local">Where the series has it, on the clock of the instrument.</param>
/// <param name="Slot">Null where clocks skip the time.</param>
/// <param name="IsTwice">Whether clocks show its start twice that day; then it is the first.</param>
public sealed record JudgedDate(LocalDateTime Local, TimeSlot? Slot, bool IsTwice, List<Problem> Problems)
{
    /// <summary>A unit that is free; 0 where none is.</summary>
    public short Unit { get; set; }

    /// <summary>What is said of it though it may be booked.</summary>
    public IReadOnlyList<BookingCondition> Conditions { get; set; } = [];

    /// <summary>What it would take along.</summary>
    public CompanionPlan Plan { get; set; } = CompanionPlan.Nothing;

    public bool IsOk => Problems.Count == 0;

    /// <summary>What stood against it and staff go over for their reason.</summary>
    public List<Problem> Overridden { get; } = [];

    /// <summary>Goes over what stands against it, where all of that may be gone over.</summary>
    public void GoOver()
    {
        if (Unit == 0 || Problems.Exists(p => !p.Overridable)) return;
        Overridden.AddRange(Problems);
        Problems.Clear();
    }

    /// <summary>The date by the rules of the wall's clock.</summary>
    public static JudgedDate Of(DateTimeZone zone, LocalDateTime start, int minutes)
    {
        var problems = new List<Problem>();
        var wanted = WallTime.Of(zone, start, start.PlusMinutes(minutes), problems);
        return new JudgedDate(start, wanted is { } time ? new TimeSlot(time.StartsAt, time.EndsAt) : null, zone.MapLocal(start).Count == 2, problems);
    }
}

/// <summary>
/// Puts the dates of a series before the rules and the gates, each beside what stands and beside the dates before it, so that a
/// limit counts the whole and nothing that is taken along is taken twice. What stands is read once for all.
/// </summary>
public sealed class JudgeDates(BookingGates gates, IClock clock)
{
    private static readonly Duration Margin = Duration.FromDays(2);

    /// <param name="along">What the dates take along; null for nothing.</param>
    /// <param name="except">Bookings of the series that are being moved, in the order of the starts: none of them counts where it was.</param>
    /// <param name="goOver">Whether staff go over what may be gone over.</param>
    public async Task<List<JudgedDate>> RunAsync(
        NpgsqlConnection connection, InstrumentRules instrument, Along? along, Booker booker, GateRequest who, IEnumerable<LocalDateTime> starts, int minutes, IReadOnlyList<BookingId> except, bool goOver, CancellationToken cancel)
    {
        var (now, dates) = (clock.GetCurrentInstant(), starts.Select(s => JudgedDate.Of(instrument.Zone, s, minutes)).ToList());
        var slots = dates.Where(d => d.Slot is not null).Select(d => d.Slot!.Value).ToList();
        if (slots.Count == 0) return dates;
        var range = new TimeSlot(slots.Min(s => s.StartsAt), slots.Max(s => s.EndsAt));
        var around = await BookingReads.AroundAsync(connection, instrument, NeighbourNeeds.Of(instrument, booker, range, now), who.PersonId, booker, except, cancel);
        var taken = await BookingReads.HeldAsync(connection, instrument.Id, range.Widen(Margin, Margin), except, cancel);
        var times = along is null ? null : await (along with { Moved = except }).TimesAsync(connection, booker, range, cancel);
        var beside = new Growing(instrument, booker, around, taken, times, now);
        var atTheGates = await gates.AnswerAllAsync(who, slots.ConvertAll(s => (TimeSlot?)s), cancel);
        var index = 0;
        foreach (var (date, moved) in dates.Select((d, i) => (d, i < except.Count ? except[i] : (BookingId?)null)).Where(d => d.d.Slot is not null))
        {
            beside.Judge(date, moved);
            date.Problems.AddRange(atTheGates[index].Problems);
            date.Conditions = atTheGates[index++].Conditions;
            if (goOver) date.GoOver();
            if (date.IsOk) beside.Take(date);
        }

        return dates;
    }

    /// <summary>What stands, and the dates that were found good so far.</summary>
    private sealed class Growing(InstrumentRules instrument, Booker booker, Neighbours around, List<HeldUnit> taken, CompanionTimes? times, Instant now)
    {
        private readonly List<OwnTime> own = [.. around.Own];
        private readonly List<TimeSlot> group = [.. around.Group];
        private readonly List<TimeSlot> institution = [.. around.Institution];
        private readonly List<TimeSlot> inside = [.. around.Inside];

        private CompanionTimes? along = times;

        public void Judge(JudgedDate date, BookingId? moved)
        {
            var (slot, neighbours) = (date.Slot!.Value, new Neighbours(own, group, institution, inside));
            date.Problems.AddRange(BookingRules.Judge(instrument, WantedTime.Of(slot), booker, neighbours, now));
            if (slot.Length > BookingRules.Longest) return;
            if (new FreeSlots(instrument, booker, taken, neighbours, now).FreeUnit(slot) is { } unit) date.Unit = (short)unit;
            else date.Problems.Add(Problem.Refused("booking.overlap", "startsAt", ("taken", TakenAt(slot)), ("slots", Array.Empty<TimeSlot>())));
            date.Plan = along?.PlanAt(slot, moved) ?? CompanionPlan.Nothing;
            // A reason goes over the rules of the instrument itself, not of others' that it takes along.
            date.Problems.AddRange(date.Plan.Problems.Select(p => p with { Overridable = false }));
        }

        public void Take(JudgedDate date)
        {
            var slot = date.Slot!.Value;
            own.Add(new OwnTime(slot, instrument.Id));
            if (booker.Groups is { Count: > 0 }) group.Add(slot);
            if (booker.InstitutionId is not null) institution.Add(slot);
            if (booker.IsInsiderOf(instrument)) inside.Add(slot);
            along = along?.Take(date.Plan, slot);
            taken.Add(new HeldUnit(date.Unit, BookingRules.Held(instrument, slot, booker.Audience)));
        }

        private TimeSlot TakenAt(TimeSlot slot)
        {
            var held = BookingRules.Held(instrument, slot, booker.Audience);
            return taken.Where(t => t.Held.Overlaps(held)).MinBy(t => t.Held.StartsAt).Held;
        }
    }
}
