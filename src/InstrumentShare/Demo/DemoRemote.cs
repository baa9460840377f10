using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Bookings.AccessNotes;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>An instrument that the demo's researcher uses from afar, with how to connect as its manager wrote it; booked by the program's own use case.</summary>
public sealed class DemoRemote(IServiceScopeFactory scopes)
{
    private const string Notes = "演示：远程桌面 rdp://demo.invalid，账号 demo-guest（不是真实地址）。\n连接前请致电实验室，由值班人员开启许可。\nDemo: remote desktop rdp://demo.invalid, account demo-guest (no real address). Call the lab before you connect.";

    public async Task EnterAsync(LocalDate anchor, CancellationToken cancel)
    {
        if (await BookedAsync(anchor, cancel) is not { } instrument) return;
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<DemoCallers>().ActAsync(scope.ServiceProvider.GetRequiredService<Caller>(), "manager", cancel);
        await scope.ServiceProvider.GetRequiredService<WriteAccessNotes>().RunAsync(instrument, Notes, null, cancel);
    }

    private async Task<InstrumentId?> BookedAsync(LocalDate anchor, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var caller = services.GetRequiredService<Caller>();
        await services.GetRequiredService<DemoCallers>().ActAsync(caller, "researcher", cancel);
        var instruments = await services.GetRequiredService<AppDb>().Set<Instrument>().AsNoTracking().Where(i => i.InstitutionId == caller.InstitutionId && i.IsVisible && i.TakesBookings).OrderBy(i => i.InnerId).Select(i => i.Id).Take(40).ToListAsync(cancel);
        foreach (var (instrument, n) in instruments.Select((id, n) => (id, n)))
        {
            var start = anchor.PlusDays(2 + (n % 4)).At(new LocalTime(15, 0)).InZoneLeniently(DemoInstrument.Zone).ToInstant();
            var booked = await services.GetRequiredService<BookInstrument>().RunAsync(new(instrument, start, start + Duration.FromHours(1), ServiceMode.Remote, "远程观察"), cancel);
            if (booked.IsOk) return instrument;
        }

        return null;
    }
}
