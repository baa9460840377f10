using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Usage.Faults;

/// <summary>Adds a picture to a fault that is not settled: by who reported it, or by who answers it. What it is is decided by its content.</summary>
public sealed class AddFaultPhoto(AppDb db, FaultQueries queries, Caller caller, IClock clock)
{
    /// <returns>Its number.</returns>
    public async Task<Outcome<short>> RunAsync(FaultId id, byte[] content, CancellationToken cancel = default)
    {
        if (await queries.OneAsync(id, cancel) is not { } row) return Problem.NotFound();
        if (row.ReportedBy.Id != caller.PersonId?.Value && !caller.May(FaultPermissions.Manage, row.Scope)) return Problem.Forbidden();
        await using var transaction = await db.BeginAsync(cancel);
        var fault = await db.Set<Fault>().FromSql($"SELECT * FROM faults WHERE instrument_id = {row.Instrument.Id} AND id = {id.Value} FOR UPDATE").AsNoTracking().SingleAsync(cancel);
        var there = await db.Set<FaultPhoto>().CountAsync(p => p.InstrumentId == fault.InstrumentId && p.FaultId == id, cancel);
        if (FaultPhotoRules.Check(fault.Status, content, there) is { Count: > 0 } problems) return problems;
        var (now, number) = (clock.GetCurrentInstant(), (short)(there + 1));
        db.Add(new FaultPhoto { InstrumentId = fault.InstrumentId, FaultId = id, Number = number, MediaType = FaultPhotoRules.MediaTypeOf(content)!, Content = content, AddedBy = caller.PersonId!.Value, AddedAt = now });
        caller.Audit(db, now, "fault.photo", "fault", id.Value.ToString(), after: new { number, content.Length }, institutionId: new InstitutionId(row.Scope.InstitutionId!.Value));
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return number;
    }
}
