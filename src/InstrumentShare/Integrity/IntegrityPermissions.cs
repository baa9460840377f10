using InstrumentShare.Access;

namespace InstrumentShare.Integrity;

public static class IntegrityPermissions
{
    /// <summary>See one's own credit and appeal against entries of it.</summary>
    public const string Own = "credit.own";

    /// <summary>Open credit at all: one's own, or those one's role covers.</summary>
    public const string Read = "credit.read";

    /// <summary>See the credit of a group, and appeals about instruments.</summary>
    public const string View = "credit.view";

    /// <summary>Decide on appeals about instruments.</summary>
    public const string Decide = "credit.decide";

    /// <summary>Set what events cost at an institution.</summary>
    public const string Rules = "credit-rules.manage";

    /// <summary>Set what events cost at the instruments of a region's institutions, where those say nothing of their own.</summary>
    public const string RegionalRules = "credit-rules.regional";

    public static IReadOnlyList<Permission> All { get; } =
    [
        new(Own, Role.Researcher),
        new(Read, Role.Researcher, Role.Auditor),
        new(View, Role.GroupLeader, Role.LabManager, Role.InstitutionAdministrator, Role.Auditor),
        new(Decide, Role.LabManager, Role.InstitutionAdministrator),
        new(Rules, Role.InstitutionAdministrator),
        new(RegionalRules, Role.FundingOfficer),
    ];
}
