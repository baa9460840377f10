using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Catalog.Groups;

/// <summary>Puts instruments into a group and takes them out. What holds for the group holds for them from then on, so their rules have a new version.</summary>
public sealed class ChangeGroupInstruments(AppDb db, Caller caller, InstrumentRulesQuery rules, IClock clock)
{
    public sealed record Request(IReadOnlyList<Guid>? InstrumentIds);

    /// <returns>How many went in; those that are in already are left.</returns>
    public Task<Outcome<int>> AddAsync(InstrumentGroupId id, Request request, CancellationToken cancel) => RunAsync(id, request, "instrument-group.add", (group, ids) =>
        db.Database.SqlQuery<Guid>($"""
            INSERT INTO instrument_group_members (instrument_id, group_id, institution_id) SELECT unnest({ids}), {id.Value}, {group.InstitutionId.Value}
            ON CONFLICT DO NOTHING RETURNING instrument_id AS "Value"
            """).ToListAsync(cancel), cancel);

    /// <returns>How many went out.</returns>
    public Task<Outcome<int>> RemoveAsync(InstrumentGroupId id, Request request, CancellationToken cancel) => RunAsync(id, request, "instrument-group.remove", (_, ids) =>
        db.Database.SqlQuery<Guid>($"""DELETE FROM instrument_group_members WHERE group_id = {id.Value} AND instrument_id = ANY({ids}) RETURNING instrument_id AS "Value" """).ToListAsync(cancel), cancel);

    private async Task<Outcome<int>> RunAsync(InstrumentGroupId id, Request request, string action, Func<InstrumentGroup, Guid[], Task<List<Guid>>> work, CancellationToken cancel)
    {
        var found = await db.FindManagedGroupAsync(id, caller, cancel);
        if (!found.IsOk) return Outcome<int>.Refuse(found.Problems);
        var ids = request.InstrumentIds?.Distinct().ToArray() ?? [];
        if (ids.Length is 0 or > InstrumentGroupRules.MaxAtOnce) return Problem.Invalid("instrument-group.how-many", "instrumentIds", ("max", InstrumentGroupRules.MaxAtOnce), ("count", ids.Length));

        var institution = found.Value.InstitutionId;
        var own = await db.Set<Instrument>().Where(i => ids.Contains((Guid)(object)i.Id) && i.InstitutionId == institution).Select(i => (Guid)(object)i.Id).ToListAsync(cancel);
        if (own.Count < ids.Length) return Problem.Invalid("instrument-group.other-institution", "instrumentIds", ("value", ids.Except(own).First()));

        await using var transaction = await db.BeginAsync(cancel);
        // The group's row, then the instruments' rows, as every change that concerns a group takes them: two of them never wait for each other.
        await db.LockGroupAsync(id, cancel);
        await RulesVersions.RaiseAsync(db, ids, cancel);
        var changed = await work(found.Value, ids);
        if (changed.Count == 0) return 0;
        caller.Audit(db, clock.GetCurrentInstant(), action, "instrument-group", id.Value.ToString(), after: new { instruments = changed }, institutionId: institution);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        rules.Forget(changed);
        return changed.Count;
    }
}
