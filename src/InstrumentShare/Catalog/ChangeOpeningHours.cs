using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Catalog;

/// <summary>
/// Puts a new week of opening hours in force from a date on, or between two dates. What holds outside of them stays.
/// Bookings that already stand keep their time.
/// </summary>
public sealed class ChangeOpeningHours(AppDb db, Caller caller, InstrumentRulesQuery rules, IClock clock)
{
    public sealed record WeekInput(LocalDate? ValidFrom, LocalDate? ValidTo, List<OpeningSpanInput>? Spans);

    public async Task<Outcome<Instrument>> ReplaceAsync(InstrumentId id, WeekInput input, long? seenVersion, CancellationToken cancel)
    {
        var found = await db.FindManagedInstrumentAsync(id, caller, cancel);
        if (!found.IsOk) return found;
        var (instrument, now) = (found.Value, clock.GetCurrentInstant());
        if (ETags.Stale(seenVersion, instrument.Version) is { } stale) return stale;
        var present = await db.Set<OpeningHours>().Where(h => h.InstrumentId == id).ToListAsync(cancel);
        var today = now.InZone(DateTimeZoneProviders.Tzdb[instrument.TimeZone]).Date;
        var from = input.ValidFrom ?? today;
        var (rows, problems) = OpeningHoursRules.Read(id, from, input.ValidTo, input.Spans ?? []);
        if (input.Spans is null) problems.Add(Problem.Invalid("instrument.required", "spans"));
        if (from < today && present.Count > 0) problems.Add(Problem.Refused("opening-hours.in-the-past", "validFrom", ("today", today)));
        if (problems.Count > 0) return problems;

        var before = present.Select(Shown).ToList();
        foreach (var old in present.Where(h => (input.ValidTo is null || h.ValidFrom <= input.ValidTo) && (h.ValidTo is null || h.ValidTo >= from)))
        {
            if (input.ValidTo is { } last && (old.ValidTo is null || old.ValidTo > last))
                db.Add(OpeningHours.Of(id, (IsoDayOfWeek)old.Weekday, old.OpensMinute, old.ClosesMinute, last.PlusDays(1), old.ValidTo));
            if (old.ValidFrom >= from) db.Remove(old);
            else old.EndOn(from.PlusDays(-1));
        }

        db.AddRange(rows);
        instrument.Changed(now, rules: true);
        caller.Audit(db, now, "opening-hours.change", "instrument", id.Value.ToString(), before, rows.Select(Shown).ToList(), institutionId: instrument.InstitutionId);
        db.AddEvent("opening-hours.changed", now, id.Value, id.Value, instrument.InstitutionId.Value, payload: new { validFrom = from });
        if (await db.TrySaveAsync(cancel) is { } refused) return refused;
        rules.Forget(id);
        return instrument;
    }

    private static object Shown(OpeningHours h) => new { h.Weekday, opens = OpeningHoursRules.Clock(h.OpensMinute), closes = OpeningHoursRules.Clock(h.ClosesMinute), h.ValidFrom, h.ValidTo };
}
