using InstrumentShare.Kernel;

namespace InstrumentShare.Access.People;

/// <summary>Who may give which role where. Nobody gives one to themselves, or beyond what they answer for.</summary>
public static class RoleGrantRules
{
    private static readonly Dictionary<Role, ScopeKind[]> Scopes = new()
    {
        // Everyone who is signed in is a researcher: that is never granted.
        [Role.Researcher] = [],
        [Role.GroupLeader] = [ScopeKind.Group],
        [Role.Technician] = [ScopeKind.Instrument, ScopeKind.Institution],
        [Role.LabManager] = [ScopeKind.Instrument, ScopeKind.Institution],
        [Role.InstitutionAdministrator] = [ScopeKind.Institution],
        [Role.FundingOfficer] = [ScopeKind.Region],
        [Role.Auditor] = [ScopeKind.All, ScopeKind.Region],
        [Role.SystemAdministrator] = [ScopeKind.All],
    };

    private static readonly Role[] OfInstitution = [Role.GroupLeader, Role.Technician, Role.LabManager];

    public static IReadOnlyList<ScopeKind> ScopesOf(Role role) => Scopes[role];

    /// <summary>The roles that somebody with these grants may give somewhere.</summary>
    public static IEnumerable<Role> GrantableBy(IReadOnlyList<RoleGrant> mine) =>
        mine.Any(g => g.Role == Role.SystemAdministrator) ? Scopes.Keys.Where(r => r != Role.Researcher)
        : mine.Any(g => g.Role == Role.InstitutionAdministrator) ? OfInstitution : [];

    /// <param name="granter">Who gives; with their live grants.</param>
    /// <param name="place">Where the role would hold, with the institution that the instrument or group belongs to.</param>
    /// <param name="home">The institution of the person who gets it.</param>
    public static IEnumerable<Problem> Check(PersonId granter, IReadOnlyList<RoleGrant> mine, PersonId receiver, InstitutionId? home, Role role, ScopeKind kind, Scope place)
    {
        if (!Scopes[role].Contains(kind)) yield return Problem.Invalid("role.scope-kind", "scopeKind");
        if (granter == receiver) yield return Problem.Refused("role.self");
        if (mine.Any(g => g.Role == Role.SystemAdministrator)) yield break;
        var mayHere = OfInstitution.Contains(role) && place.InstitutionId is not null && mine.Any(g => g.Role == Role.InstitutionAdministrator && g.Covers(new Scope(InstitutionId: place.InstitutionId)));
        if (!mayHere) yield return Problem.Forbidden("role.beyond-scope");
        else if (home?.Value != place.InstitutionId) yield return Problem.Refused("role.not-of-institution", "personId");
    }
}
