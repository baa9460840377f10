using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Usage.Faults;

/// <summary>What staff do with a fault: say that it is so, make an outage of it, say how it was settled.</summary>
public sealed class SettleFault(AppDb db, Caller caller, InstrumentRulesQuery instruments, ChangeClosures closures, FaultMail mail, IClock clock)
{
    private sealed record Open(Fault Fault, InstrumentRules Instrument);

    public Task<Outcome<Fault>> AcknowledgeAsync(FaultId id, FaultSeverity? severity, string? notice, CancellationToken cancel) => RunAsync(id, "fault.acknowledge", open =>
    {
        if (FaultRules.Settle(open.Fault.Status, notice, "notice", FaultRules.MaxNotice) is { Count: > 0 } problems) return Task.FromResult(problems);
        open.Fault.Acknowledge(severity ?? open.Fault.Severity, notice!.Trim(), caller.PersonId!.Value, clock.GetCurrentInstant());
        return Task.FromResult(new List<Problem>());
    }, cancel);

    /// <summary>Closes the instrument from now on by the same use case as any maintenance, for those who may close it.</summary>
    public Task<Outcome<Fault>> OutageAsync(FaultId id, string? notice, Instant? until, CancellationToken cancel) => RunAsync(id, "fault.outage", async open =>
    {
        var now = clock.GetCurrentInstant();
        if (FaultRules.Outage(open.Fault.Status, open.Fault.ClosureId is not null, notice, until, now) is { Count: > 0 } problems) return problems;
        var added = await closures.AddAsync(open.Instrument.Id, new ChangeClosures.ClosureInput("maintenance", now, until, notice), cancel);
        if (!added.IsOk) return [.. added.Problems];
        open.Fault.Acknowledge(FaultSeverity.Unusable, notice!.Trim(), caller.PersonId!.Value, now);
        open.Fault.BecomeOutage(added.Value.Closure.Id);
        return [];
    }, cancel);

    /// <param name="reopen">Whether the outage that was made of it ends with it.</param>
    public Task<Outcome<Fault>> ResolveAsync(FaultId id, string? resolution, bool reopen, CancellationToken cancel) => RunAsync(id, "fault.resolve", async open =>
    {
        if (FaultRules.Settle(open.Fault.Status, resolution, "resolution", FaultRules.MaxResolution) is { Count: > 0 } problems) return problems;
        if (reopen && open.Fault.ClosureId is { } outage && await IsStandingAsync(outage, cancel) && await closures.CancelAsync(open.Instrument.Id, outage, cancel) is { IsOk: false } refused) return [.. refused.Problems];
        open.Fault.Resolve(resolution!.Trim(), caller.PersonId!.Value, clock.GetCurrentInstant());
        return [];
    }, cancel);

    private Task<bool> IsStandingAsync(ClosureId outage, CancellationToken cancel)
    {
        var now = clock.GetCurrentInstant();
        return db.Set<Closure>().AnyAsync(c => c.Id == outage && c.CancelledAt == null && c.EndsAt > now, cancel);
    }

    private async Task<Outcome<Fault>> RunAsync(FaultId id, string action, Func<Open, Task<List<Problem>>> work, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var fault = await db.Set<Fault>().FromSql($"SELECT * FROM faults WHERE id = {id.Value} FOR UPDATE").SingleOrDefaultAsync(cancel);
        if (fault is null || await instruments.OfAsync(fault.InstrumentId, cancel: cancel) is not { } instrument) return Problem.NotFound();
        if (!caller.May(FaultPermissions.Manage, instrument.Scope)) return caller.May(FaultPermissions.View, instrument.Scope) || fault.ReportedBy == caller.PersonId ? Problem.Forbidden() : Problem.NotFound();
        var (was, now) = (fault.Status, clock.GetCurrentInstant());
        var before = new { fault.Status, fault.Severity, fault.Notice };
        if (await work(new Open(fault, instrument)) is { Count: > 0 } problems) return problems;
        db.AddEvent("fault." + Word.Of(fault.Status), now, id.Value, fault.InstrumentId.Value, instrument.InstitutionId.Value, fault.ReportedBy.Value, new { fault.Severity, fault.ClosureId });
        caller.Audit(db, now, action, "fault", id.Value.ToString(), before, new { fault.Status, fault.Severity, fault.Notice, fault.ClosureId }, fault.Resolution ?? fault.Notice, instrument.InstitutionId);
        if (fault.Status != was) await mail.TellReporterAsync(fault, instrument, now, cancel);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        instruments.Forget(instrument.Id);
        return fault;
    }
}
