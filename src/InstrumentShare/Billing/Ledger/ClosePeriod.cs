using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Billing.Ledger;

/// <summary>Closes the next month of an institution's ledger, once it is over.</summary>
public sealed class ClosePeriod(AppDb db, Caller caller, IClock clock)
{
    public async Task<Outcome<LedgerPeriod>> RunAsync(InstitutionId id, LocalDate? month, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        if (await db.Set<Institution>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == id, cancel) is not { } institution) return Problem.NotFound();
        if (!caller.May(LedgerPermissions.Enter, institution.LedgerScope())) return caller.May(LedgerPermissions.View, institution.LedgerScope()) ? Problem.Forbidden() : Problem.NotFound();
        var now = clock.GetCurrentInstant();
        var today = now.InZone(DateTimeZoneProviders.Tzdb[institution.TimeZone]).Date;
        if (LedgerRules.Close(month, await NextAsync(db, id, cancel), today) is { Count: > 0 } problems) return problems;

        var period = new LedgerPeriod { InstitutionId = id, Month = month!.Value, ClosedBy = caller.PersonId, ClosedAt = now };
        db.Add(period);
        caller.Audit(db, now, "ledger.close", "institution", id.Value.ToString(), after: new { period.Month }, institutionId: id);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return period;
    }

    /// <summary>The month that closes next; null while there is nothing to close.</summary>
    internal static async Task<LocalDate?> NextAsync(AppDb db, InstitutionId id, CancellationToken cancel)
    {
        var last = await db.Set<LedgerPeriod>().Where(p => p.InstitutionId == id).MaxAsync(p => (LocalDate?)p.Month, cancel);
        var first = last is null ? await db.Set<LedgerEntry>().Where(e => e.InstitutionId == id).MinAsync(e => (LocalDate?)e.BookedOn, cancel) : null;
        return LedgerRules.NextMonth(last, first);
    }
}
