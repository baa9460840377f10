using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Integrity;

/// <summary>A person states what is wrong with an entry of theirs, and the lab or its institution decides. Nobody decides on their own.</summary>
public sealed class AppealCredit(AppDb db, Caller caller, InstrumentRulesQuery instruments, IClock clock)
{
    public async Task<Outcome<CreditAppeal>> StateAsync(CreditEntryId id, string? reason, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var entry = await EntryAsync(id, cancel);
        if (entry is null || entry.PersonId != caller.PersonId || entry.ReversesId is not null) return Problem.NotFound();
        var now = clock.GetCurrentInstant();
        var isAppealed = await db.Set<CreditAppeal>().AnyAsync(a => a.EntryId == id, cancel);
        if (CreditRules.Appeal(true, entry.ReversedBy is not null, isAppealed, entry.EnteredAt, reason, now) is { Count: > 0 } problems) return problems;

        var appeal = new CreditAppeal
        {
            EntryId = id, PersonId = entry.PersonId, InstrumentId = entry.InstrumentId, InstitutionId = entry.InstitutionId, Reason = reason!.Trim(), StatedAt = now, DecideBy = now + CreditRules.DecideWithin,
        };
        db.Add(appeal);
        db.AddEvent("credit.appealed", now, appeal.Id.Value, entry.InstrumentId.Value, entry.InstitutionId.Value, entry.PersonId.Value, new { entryId = id.Value, appeal.DecideBy });
        caller.Audit(db, now, "credit.appeal", "creditEntry", id.Value.ToString(), reason: appeal.Reason, institutionId: entry.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return appeal;
    }

    /// <param name="withdraw">True: the entry is taken back. False: it stands.</param>
    public async Task<Outcome<CreditAppeal>> DecideAsync(CreditAppealId id, bool withdraw, string? reason, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var appeal = await db.Set<CreditAppeal>().FromSql($"SELECT * FROM credit_appeals WHERE id = {id.Value} FOR UPDATE").SingleOrDefaultAsync(cancel);
        if (appeal is null || await instruments.OfAsync(appeal.InstrumentId, cancel: cancel) is not { } instrument) return Problem.NotFound();
        if (!caller.May(IntegrityPermissions.Decide, instrument.Scope)) return appeal.PersonId == caller.PersonId || caller.May(IntegrityPermissions.View, instrument.Scope) ? Problem.Forbidden() : Problem.NotFound();
        if (CreditRules.Decide(appeal.Status == AppealStatus.Open, appeal.PersonId == caller.PersonId, reason) is { Count: > 0 } problems) return problems;

        var now = clock.GetCurrentInstant();
        appeal.Decide(withdraw, caller.PersonId!.Value, reason!.Trim(), now);
        var entry = (await EntryAsync(appeal.EntryId, cancel))!;
        if (withdraw && entry.ReversedBy is null) db.Add(entry.Reverse(CreditReversal.Appeal, now));
        db.AddEvent("credit.appeal-decided", now, id.Value, appeal.InstrumentId.Value, appeal.InstitutionId.Value, appeal.PersonId.Value, new { appeal.Status });
        caller.Audit(db, now, "credit.decide", "creditEntry", entry.Id.Value.ToString(), after: new { appeal.Status, entry.Points }, reason: appeal.DecisionReason, institutionId: appeal.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return appeal;
    }

    // Under the lock that a new judgement of its cause takes as well.
    private async Task<CreditEntry?> EntryAsync(CreditEntryId id, CancellationToken cancel)
    {
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock(hashtextextended('credit:' || cause_id::text, 0)) FROM credit_entries WHERE id = {id.Value}", cancel);
        return await db.Set<CreditEntry>().SingleOrDefaultAsync(e => e.Id == id, cancel);
    }
}
