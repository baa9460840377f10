using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Access.Groups;

/// <summary>Who belongs to a group, from one day to another; both days are included.</summary>
public sealed class ChangeMembers(AppDb db, Caller caller, PersonAccessQuery access, IClock clock)
{
    public sealed record Request(string? Email, LocalDate? StartsOn, LocalDate? EndsOn);

    public async Task<Outcome<Membership>> AddAsync(GroupId groupId, Request request, CancellationToken cancel)
    {
        if (await db.Set<Group>().AsNoTracking().SingleOrDefaultAsync(g => g.Id == groupId, cancel) is not { } group) return Problem.NotFound();
        if (!May(group)) return Problem.Forbidden();
        var problems = new List<Problem>();
        var email = request.Email?.Trim().ToUpperInvariant() ?? string.Empty;
        var person = await db.Set<Person>().AsNoTracking().SingleOrDefaultAsync(p => p.NormalizedEmail == email && p.IsActive, cancel);
        if (email.Length == 0 || person is null) problems.Add(Problem.Invalid("membership.person", "email"));
        if (request.StartsOn is null) problems.Add(Problem.Invalid("membership.start", "startsOn"));
        if (request.EndsOn < request.StartsOn) problems.Add(Problem.Invalid("membership.end-before-start", "endsOn"));
        if (problems.Count > 0) return problems;

        var now = clock.GetCurrentInstant();
        var membership = new Membership { GroupId = groupId, PersonId = new PersonId(person!.Id), StartsOn = request.StartsOn!.Value, EndsOn = request.EndsOn, CreatedAt = now };
        db.Add(membership);
        caller.Audit(db, now, "membership.added", "group", groupId.Value.ToString(), after: new { membership.PersonId, membership.StartsOn, membership.EndsOn }, institutionId: group.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem with { Field = "startsOn" };
        access.Forget(membership.PersonId);
        return membership;
    }

    /// <summary>Sets or lifts the last day. A membership that never began ends on its first day: what was is never erased.</summary>
    public async Task<Outcome<Membership>> EndAsync(Guid membershipId, LocalDate? endsOn, CancellationToken cancel)
    {
        if (await db.Set<Membership>().SingleOrDefaultAsync(m => m.Id == membershipId, cancel) is not { } membership) return Problem.NotFound();
        var group = await db.Set<Group>().AsNoTracking().SingleAsync(g => g.Id == membership.GroupId, cancel);
        if (!May(group)) return Problem.Forbidden();
        if (endsOn < membership.StartsOn) return Problem.Invalid("membership.end-before-start", "endsOn");
        if (group.LeaderId == membership.PersonId && endsOn is not null) return Problem.Refused("membership.leader");

        var before = new { membership.PersonId, membership.StartsOn, membership.EndsOn };
        membership.EndsOn = endsOn;
        caller.Audit(db, clock.GetCurrentInstant(), "membership.changed", "group", group.Id.Value.ToString(), before, new { membership.PersonId, membership.StartsOn, membership.EndsOn }, institutionId: group.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem with { Field = "endsOn" };
        access.Forget(membership.PersonId);
        return membership;
    }

    private bool May(Group group) => caller.May(AccessPermissions.LeadGroup, new Scope(InstitutionId: group.InstitutionId.Value, GroupId: group.Id.Value));
}
