using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Access;

public enum Role
{
    /// <summary>Everyone who is signed in, on their own things.</summary>
    Researcher,
    GroupLeader,
    Technician,
    LabManager,
    InstitutionAdministrator,
    FundingOfficer,
    Auditor,
    SystemAdministrator,
}

public enum ScopeKind
{
    All,
    Region,
    Institution,
    Group,
    Instrument,
}

/// <summary>A role within a scope. Never edited: revoked, and granted anew.</summary>
public sealed class RoleGrant
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required PersonId PersonId { get; init; }

    public required Role Role { get; init; }

    public required ScopeKind ScopeKind { get; init; }

    /// <summary>The institution, group or instrument.</summary>
    public Guid? ScopeId { get; init; }

    public Region? ScopeRegion { get; init; }

    public PersonId? GrantedBy { get; init; }

    public required Instant GrantedAt { get; init; }

    public PersonId? RevokedBy { get; set; }

    public Instant? RevokedAt { get; set; }

    public string? Reason { get; init; }

    public bool Covers(Scope scope) => ScopeKind switch
    {
        ScopeKind.All => true,
        ScopeKind.Region => scope.Region is { } region && ScopeRegion!.Value.Covers(region),
        ScopeKind.Institution => scope.InstitutionId == ScopeId,
        ScopeKind.Group => scope.GroupId == ScopeId,
        _ => scope.InstrumentId == ScopeId,
    };
}

/// <summary>Where a thing belongs, so that a scoped role can be held against it. Give every part that is known.</summary>
public sealed record Scope(Guid? InstrumentId = null, Guid? InstitutionId = null, Guid? GroupId = null, Region? Region = null);
