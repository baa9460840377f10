using System.Text.Json;
using InstrumentShare.Access.Delegations;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;

namespace InstrumentShare.Access;

/// <summary>A shared device that stands in for a person's own, such as a tablet beside an instrument.</summary>
public sealed record CallerDevice(Guid Id, string Name);

/// <summary>Who asks: a person with scoped roles (perhaps through a key with fewer permissions), nobody, or a job of the program.</summary>
public sealed class Caller
{
    private PermissionCatalog? catalog;
    private IReadOnlyList<RoleGrant> grants = [];
    private IReadOnlyList<LentPermission> lent = [];
    private IReadOnlySet<string>? keyScopes;

    public PersonId? PersonId { get; private set; }

    public string Name { get; private set; } = "anonymous";

    public string? Email { get; private set; }

    public string Language { get; private set; } = "zh-CN";

    public InstitutionId? InstitutionId { get; private set; }

    public InstitutionKind? InstitutionKind { get; private set; }

    public LocalDate? ExpiresOn { get; private set; }

    /// <summary>The groups the person belongs to today.</summary>
    public IReadOnlyList<GroupId> Groups { get; private set; } = [];

    /// <summary>The last day of the longest membership in a group; null while one has no end.</summary>
    public LocalDate? MemberUntil { get; private set; }

    public IReadOnlyList<RoleGrant> Grants => grants;

    public bool IsJob { get; private set; }

    /// <summary>The shared device that the person acts at; null at their own.</summary>
    public CallerDevice? Device { get; private set; }

    /// <summary>Whether a machine asks, with a key that may do less than its owner.</summary>
    public bool IsKey => keyScopes is not null;

    public bool IsSignedIn => PersonId is not null;

    /// <summary>The program itself, for jobs: may everything that its use case allows.</summary>
    public static Caller Job(string name) => new() { Name = name, IsJob = true };

    /// <summary>The signed-in person. For pages and APIs the pipeline makes it; tests may too.</summary>
    public static Caller For(PersonAccess access, PermissionCatalog catalog, IReadOnlySet<string>? keyScopes = null)
    {
        var caller = new Caller();
        caller.Become(access, catalog, keyScopes);
        return caller;
    }

    /// <summary>Whether a role of the caller gives the permission for the thing in this scope.</summary>
    public bool May(string permission, Scope scope) => IsJob || (Allowed(permission) && GrantsOf(permission).Any(g => g.Covers(scope)));

    /// <summary>Whether any role gives the permission in any scope: enough to open the door, not to see a given thing.</summary>
    public bool MayAnywhere(string permission) =>
        IsJob || (Allowed(permission) && (IsImplied(permission) || GrantsOf(permission).Any() || LentFor(permission).Any()));

    /// <summary>The grants that give a permission: what lists are filtered by.</summary>
    public IEnumerable<RoleGrant> GrantsOf(string permission) => catalog is null || !Allowed(permission)
        ? []
        : grants.Where(g => catalog.RolesOf(permission).Contains(g.Role));

    /// <summary>What others have lent of a permission, each with the roles of theirs that give it.</summary>
    public IEnumerable<LentPermission> LentFor(string permission) => catalog is null || !Allowed(permission)
        ? []
        : lent.Where(l => l.Permission == permission).Select(l => l with { Grants = l.Grants.Where(g => catalog.RolesOf(permission).Contains(g.Role)).ToList() }).Where(l => l.Grants.Count > 0);

    public bool Has(Role role) => grants.Any(g => g.Role == role);

    /// <summary>Adds an entry to the audit trail, saved with the change it tells of.</summary>
    public void Audit(AppDb db, Instant now, string action, string subjectKind, string subjectId, object? before = null, object? after = null, string? reason = null, InstitutionId? institutionId = null) =>
        db.Add(new AuditEntry
        {
            OccurredAt = now,
            PersonId = PersonId?.Value,
            Actor = Device is null ? Name : $"{Name} · {Device.Name}",
            Action = action,
            SubjectKind = subjectKind,
            SubjectId = subjectId,
            InstitutionId = institutionId?.Value,
            Reason = reason,
            Before = before is null ? null : JsonSerializer.Serialize(before, Json.Options),
            After = after is null ? null : JsonSerializer.Serialize(after, Json.Options),
        });

    internal void Become(PersonAccess access, PermissionCatalog permissions, IReadOnlySet<string>? limitedTo)
    {
        (catalog, grants, lent, keyScopes) = (permissions, access.Grants, access.Lent ?? [], limitedTo);
        (PersonId, Name, Email, Language) = (access.PersonId, access.Name, access.Email, access.Language);
        (InstitutionId, InstitutionKind, ExpiresOn, Groups, MemberUntil) = (access.InstitutionId, access.InstitutionKind, access.ExpiresOn, access.Groups, access.MemberUntil);
    }

    /// <summary>Whoever is signed in by a cookie is nobody at a shared device.</summary>
    internal void BecomeNobody()
    {
        (catalog, grants, lent, keyScopes, Device) = (null, [], [], null, null);
        (PersonId, Name, Email, InstitutionId, InstitutionKind, ExpiresOn, Groups, MemberUntil) = (null, "anonymous", null, null, null, null, [], null);
    }

    /// <summary>The person at a shared device, within what may be done there.</summary>
    internal void BecomeAt(CallerDevice device, PersonAccess access, PermissionCatalog permissions, IReadOnlySet<string> limitedTo)
    {
        Become(access, permissions, limitedTo);
        Device = device;
    }

    private bool Allowed(string permission) => keyScopes is null || keyScopes.Contains(permission);

    // Everyone who is signed in is a researcher, on their own things; auditors write nothing, so they are not.
    private bool IsImplied(string permission) => IsSignedIn && !Has(Role.Auditor) && catalog!.RolesOf(permission).Contains(Role.Researcher);
}
