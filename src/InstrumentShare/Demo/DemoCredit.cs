using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Integrity;
using InstrumentShare.Persistence;
using InstrumentShare.Usage.Verdicts;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Demo;

/// <summary>The credit that follows from the demo's judgements and late cancellations, and two appeals, entered by the program's own use cases.</summary>
public sealed class DemoCredit(AppDb db, EnterCredit enter, DemoCallers callers, PersonAccessQuery people, PermissionCatalog permissions, IServiceProvider services)
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
            if (verdicts.Count == 0) break;
            await EnterAsync(verdicts.ConvertAll(CreditFact.Of), cancel);
            last = verdicts[^1].Id.Value;
        }

        await EnterAsync((await db.Set<Booking>().AsNoTracking().Where(b => b.CancelledLate).ToListAsync(cancel)).ConvertAll(CreditFact.Of), cancel);
        await AppealAsync(cancel);
    }

    private async Task EnterAsync(List<CreditFact> facts, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        await enter.RunAsync(facts, cancel);
        await transaction.CommitAsync(cancel);
        db.ChangeTracker.Clear();
    }

    // Two people of the home institution's instruments say something against their latest entries; the manager has answered one.
    private async Task AppealAsync(CancellationToken cancel)
    {
        var manager = await callers.OfAsync("manager", cancel);
        var (home, me) = (manager.InstitutionId!.Value, manager.PersonId!.Value);
        var latest = await db.Set<CreditEntry>().AsNoTracking().Where(e => e.InstitutionId == home && e.PersonId != me && e.ReversesId == null && e.ReversedBy == null)
            .OrderByDescending(e => e.OccurredAt).ThenBy(e => e.CauseId).Select(e => new { e.Id, e.PersonId }).Take(100).ToListAsync(cancel);
        var said = new[] { "当日仪器自检报错，等待工程师复位后才能上机，并非本人原因。", "样品运输延误，已提前一天电话告知管理员。" };
        foreach (var (entry, number) in latest.DistinctBy(e => e.PersonId).Take(said.Length).Select((e, n) => (e, n)))
        {
            var holder = Caller.For((await people.OfAsync(entry.PersonId, cancel))!, permissions);
            var appeal = await ActivatorUtilities.CreateInstance<AppealCredit>(services, holder).StateAsync(entry.Id, said[number], cancel);
            if (number == 1) await ActivatorUtilities.CreateInstance<AppealCredit>(services, manager).DecideAsync(appeal.Value!.Id, withdraw: true, "已核对通话记录，情况属实", cancel);
        }
    }
}
