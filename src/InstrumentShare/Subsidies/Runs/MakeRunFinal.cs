using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Subsidies;

/// <summary>
/// Makes a calculated run final for payment. Every figure that was only reported must be confirmed by name, at once or
/// earlier; each confirmation is kept with the person and the time.
/// </summary>
public sealed class MakeRunFinal(AppDb db, PolicyLibrary library, Caller caller, IClock clock)
{
    /// <param name="id">The run.</param>
    /// <param name="confirm">Names of figures that the caller confirms now.</param>
    /// <param name="cancel">Ends the work.</param>
    public async Task<Outcome<SubsidyRun>> RunAsync(SubsidyRunId id, IReadOnlyCollection<string> confirm, CancellationToken cancel)
    {
        var run = await db.Set<SubsidyRun>().SingleOrDefaultAsync(r => r.Id == id, cancel);
        if (run is null || !caller.May(SubsidyPermissions.Read, run.Scope)) return Problem.NotFound();
        if (!caller.May(SubsidyPermissions.Run, run.Scope)) return Problem.Forbidden();
        var policy = (await library.OfAsync(run.PolicyId, run.PolicyVersion, cancel)).Policy;
        var earlier = await db.Set<RunConfirmation>().Where(c => c.RunId == id).Select(c => c.Figure).ToListAsync(cancel);

        var now = clock.GetCurrentInstant();
        var today = now.InZone(Web.Words.DefaultZone).Date;
        var known = policy.ToConfirm.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        var unknown = confirm.Where(f => !known.Contains(f)).Select(f => Problem.Invalid("subsidy.figure-unknown", "confirm", ("figure", f))).ToList();
        if (unknown.Count > 0) return unknown;
        var problems = RunRules.OfFinal(policy, run.Window, run.Status, [.. earlier, .. confirm], today);

        // What was confirmed stays confirmed, even when something else still stands against the run.
        if (run.Status == RunStatus.Calculated)
            foreach (var figure in confirm.Distinct(StringComparer.Ordinal).Except(earlier, StringComparer.Ordinal))
                db.Add(new RunConfirmation { RunId = id, Figure = figure, PersonId = caller.PersonId ?? default, PersonName = caller.Name, ConfirmedAt = now });
        if (problems.Count == 0)
        {
            run.MakeFinal(caller.PersonId ?? default, caller.Name, now);
            caller.Audit(db, now, "subsidy.run-final", "subsidyRun", id.Value.ToString(), after: new { run.ResultDigest, run.TotalFen });
            db.AddEvent("subsidy.run-final", now, id.Value, payload: new { run.PolicyId, run.ResultDigest });
        }

        if (await db.TrySaveAsync(cancel) is { } refused) return refused;
        return problems.Count == 0 ? run : problems;
    }
}
