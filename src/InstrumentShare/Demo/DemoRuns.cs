using InstrumentShare.Access;
using InstrumentShare.Persistence;
using InstrumentShare.Subsidies;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>The subsidy runs that the demo's officer has already ordered over the demo's year, by the program's own use case.</summary>
public sealed class DemoRuns(AppDb db, PersonAccessQuery people, PermissionCatalog permissions, IServiceProvider services)
{
    private static readonly string[] Policies = ["anhui-2015", "qingdao"];

    public async Task OrderAsync(LocalDate anchor, CancellationToken cancel)
    {
        var officer = await db.Set<Person>().Where(p => p.Email == "officer@demo.example").Select(p => p.Id).SingleAsync(cancel);
        var caller = Caller.For((await people.OfAsync(new PersonId(officer), cancel))!, permissions);
        var run = ActivatorUtilities.CreateInstance<RunSubsidy>(services, caller);
        foreach (var policy in Policies)
            await run.RunAsync(new RunOrder(policy, anchor.PlusYears(-1), anchor.PlusDays(-1), null), cancel);
    }
}
