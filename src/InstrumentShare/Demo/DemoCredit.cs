using InstrumentShare.Integrity;
using InstrumentShare.Persistence;
using InstrumentShare.Usage.Verdicts;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Demo;

/// <summary>The credit that follows from the demo's judgements, entered by the program's own use case.</summary>
public sealed class DemoCredit(AppDb db, EnterCredit enter)
{
    private const int AtOnce = 1000;

    public async Task EnterAsync(CancellationToken cancel)
    {
        var last = Guid.Empty;
        while (true)
        {
            var verdicts = await db.Set<Verdict>().FromSql($"""
                SELECT * FROM booking_verdicts WHERE superseded_by IS NULL AND excuse_reason IS NULL AND found <> ARRAY['asBooked'] AND id > {last} ORDER BY id LIMIT {AtOnce}
                """).AsNoTracking().ToListAsync(cancel);
            if (verdicts.Count == 0) return;
            await using var transaction = await db.BeginAsync(cancel);
            await enter.RunAsync(verdicts.ConvertAll(CreditFact.Of), cancel);
            await transaction.CommitAsync(cancel);
            db.ChangeTracker.Clear();
            last = verdicts[^1].Id.Value;
        }
    }
}
