using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Catalog.Groups;

/// <summary>Makes a group of instruments or changes its record; putting it in or out of use changes the rules of all in it.</summary>
public sealed class SaveInstrumentGroup(AppDb db, Caller caller, InstrumentRulesQuery rules, IClock clock)
{
    public sealed record Request(Guid? InstitutionId, string? Name, string? NameEn, string? Description, bool? IsActive);

    /// <summary>Without an institution, the caller's own.</summary>
    public async Task<Outcome<InstrumentGroup>> CreateAsync(Request request, CancellationToken cancel)
    {
        var institution = request.InstitutionId is { } given ? new InstitutionId(given) : caller.InstitutionId;
        if (institution is not { } id || !await db.Set<Institution>().AnyAsync(i => i.Id == id, cancel)) return Problem.Invalid("instrument.unknown-institution", "institutionId", ("value", institution?.Value));
        if (!caller.MayManageGroups(id)) return Problem.Forbidden();
        var problems = InstrumentGroupRules.Check(request.Name, request.NameEn, request.Description);
        if (problems.Count > 0) return problems;

        var now = clock.GetCurrentInstant();
        var group = new InstrumentGroup
        {
            InstitutionId = id, Name = request.Name!.Trim(), NameEn = request.NameEn!.Trim(), Description = request.Description?.Trim() ?? string.Empty, IsActive = request.IsActive ?? true, CreatedAt = now,
        };
        db.Add(group);
        caller.Audit(db, now, "instrument-group.create", "instrument-group", group.Id.Value.ToString(), after: Shown(group), institutionId: id);
        return await db.TrySaveAsync(cancel) is { } taken ? taken with { Field = "name" } : group;
    }

    /// <param name="seenVersion">The version the change was made upon; null to change whatever stands.</param>
    public async Task<Outcome<InstrumentGroup>> ChangeAsync(InstrumentGroupId id, Request request, long? seenVersion, CancellationToken cancel)
    {
        var found = await db.FindManagedGroupAsync(id, caller, cancel);
        if (!found.IsOk) return found;
        var group = found.Value;
        if (ETags.Stale(seenVersion, group.Version) is { } stale) return stale;
        var (name, nameEn, description) = (request.Name ?? group.Name, request.NameEn ?? group.NameEn, request.Description ?? group.Description);
        var problems = InstrumentGroupRules.Check(name, nameEn, description);
        if (request.InstitutionId is { } other && other != group.InstitutionId.Value) problems.Add(Problem.Invalid("instrument-group.institution-fixed", "institutionId"));
        if (problems.Count > 0) return problems;

        var (now, before, wasActive) = (clock.GetCurrentInstant(), Shown(group), group.IsActive);
        (group.Name, group.NameEn, group.Description, group.IsActive) = (name.Trim(), nameEn.Trim(), description.Trim(), request.IsActive ?? group.IsActive);
        group.Version++;
        await using var transaction = await db.BeginAsync(cancel);
        caller.Audit(db, now, "instrument-group.change", "instrument-group", id.Value.ToString(), before, Shown(group), institutionId: group.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } refused) return refused.Kind == ProblemKind.Stale ? refused : refused with { Field = "name" };
        var concerned = wasActive == group.IsActive ? [] : await db.Set<InstrumentGroupMember>().Where(m => m.GroupId == id).Select(m => (Guid)(object)m.InstrumentId).ToListAsync(cancel);
        await RulesVersions.RaiseAsync(db, concerned, cancel);
        await transaction.CommitAsync(cancel);
        rules.Forget(concerned);
        return group;
    }

    private static object Shown(InstrumentGroup group) => new { group.Name, group.NameEn, group.Description, group.IsActive };
}
