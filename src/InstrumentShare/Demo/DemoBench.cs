using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using InstrumentShare.Usage.Faults;
using InstrumentShare.Usage.Kiosks;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Demo;

/// <summary>A tablet, cards, PINs and two faults of the home institution, entered by the program's own use cases as its people would.</summary>
public sealed class DemoBench(AppDb db, DemoCallers callers, IServiceProvider services)
{
    public async Task EnterAsync(CancellationToken cancel)
    {
        var (manager, researcher) = (await callers.OfAsync("manager", cancel), await callers.OfAsync("researcher", cancel));
        var home = manager.InstitutionId!.Value;
        var instruments = await db.Set<Instrument>().Where(i => i.InstitutionId == home && i.TakesBookings && i.IsVisible).OrderBy(i => i.InnerId).Select(i => i.Id).Take(2).ToListAsync(cancel);
        await Make<ChangeKiosks>(manager).RegisterAsync("一楼电镜室平板 / Tablet, microscopy lab", [.. instruments.Select(i => i.Value)], cancel);
        foreach (var (account, number) in DemoAccounts.Badges)
        {
            await Make<ChangeBadges>(manager).OfAsync(account + "@demo.example", home, number, cancel);
            await Make<ChangeBadges>(await callers.OfAsync(account, cancel)).PinAsync(DemoAccounts.Pin, cancel);
        }

        var first = await FaultAsync(researcher, instruments[0], FaultSeverity.Limited, "图像右上角有明暗条纹，放大倍数越高越明显。", cancel);
        await FaultAsync(researcher, instruments[1], FaultSeverity.Limited, "自动进样器第 7 位卡针，需手动复位后才能继续。", cancel);
        await ActivatorUtilities.CreateInstance<SettleFault>(services, manager, MailOf(manager), ActivatorUtilities.CreateInstance<ChangeClosures>(services, manager))
            .AcknowledgeAsync(first.Id, null, "高倍成像有条纹，低倍可正常使用，已报厂家检修", cancel);
    }

    private async Task<Fault> FaultAsync(Caller reporter, InstrumentId instrument, FaultSeverity severity, string text, CancellationToken cancel) =>
        (await ActivatorUtilities.CreateInstance<ReportFault>(services, reporter, MailOf(reporter), ActivatorUtilities.CreateInstance<Bookings.CalendarQuery>(services, reporter)).RunAsync(instrument, severity, text, cancel)).Value!;

    private FaultMail MailOf(Caller caller) => ActivatorUtilities.CreateInstance<FaultMail>(services, caller);

    private T Make<T>(Caller caller) => ActivatorUtilities.CreateInstance<T>(services, caller);
}
