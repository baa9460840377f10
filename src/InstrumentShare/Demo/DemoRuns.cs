using InstrumentShare.Subsidies;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>The subsidy runs that the demo's officer has already ordered over the demo's year, by the program's own use case.</summary>
public sealed class DemoRuns(DemoCallers callers, IServiceProvider services)
{
    private static readonly string[] Policies = ["anhui-2015", "qingdao"];

    public async Task OrderAsync(LocalDate anchor, CancellationToken cancel)
    {
        var run = ActivatorUtilities.CreateInstance<RunSubsidy>(services, await callers.OfAsync("officer", cancel));
        foreach (var policy in Policies)
            await run.RunAsync(new RunOrder(policy, anchor.PlusYears(-1), anchor.PlusDays(-1), null), cancel);
    }
}
