using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Catalog.Groups;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>Says what an instrument or a group requires. It holds for bookings from now on; those that stand are asked again at approval and check-in.</summary>
public sealed class SaveQualification(AppDb db, Caller caller, InstrumentRulesQuery rules, IClock clock)
{
    /// <summary>Absent fields stay. <paramref name="ValidMonths"/> of 0 is without end.</summary>
    public sealed record Request(
        Guid? InstrumentId = null, Guid? GroupId = null, string? Name = null, string? NameEn = null, string? Description = null, string? RequiredLevel = null, int? ValidMonths = null, bool? BookBeforeTraining = null, bool? IsActive = null);

    public async Task<Outcome<Qualification>> CreateAsync(Request request, CancellationToken cancel)
    {
        if ((request.InstrumentId is null) == (request.GroupId is null)) return Problem.Invalid("qualification.target", "instrumentId");
        var target = request.InstrumentId is { } i ? new InstrumentId(i) : (InstrumentId?)null;
        var group = request.GroupId is { } g ? new InstrumentGroupId(g) : (InstrumentGroupId?)null;
        var institution = target is not null
            ? await db.Set<Instrument>().Where(x => x.Id == target).Select(x => (InstitutionId?)x.InstitutionId).SingleOrDefaultAsync(cancel)
            : await db.Set<InstrumentGroup>().Where(x => x.Id == group).Select(x => (InstitutionId?)x.InstitutionId).SingleOrDefaultAsync(cancel);
        if (institution is not { } owner || !caller.May(QualificationPermissions.Manage, new Scope(target?.Value, owner.Value)))
            return Problem.Invalid("qualification.target-unknown", target is null ? "groupId" : "instrumentId", ("value", request.InstrumentId ?? request.GroupId));

        var made = new Qualification { InstitutionId = owner, InstrumentId = target, GroupId = group, Name = string.Empty, NameEn = string.Empty, CreatedAt = clock.GetCurrentInstant() };
        if (Apply(request, made) is { Count: > 0 } problems) return problems;
        db.Add(made);
        return await SaveAsync(made, "qualification.create", null, cancel);
    }

    /// <param name="seenVersion">The version the change was made upon; null to change whatever stands.</param>
    public async Task<Outcome<Qualification>> ChangeAsync(QualificationId id, Request request, long? seenVersion, CancellationToken cancel)
    {
        var found = await db.FindQualificationAsync(id, QualificationPermissions.Manage, caller, cancel);
        if (!found.IsOk) return found;
        var present = found.Value;
        if (ETags.Stale(seenVersion, present.Version) is { } stale) return stale;
        var before = Shown(present);
        var problems = Apply(request, present);
        if ((request.InstrumentId is { } i && i != present.InstrumentId?.Value) || (request.GroupId is { } g && g != present.GroupId?.Value)) problems.Add(Problem.Invalid("qualification.target-fixed", "instrumentId"));
        if (problems.Count > 0) return problems;
        present.Version++;
        return await SaveAsync(present, "qualification.change", before, cancel);
    }

    private static List<Problem> Apply(Request request, Qualification to)
    {
        var (name, nameEn, description) = (request.Name ?? to.Name, request.NameEn ?? to.NameEn, request.Description ?? to.Description);
        var (level, months) = (to.RequiredLevel, request.ValidMonths is { } given ? (given == 0 ? null : given) : to.ValidMonths);
        var isLevel = request.RequiredLevel is null || Word.TryParse(request.RequiredLevel, out level);
        var problems = QualificationRules.Check(name, nameEn, description, level, months);
        if (!isLevel) problems.Add(Problem.Invalid("qualification.required-level", "requiredLevel"));
        if (problems.Count > 0) return problems;
        (to.Name, to.NameEn, to.Description, to.RequiredLevel, to.ValidMonths) = (name.Trim(), nameEn.Trim(), description.Trim(), level, months);
        (to.BookBeforeTraining, to.IsActive) = (request.BookBeforeTraining ?? to.BookBeforeTraining, request.IsActive ?? to.IsActive);
        return problems;
    }

    private async Task<Outcome<Qualification>> SaveAsync(Qualification saved, string action, object? before, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        if (saved.GroupId is { } group) await db.LockGroupAsync(group, cancel);
        var concerned = await db.InstrumentsOfAsync(saved.InstrumentId, saved.GroupId, cancel);
        await RulesVersions.RaiseAsync(db, concerned, cancel);
        caller.Audit(db, clock.GetCurrentInstant(), action, "qualification", saved.Id.Value.ToString(), before, Shown(saved), institutionId: saved.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } refused) return refused.Kind == ProblemKind.Stale ? refused : refused with { Field = "name" };
        await transaction.CommitAsync(cancel);
        rules.Forget(concerned);
        return saved;
    }

    private static object Shown(Qualification q) => new { q.InstrumentId, q.GroupId, q.Name, q.NameEn, q.Description, q.RequiredLevel, q.ValidMonths, q.BookBeforeTraining, q.IsActive };
}
