using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Usage.Faults;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Usage.Bench;

/// <summary>How instruments stand now, in a handful of queries however many they are; and what the caller can do at one.</summary>
public sealed class BenchQueries(AppDb db, CalendarQuery calendar, FaultQueries faults, PreviewBooking preview, ExtendBooking extend, Caller caller, IClock clock)
{
    public static readonly IReadOnlyList<int> ExtendBy = [15, 30, 60];

    private const int NextSlots = 3;
    private static readonly Duration NextWithin = Duration.FromDays(7);

    /// <summary>The instrument of a label's code, or of an id; null when there is none.</summary>
    public async Task<InstrumentId?> FindAsync(string code, CancellationToken cancel)
    {
        if (Guid.TryParse(code, out var id)) return new InstrumentId(id);
        var lower = code.ToLowerInvariant();
        return await db.Set<BenchCode>().Where(c => c.Code == lower).Select(c => (InstrumentId?)c.InstrumentId).SingleOrDefaultAsync(cancel);
    }

    public async Task<IReadOnlyDictionary<InstrumentId, string>> CodesAsync(IReadOnlyCollection<InstrumentId> instruments, CancellationToken cancel) =>
        await db.Set<BenchCode>().AsNoTracking().Where(c => instruments.Contains(c.InstrumentId)).ToDictionaryAsync(c => c.InstrumentId, c => c.Code, cancel);

    /// <summary>Those of the instruments that the caller may know of, as they stand.</summary>
    public async Task<IReadOnlyList<BenchPlace>> PlacesAsync(IReadOnlyCollection<InstrumentId> ids, CancellationToken cancel)
    {
        var now = clock.GetCurrentInstant();
        var instruments = await calendar.InstrumentsAsync(ids, cancel);
        if (instruments.Count == 0) return [];
        var times = await calendar.OfAsync(instruments, new TimeSlot(now - BenchRules.Ahead, now + BenchRules.Ahead), cancel);
        var standing = (await faults.StandingAsync(ids, cancel)).ToLookup(f => f.InstrumentId);
        return times.ConvertAll(t => new BenchPlace(
            t.Instrument, BenchRules.StateOf(t.Instrument, t.Items, now),
            [.. t.Items.Where(i => i.IsBooking && (i.Status == BookingStatus.InUse || (i.EndsAt > now && i.Status != BookingStatus.Completed)))], [.. standing[t.Instrument.Id.Value]]));
    }

    public async Task<BenchPlace?> PlaceAsync(InstrumentId id, CancellationToken cancel) => (await PlacesAsync([id], cancel)).SingleOrDefault();

    /// <summary>Null for who is nobody or may not book.</summary>
    public async Task<BenchMine?> MineAsync(BenchPlace place, CancellationToken cancel)
    {
        if (caller.PersonId is null || !caller.MayAnywhere(BookingPermissions.Create)) return null;
        var (instrument, now) = (place.Instrument, clock.GetCurrentInstant());
        var due = BenchRules.DueOf(place.Coming, now);
        var free = await calendar.FreeAsync(instrument, new TimeSlot(now, now + NextWithin), cancel);
        var terms = instrument.RulesFor(free.Booker.Audience, instrument.DateOf(now));
        var walkUps = due is null && place.State.Status is BenchStatus.Free or BenchStatus.Reserved && terms is not null ? BenchRules.WalkUps(free, terms) : [];
        var against = due is null && place.State.Status == BenchStatus.Free ? await AgainstAsync(instrument, walkUps, terms, now, cancel) : [];
        var length = Duration.FromMinutes(Math.Clamp(60, terms?.MinMinutes ?? 60, terms?.MaxMinutes ?? 60));
        var next = free.OneAfterAnother(new TimeSlot(now, now + NextWithin), length).Take(NextSlots).ToList();
        var began = due?.Status == BookingStatus.InUse || due?.StartsAt <= now;
        return new BenchMine(
            due, due is null ? null : await UsedFromAsync(new BookingId(due.Id!.Value), cancel), due is null ? null : CheckInProblem(due, place, now),
            began ? (await extend.OptionsAsync(new BookingId(due!.Id!.Value), ExtendBy, cancel)).Value : null, against.Count > 0 ? [] : walkUps, against, next);
    }

    // Somebody else's use that goes on beyond its time may be taken over; before, it is in the way.
    private static Problem? CheckInProblem(CalendarItem due, BenchPlace place, Instant now) => due.Status == BookingStatus.InUse ? null
        : UsageRules.CheckIn(due.Status!.Value, new TimeSlot(due.StartsAt, due.EndsAt), now, place.Coming.Any(i => i.Status == BookingStatus.InUse && i.Unit == due.Unit));

    private async Task<IReadOnlyList<Problem>> AgainstAsync(InstrumentRules instrument, IReadOnlyList<TimeSlot> walkUps, BookingTerms? terms, Instant now, CancellationToken cancel)
    {
        var step = Duration.FromMinutes(terms?.GranularityMinutes ?? BookingTerms.DefaultGranularityMinutes);
        var wish = walkUps.Count > 0 ? walkUps[0] : new TimeSlot(now, now + Duration.FromMinutes(terms?.MinMinutes ?? BookingTerms.DefaultMinMinutes));
        if (walkUps.Count == 0 && terms is not null && NextStep(instrument, step, now) - now > UsageRules.EarlyCheckIn)
            return [Problem.Refused("bench.grid", null, ("minutes", terms.GranularityMinutes), ("from", NextStep(instrument, step, now))).In(instrument)];
        if (walkUps.Count == 0) wish = new TimeSlot(NextStep(instrument, step, now), NextStep(instrument, step, now) + wish.Length);
        var outcome = await preview.RunAsync(new BookInstrument.Request(instrument.Id, wish.StartsAt, wish.EndsAt, ServiceMode.SelfOperated), cancel);
        if (!outcome.IsOk) return outcome.Problems;
        return outcome.Value.NeedsApproval ? [Problem.Refused("bench.approval")] : [];
    }

    private static Instant NextStep(InstrumentRules instrument, Duration step, Instant now)
    {
        var midnight = instrument.Zone.AtStartOfDay(instrument.DateOf(now)).ToInstant();
        var passed = (now - midnight).ToInt64Nanoseconds();
        var length = step.ToInt64Nanoseconds();
        return midnight + Duration.FromNanoseconds((passed + length - 1) / length * length);
    }

    private async Task<Instant?> UsedFromAsync(BookingId id, CancellationToken cancel) =>
        await db.Set<UsageRecord>().Where(u => u.BookingId == id && u.IsCurrent && u.Status == UsageStatus.Open).Select(u => (Instant?)u.StartedAt).SingleOrDefaultAsync(cancel);
}
