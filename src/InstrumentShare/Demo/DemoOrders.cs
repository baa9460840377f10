using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Orders;
using InstrumentShare.Orders.Items;
using InstrumentShare.Orders.Quotes;
using InstrumentShare.Orders.Results;
using InstrumentShare.Orders.Samples;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>Sample orders of the demo's accounts, one for each state worth seeing, made by the program's own use cases on the days they would have been.</summary>
public sealed class DemoOrders(AppDb db, DemoCallers callers, IServiceProvider services)
{
    private readonly DemoClock clock = new();

    public async Task EnterAsync(LocalDate anchor, CancellationToken cancel)
    {
        clock.Now = anchor.PlusDays(-40).At(new LocalTime(9, 0)).InZoneLeniently(DemoInstrument.Zone).ToInstant();
        var manager = await callers.OfAsync("manager", cancel);
        var institution = manager.InstitutionId!.Value;
        var instruments = await db.Set<Instrument>().AsNoTracking().Where(i => i.InstitutionId == institution && i.IsVisible && i.TakesBookings && i.Sharing == Sharing.External && i.Capacity == 1).OrderBy(i => i.InnerId).Take(3).Select(i => i.Id).ToListAsync(cancel);
        var items = new List<TestItem>();
        foreach (var (name, nameEn, minutes, at) in new[] { ("形貌观察与成像（演示）", "Imaging of morphology (demo)", 40, 0), ("成分面分布（演示）", "Composition map (demo)", 60, 1), ("物相鉴定（演示）", "Phase identification (demo)", 30, 2) })
        {
            var request = new SaveTestItem.Request(instruments[at].Value, null, name, nameEn, "样品须干燥、稳定，注明危险性。", minutes);
            items.Add((await As<SaveTestItem>(manager).CreateAsync(request, cancel)).Value!);
        }

        await As<SaveTestItem>(manager).CreateAsync(new(null, institution.Value, "样品前处理（演示）", "Sample preparation (demo)", "研磨、镶嵌、抛光。", 20), cancel);
        await OrderAsync("researcher", items[0], "看一看新一批催化剂的形貌", 3, -1, submit: false, cancel);
        await OrderAsync("researcher2", items[1], "涂层截面的元素分布", 4, -3, submit: true, cancel);
        await QuotedAsync(manager, await OrderAsync("company", items[2], "来料物相是否与标准一致", 6, -6, submit: true, cancel), cancel);
        await AcceptedAsync(manager, "researcher", await OrderAsync("researcher", items[0], "退火前后晶粒对比", 4, -9, submit: true, cancel), cancel);
        await ReceivedAsync(manager, await AcceptedAsync(manager, "researcher2", await OrderAsync("researcher2", items[0], "海洋沉积物颗粒形貌", 3, -12, submit: true, cancel), cancel), cancel);
        await BatchAsync(manager, await ReceivedAsync(manager, await AcceptedAsync(manager, "company", await OrderAsync("company", items[1], "焊点元素偏析", 5, -16, submit: true, cancel), cancel), cancel), done: false, cancel);
        var done = await ReceivedAsync(manager, await AcceptedAsync(manager, "researcher", await OrderAsync("researcher", items[2], "煅烧产物的物相", 2, -20, submit: true, cancel), cancel), cancel);
        await BatchAsync(manager, done, done: true, cancel);
        foreach (var (name, content) in new[] { ("衍射数据（演示）.csv", "two_theta,intensity\n20.1,134\n26.6,2210\n36.5,310\n"), ("结果说明（演示）.txt", "演示结果：主相为石英，无其他物相。\n") })
            await As<UploadResult>(manager).RunAsync(done.Id, name, System.Text.Encoding.UTF8.GetBytes(content), null, null, null, cancel);
        await As<FinishOrder>(manager).DeliverAsync(done.Id, null, cancel);
    }

    private async Task<Order> ReceivedAsync(Caller manager, Order order, CancellationToken cancel)
    {
        clock.Now += Duration.FromHours(30);
        var line = await db.Set<OrderLine>().AsNoTracking().SingleAsync(l => l.OrderId == order.Id, cancel);
        return (await As<ReceiveSamples>(manager).RunAsync(order.Id, [new(line.Id.Value, line.Samples, Enumerable.Range(1, line.Samples).Select(n => $"A{n}").ToList(), "完好", "样品柜 2-3")], null, cancel)).Value!;
    }

    private async Task BatchAsync(Caller manager, Order order, bool done, CancellationToken cancel)
    {
        clock.Now += Duration.FromHours(20);
        var samples = await db.Set<Sample>().AsNoTracking().Where(s => s.OrderId == order.Id).OrderBy(s => s.Id).Select(s => s.Id).ToListAsync(cancel);
        var batch = (await As<ChangeBatches>(manager).CreateAsync(new(order.InstrumentId!.Value.Value, "演示批次", samples.ConvertAll(s => s.Value)), cancel)).Value!;
        if (done) await As<ChangeBatches>(manager).DoneAsync(batch.Id, samples.ConvertAll(s => new ChangeBatches.ResultOf(s.Value, "measured")), null, cancel);
    }

    private async Task<Order> OrderAsync(string account, TestItem item, string purpose, int samples, int daysAgo, bool submit, CancellationToken cancel)
    {
        // Time of the demo goes by from one order to the next; the earliest was first in line at the lab.
        clock.Now = SystemClock.Instance.GetCurrentInstant() + Duration.FromDays(daysAgo);
        var input = new OrderInput(item.InstrumentId!.Value.Value, Purpose: purpose, Note: "演示委托单，样品均为虚构。", Lines: [new(item.Id.Value, null, samples, $"编号 A1–A{samples}，装于样品盒", "powder", [], "常温干燥保存", WantsReturn: daysAgo % 2 == 0)]);
        return (await As<PlaceOrder>(await callers.OfAsync(account, cancel)).CreateAsync(input, submit, cancel)).Value!;
    }

    private async Task<Quote> QuotedAsync(Caller manager, Order order, CancellationToken cancel)
    {
        clock.Now += Duration.FromHours(5);
        var line = await db.Set<OrderLine>().AsNoTracking().SingleAsync(l => l.OrderId == order.Id, cancel);
        var minutes = await db.Set<TestItem>().Where(i => i.Id == line.TestItemId).Select(i => i.MinutesPerSample).SingleAsync(cancel);
        var until = clock.Now.InZone(DemoInstrument.Zone).Date.PlusDays(30);
        await As<QuoteOrder>(manager).RunAsync(order.Id, new(until, "含一次重测。", [new(line.Id.Value, null, minutes * line.Samples), new(null, "加急处理", null, new Money(20_000), "三个工作日内完成")]), null, cancel);
        return await db.Set<Quote>().AsNoTracking().SingleAsync(q => q.OrderId == order.Id, cancel);
    }

    private async Task<Order> AcceptedAsync(Caller manager, string account, Order order, CancellationToken cancel)
    {
        var quote = await QuotedAsync(manager, order, cancel);
        clock.Now += Duration.FromHours(20);
        return (await As<DecideQuote>(await callers.OfAsync(account, cancel)).AcceptAsync(order.Id, quote.Id, null, cancel)).Value!;
    }

    /// <summary>A use case as a person at the demo's time has it.</summary>
    private T As<T>(Caller caller) where T : class
    {
        var wanted = typeof(T).GetConstructors().Single().GetParameters().Select(p => p.ParameterType).ToList();
        object[] own = [caller, (IClock)clock, new OrderChange(db, caller)];
        return ActivatorUtilities.CreateInstance<T>(services, own.Where(o => wanted.Any(w => w.IsInstanceOfType(o))).ToArray());
    }

    private sealed class DemoClock : IClock
    {
        public Instant Now { get; set; }

        public Instant GetCurrentInstant() => Now;
    }
}
