using InstrumentShare.Access;
using InstrumentShare.Bookings.Classes;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>A class that the demo's lab manager teaches on an instrument next week, booked by the program's own use case at the first hour that is free.</summary>
public sealed class DemoClasses(IServiceScopeFactory scopes)
{
    private static readonly string[] Students = ["演示学生甲", "演示学生乙", "演示学生丙", "演示学生丁", "演示学生戊", "演示学生己"];

    public async Task EnterAsync(LocalDate anchor, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var services = scope.ServiceProvider;
        var db = services.GetRequiredService<AppDb>();
        var caller = services.GetRequiredService<Caller>();
        await services.GetRequiredService<DemoCallers>().ActAsync(caller, "manager", cancel);
        var instruments = await db.Set<Instrument>().AsNoTracking().Where(i => i.InstitutionId == caller.InstitutionId && i.IsVisible && i.TakesBookings).OrderBy(i => i.InnerId).Select(i => i.Id.Value).Take(20).ToListAsync(cancel);
        foreach (var (instrument, n) in instruments.Select((id, n) => (id, n)))
        {
            var start = anchor.PlusDays(3 + (n % 4)).At(new LocalTime(14, 0)).InZoneLeniently(DemoInstrument.Zone).ToInstant();
            var outcome = await services.GetRequiredService<PlanClass>().RunAsync(
                new("现代仪器分析（演示）", "Modern instrumental analysis (demo)", null, Students.Length, Students, "演示课，学生均为虚构。", [new(instrument)], start, start + Duration.FromHours(2)), cancel);
            if (outcome.IsOk) return;
        }
    }
}
