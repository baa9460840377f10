using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Subsidies;

/// <summary>Stops a run that is being calculated; a node at work on it hears of it within seconds.</summary>
public sealed class CancelRun(AppDb db, Caller caller, IClock clock)
{
    public async Task<Outcome<SubsidyRun>> RunAsync(SubsidyRunId id, CancellationToken cancel)
    {
        var run = await db.Set<SubsidyRun>().SingleOrDefaultAsync(r => r.Id == id, cancel);
        if (run is null || !caller.May(SubsidyPermissions.Read, run.Scope)) return Problem.NotFound();
        if (!caller.May(SubsidyPermissions.Run, run.Scope)) return Problem.Forbidden();
        if (run.Status != RunStatus.Calculating) return Problem.Refused("subsidy.run-not-calculating", "status", ("status", run.Status));

        var now = clock.GetCurrentInstant();
        run.Cancel(caller.PersonId ?? default, now);
        caller.Audit(db, now, "subsidy.run-cancel", "subsidyRun", id.Value.ToString());
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        return run;
    }
}
