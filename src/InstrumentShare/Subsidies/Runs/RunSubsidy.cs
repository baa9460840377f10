using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Subsidies.Engine;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Subsidies;

public sealed record RunOrder(string? PolicyId, LocalDate? From, LocalDate? To, long? BudgetFen);

/// <summary>
/// Starts a run. A small one is computed at once, in the same transaction; a long one waits for <see cref="CalculateWaitingRuns"/>
/// on any node and tells its progress meanwhile.
/// </summary>
public sealed class RunSubsidy(AppDb db, PolicyLibrary library, CalculateRun calculate, WaitingRuns waiting, IOptions<SubsidyOptions> options, Caller caller, IClock clock)
{
    public async Task<Outcome<SubsidyRun>> RunAsync(RunOrder order, CancellationToken cancel)
    {
        var problems = RunRules.OfRequest(order.From, order.To, order.BudgetFen);
        if (order.PolicyId is null) problems.Add(Problem.Invalid("subsidy.facts.missing", "policyId"));
        if (problems.Count > 0) return problems;
        var known = await library.FindAsync(order.PolicyId, cancel);
        if (known is null) return new Problem("subsidy.policy-not-found", "policyId", Kind: ProblemKind.NotFound);
        var window = new AccrualWindow(order.From!.Value, order.To!.Value);
        if (!caller.May(SubsidyPermissions.Run, new Scope(Region: known.Policy.Region))) return Problem.Forbidden();
        if (RunRules.OfPolicy(known.Policy, window) is { Count: > 0 } refused) return refused;

        var now = clock.GetCurrentInstant();
        var run = new SubsidyRun
        {
            PolicyId = known.Policy.Id,
            PolicyVersion = known.Policy.Version,
            Region = known.Policy.Region,
            AccruedFrom = window.From,
            AccruedTo = window.To,
            BudgetFen = order.BudgetFen,
            RequestedBy = caller.PersonId ?? default,
            RequestedByName = caller.Name,
            CreatedAt = now,
        };
        var own = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancel) : null;
        await using (own)
        {
            var connection = (NpgsqlConnection)db.Database.GetDbConnection();
            var (atOnce, reader) = (options.Value.ServicesAtOnce, new RunFactsReader(connection, known.Policy, window));
            var about = await reader.EstimateAsync(cancel);
            var atLeast = about > 2L * atOnce ? about : await reader.CountAsync(atOnce + 1L, cancel);
            var isLong = atLeast > atOnce;
            run.Services = isLong ? Math.Max(about, atLeast) : atLeast;
            db.Add(run);
            caller.Audit(db, now, "subsidy.run", "subsidyRun", run.Id.Value.ToString(), after: new { run.PolicyId, run.AccruedFrom, run.AccruedTo, run.BudgetFen });
            if (await db.TrySaveAsync(cancel) is { } problem) return problem;
            if (!isLong) await calculate.RunAsync(run, cancel);
            if (own is not null) await own.CommitAsync(cancel);
        }

        if (own is not null && run.Status == RunStatus.Calculating) waiting.Tell();

        return run;
    }
}
