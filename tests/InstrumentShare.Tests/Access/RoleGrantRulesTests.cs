using InstrumentShare.Access;
using InstrumentShare.Access.People;
using InstrumentShare.Kernel;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Access;

public sealed class RoleGrantRulesTests
{
    private static readonly PersonId Me = new(Guid.CreateVersion7());
    private static readonly PersonId Other = new(Guid.CreateVersion7());
    private static readonly InstitutionId Mine = new(Guid.CreateVersion7());
    private static readonly InstitutionId Elsewhere = new(Guid.CreateVersion7());

    // Who (a: administrator of Mine, s: of the system, l: lab manager), role, kind of scope, at Mine or elsewhere, receiver of Mine or elsewhere.
    [Theory]
    [InlineData("a", Role.LabManager, ScopeKind.Institution, true, true, null)]
    [InlineData("a", Role.LabManager, ScopeKind.Instrument, true, true, null)]
    [InlineData("a", Role.Technician, ScopeKind.Instrument, true, true, null)]
    [InlineData("a", Role.GroupLeader, ScopeKind.Group, true, true, null)]
    [InlineData("a", Role.LabManager, ScopeKind.Institution, false, true, "role.beyond-scope")]
    [InlineData("a", Role.LabManager, ScopeKind.Institution, true, false, "role.not-of-institution")]
    [InlineData("a", Role.InstitutionAdministrator, ScopeKind.Institution, true, true, "role.beyond-scope")]
    [InlineData("a", Role.FundingOfficer, ScopeKind.Region, false, true, "role.beyond-scope")]
    [InlineData("a", Role.SystemAdministrator, ScopeKind.All, false, true, "role.beyond-scope")]
    [InlineData("a", Role.Auditor, ScopeKind.All, false, true, "role.beyond-scope")]
    [InlineData("l", Role.Technician, ScopeKind.Instrument, true, true, "role.beyond-scope")]
    [InlineData("s", Role.InstitutionAdministrator, ScopeKind.Institution, false, false, null)]
    [InlineData("s", Role.FundingOfficer, ScopeKind.Region, false, false, null)]
    [InlineData("s", Role.Auditor, ScopeKind.Region, false, false, null)]
    [InlineData("s", Role.SystemAdministrator, ScopeKind.All, false, false, null)]
    [InlineData("s", Role.SystemAdministrator, ScopeKind.Institution, false, false, "role.scope-kind")]
    [InlineData("s", Role.LabManager, ScopeKind.All, false, false, "role.scope-kind")]
    [InlineData("s", Role.FundingOfficer, ScopeKind.All, false, false, "role.scope-kind")]
    [InlineData("s", Role.Researcher, ScopeKind.All, false, false, "role.scope-kind")]
    public void A_role_is_given_only_by_who_answers_for_its_scope(string who, Role role, ScopeKind kind, bool here, bool ofMine, string? code)
    {
        var place = kind is ScopeKind.All ? new Scope() : kind is ScopeKind.Region ? new Scope(Region: new Region("CN-34")) : new Scope(InstitutionId: (here ? Mine : Elsewhere).Value);
        var codes = RoleGrantRules.Check(Me, GrantsOf(who), Other, ofMine ? Mine : Elsewhere, role, kind, place).Select(p => p.Code);
        codes.ShouldBe(code is null ? [] : [code]);
    }

    [Theory]
    [InlineData("a", Role.LabManager, ScopeKind.Institution)]
    [InlineData("s", Role.SystemAdministrator, ScopeKind.All)]
    public void Nobody_gives_a_role_to_themselves(string who, Role role, ScopeKind kind) =>
        RoleGrantRules.Check(Me, GrantsOf(who), Me, Mine, role, kind, new Scope(InstitutionId: Mine.Value)).Select(p => p.Code).ShouldBe(["role.self"]);

    private static List<RoleGrant> GrantsOf(string who) => who switch
    {
        "a" => [Grant(Role.InstitutionAdministrator, ScopeKind.Institution)],
        "l" => [Grant(Role.LabManager, ScopeKind.Institution)],
        _ => [Grant(Role.SystemAdministrator, ScopeKind.All)],
    };

    private static RoleGrant Grant(Role role, ScopeKind kind) => new()
    {
        PersonId = Me, Role = role, ScopeKind = kind, ScopeId = kind == ScopeKind.Institution ? Mine.Value : null, GrantedAt = FixedClock.Start,
    };
}
