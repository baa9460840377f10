using InstrumentShare.Access;
using InstrumentShare.Bookings.Series;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>Two weekly series of the demo's researcher, booked by the program's own use case; dates that are taken are skipped and say why.</summary>
public sealed class DemoSeries(IServiceScopeFactory scopes)
{
    private const int Wanted = 2;

    public async Task EnterAsync(LocalDate anchor, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var db = services.GetRequiredService<AppDb>();
        var caller = services.GetRequiredService<Caller>();
        await services.GetRequiredService<DemoCallers>().ActAsync(caller, "researcher", cancel);
        var instruments = await db.Set<Instrument>().AsNoTracking().Where(i => i.InstitutionId == caller.InstitutionId && i.IsVisible && i.TakesBookings && i.Capacity == 1).OrderBy(i => i.InnerId).Select(i => i.Id).Take(40).ToListAsync(cancel);
        var made = 0;
        foreach (var (instrument, hour) in instruments.Select((id, i) => (id, 9 + (i % 6))))
        {
            var first = anchor.PlusDays(2).At(new LocalTime(hour, 0));
            var outcome = await services.GetRequiredService<BookSeries>().RunAsync(new(instrument, first, 60, "FREQ=WEEKLY;COUNT=4", SeriesConflicts.Skip, ServiceMode.SelfOperated, "每周例行测试"), cancel);
            if (outcome.IsOk && ++made == Wanted) return;
        }
    }
}
