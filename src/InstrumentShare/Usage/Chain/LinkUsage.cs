using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Usage.Chain;

/// <summary>Adds a record that is being closed to its instrument's chain, whose turn the caller has.</summary>
public sealed class LinkUsage(AppDb db, IClock clock)
{
    public async Task RunAsync(UsageRecord record, CancellationToken cancel)
    {
        var head = await db.Set<UsageLink>().AsNoTracking().Where(l => l.InstrumentId == record.InstrumentId).OrderByDescending(l => l.Number).FirstOrDefaultAsync(cancel);
        db.Add(ChainRules.Next(head, record, clock.GetCurrentInstant()));
    }
}
