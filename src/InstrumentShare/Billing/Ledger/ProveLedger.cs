using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Quartz;

namespace InstrumentShare.Billing.Ledger;

/// <summary>
/// Adds all ledgers up anew: every balance is the sum of its lines, every entry sums to nothing, what accounts hold is the sum of open
/// holds, to the fen. The result is kept; what does not add up is told to the institution's administrators.
/// </summary>
public sealed class ProveLedger(IDbContextFactory<AppDb> databases, IClock clock)
{
    /// <summary>How many faults are kept, the first of every ledger before the second of any.</summary>
    public const int Most = 200;

    private sealed record Found(string Fault, Guid InstitutionId, Guid Id, long ExpectedFen, long FoundFen);

    private sealed record Counts(long Accounts, long Entries);

    private sealed record Told(Guid InstitutionId, Guid PersonId, string Name, string Email, string Language, string Institution, string InstitutionEn);

    public async Task<LedgerProof> RunAsync(CancellationToken cancel = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        // One look at one moment, however long it takes and whatever is entered meanwhile.
        await using var transaction = await db.Database.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        db.Database.SetCommandTimeout(0);
        var counts = await db.Database.SqlQuery<Counts>($"SELECT (SELECT count(*) FROM ledger_accounts) AS \"Accounts\", (SELECT count(*) FROM ledger_entries) AS \"Entries\"").SingleAsync(cancel);
        var found = await db.Database.SqlQuery<Found>($"""
            SELECT f.fault AS "Fault", f.institution_id AS "InstitutionId", f.id AS "Id", f.expected AS "ExpectedFen", f.found AS "FoundFen" FROM (
                SELECT 'balance' AS fault, a.institution_id, a.id, coalesce(l.fen, 0)::bigint AS expected, a.balance_fen AS found
                FROM ledger_accounts a LEFT JOIN (SELECT account_id, sum(fen) AS fen FROM ledger_lines GROUP BY account_id) l ON l.account_id = a.id WHERE a.balance_fen <> coalesce(l.fen, 0)
                UNION ALL
                SELECT 'held', a.institution_id, a.id, coalesce(h.fen, 0)::bigint, a.held_fen
                FROM ledger_accounts a LEFT JOIN (SELECT account_id, sum(fen) AS fen FROM fund_holds GROUP BY account_id) h ON h.account_id = a.id WHERE a.held_fen <> coalesce(h.fen, 0)
                UNION ALL
                SELECT 'entry', e.institution_id, e.id, 0, coalesce(l.fen, 0)::bigint
                FROM ledger_entries e LEFT JOIN (SELECT entry_id, sum(fen) AS fen, count(*) AS lines FROM ledger_lines GROUP BY entry_id) l ON l.entry_id = e.id WHERE coalesce(l.fen, 0) <> 0 OR coalesce(l.lines, 0) < 2) f
            ORDER BY row_number() OVER (PARTITION BY f.institution_id ORDER BY f.fault, f.id), f.institution_id LIMIT {Most}
            """).ToListAsync(cancel);
        var proof = new LedgerProof
        {
            ProvedAt = clock.GetCurrentInstant(), Accounts = counts.Accounts, Entries = counts.Entries, IsSound = found.Count == 0,
            Findings = [.. found.Select(f => new LedgerFinding(Word.Parse<LedgerFault>(f.Fault), f.InstitutionId, f.Id, f.ExpectedFen, f.FoundFen))],
        };
        db.Add(proof);
        db.AddEvent(proof.IsSound ? "ledger.proved" : "ledger.unsound", proof.ProvedAt, proof.Id, payload: new { proof.Accounts, proof.Entries, findings = found.Count });
        if (!proof.IsSound) await TellAsync(db, proof, cancel);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return proof;
    }

    private static async Task TellAsync(AppDb db, LedgerProof proof, CancellationToken cancel)
    {
        var institutions = proof.Findings.Select(f => f.InstitutionId).Distinct().ToArray();
        var people = await db.Database.SqlQuery<Told>($"""
            SELECT DISTINCT i.id AS "InstitutionId", p.id AS "PersonId", p.name AS "Name", p.email AS "Email", p.language AS "Language", i.name AS "Institution", i.name_en AS "InstitutionEn"
            FROM institutions i JOIN role_grants g ON g.revoked_at IS NULL AND g.role = 'institutionAdministrator' AND g.scope_kind = 'institution' AND g.scope_id = i.id
            JOIN people p ON p.id = g.person_id AND p.is_active AND p.email IS NOT NULL
            WHERE i.id = ANY({institutions}) ORDER BY 1, 2
            """).ToListAsync(cancel);
        foreach (var to in people)
            db.AddMail("ledger.unsound", to.Email, to.PersonId, to.Language, new { person = to.Name, institution = to.Institution, institutionEn = to.InstitutionEn, institutionId = to.InstitutionId, count = proof.Findings.Count(f => f.InstitutionId == to.InstitutionId) }, proof.ProvedAt);
    }
}

public sealed class ProveLedgerJob(ProveLedger prove) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await prove.RunAsync(cancellationToken);
}
