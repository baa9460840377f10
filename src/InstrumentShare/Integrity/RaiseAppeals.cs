using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Quartz;

namespace InstrumentShare.Integrity;

/// <summary>
/// Raises appeals that nobody decided on in time with who decides on them and with the institution's administrators, each once: the
/// mark and the mail are one transaction. A late run finds all that is due, a second finds nothing.
/// </summary>
public sealed class RaiseAppeals(IDbContextFactory<AppDb> databases, IClock clock)
{
    public const int BatchSize = 100;

    private sealed record Told(Guid AppealId, Guid PersonId, string Name, string Email, string Language);

    /// <summary>How many appeals were raised.</summary>
    public Task<int> RunAsync(CancellationToken cancel = default) => Batches.RunAsync(BatchSize, RaiseBatchAsync, cancel);

    private async Task<int> RaiseBatchAsync(CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var now = clock.GetCurrentInstant();
        var due = await db.Set<CreditAppeal>().FromSql($"""
            SELECT * FROM credit_appeals WHERE status = 'open' AND raised_at IS NULL AND decide_by < {now.ToDateTimeUtc()} ORDER BY decide_by, id LIMIT {BatchSize} FOR UPDATE SKIP LOCKED
            """).ToListAsync(cancel);
        var (ids, places) = (due.Select(a => a.Id.Value).ToArray(), due.Select(a => a.InstrumentId).Distinct().ToList());
        var names = await db.Set<Instrument>().AsNoTracking().Where(i => places.Contains(i.Id)).Select(i => new { i.Id, i.Name, i.NameEn }).ToDictionaryAsync(i => i.Id, cancel);
        var people = await db.Database.SqlQuery<Told>($"""
            SELECT DISTINCT a.id AS "AppealId", p.id AS "PersonId", p.name AS "Name", p.email AS "Email", p.language AS "Language"
            FROM credit_appeals a JOIN role_grants g ON g.revoked_at IS NULL AND g.role IN ('labManager', 'institutionAdministrator')
              AND ((g.scope_kind = 'institution' AND g.scope_id = a.institution_id) OR (g.scope_kind = 'instrument' AND g.scope_id = a.instrument_id))
            JOIN people p ON p.id = g.person_id AND p.is_active AND p.email IS NOT NULL
            WHERE a.id = ANY({ids}) AND p.id <> a.person_id ORDER BY 1, 2
            """).ToListAsync(cancel);
        var told = people.ToLookup(p => p.AppealId);
        foreach (var appeal in due)
        {
            appeal.Raise(now);
            db.AddEvent("credit.appeal-overdue", now, appeal.Id.Value, appeal.InstrumentId.Value, appeal.InstitutionId.Value, appeal.PersonId.Value, new { appeal.DecideBy });
            foreach (var to in told[appeal.Id.Value])
                db.AddMail("credit.appeal-overdue", to.Email, to.PersonId, to.Language, new { person = to.Name, instrument = names[appeal.InstrumentId].Name, instrumentEn = names[appeal.InstrumentId].NameEn, appeal.DecideBy, said = appeal.Reason }, now);
        }

        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return due.Count;
    }
}

public sealed class RaiseAppealsJob(RaiseAppeals raise) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await raise.RunAsync(cancellationToken);
}
