using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using InstrumentShare.Usage.Verdicts;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Integrity;

/// <summary>
/// Keeps the entries of booked time in step with what is known of it, for its judgements in their own transaction: what no longer
/// follows is taken back with the points that were entered, what follows now is entered. Each booking has one entry at most, whatever
/// became of it, and one whose entry an appeal took back stays free.
/// </summary>
public sealed class EnterCredit(AppDb db, InstrumentRulesQuery instruments, IClock clock) : IEventHandler<BookingsJudged>
{
    public Task HandleAsync(BookingsJudged happened, CancellationToken cancel) => RunAsync([.. happened.All.Select(j => CreditFact.Of(j.Now))], cancel);

    /// <summary>How many entries and reversals were made. Wants a transaction around it.</summary>
    public async Task<int> RunAsync(IReadOnlyList<CreditFact> standing, CancellationToken cancel)
    {
        if (standing.Count == 0) return 0;
        var causes = standing.Select(f => f.BookingId.Value).Order().ToArray();
        await AdvisoryLocks.TakeAsync(db, cancel, [.. causes.Select(c => "credit:" + c)]);
        var entries = (await db.Set<CreditEntry>().Where(e => causes.Contains(e.CauseId)).ToListAsync(cancel)).ToLookup(e => e.CauseId);
        var rules = await db.Set<CreditRule>().AsNoTracking().ToListAsync(cancel);
        var places = await instruments.ManyAsync(standing.Select(f => f.InstrumentId), cancel);

        var (now, added) = (clock.GetCurrentInstant(), new List<CreditEntry>());
        foreach (var fact in standing)
        {
            var place = places[fact.InstrumentId];
            var of = entries[fact.BookingId.Value].ToList();
            var rule = of.Exists(e => e.ReversalReason == CreditReversal.Appeal)
                ? null
                : CreditRules.RuleFor(fact.Found, fact.Freed is not null, rules, place.InstitutionId, place.InstitutionRegion, fact.OccurredAt.InZone(place.InstitutionZone).Date);
            var stands = of.SingleOrDefault(e => e.ReversedBy is null && e.ReversesId is null);
            if (stands?.RuleId == rule?.Id) continue;
            if (stands is not null) added.Add(stands.Reverse(fact.Freed ?? CreditReversal.JudgedAnew, now));
            if (rule is not null) added.Add(CreditEntry.Of(fact, rule, place.InstitutionId, now));
        }

        await db.SaveChangesAsync(cancel); // what stands no longer, before what takes its place
        db.AddRange(added);
        foreach (var e in added)
            db.AddEvent(e.ReversesId is null ? "credit.entered" : "credit.reversed", now, e.Id.Value, e.InstrumentId.Value, e.InstitutionId.Value, e.PersonId.Value, new { e.Points, e.Event, e.CauseId, e.ReversesId });
        await db.SaveChangesAsync(cancel);
        return added.Count;
    }
}
