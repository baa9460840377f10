using InstrumentShare.Access;

namespace InstrumentShare.Billing;

public static class BillingPermissions
{
    /// <summary>Read charges: one's own, and those that <see cref="View"/> covers.</summary>
    public const string Read = "charges.read";

    /// <summary>See others' charges.</summary>
    public const string View = "charges.view";

    /// <summary>Write tags, evidence, claim and invoice on issued charges.</summary>
    public const string Annotate = "charges.annotate";

    /// <summary>Dispute a charge that one pays, for oneself or for the group one leads.</summary>
    public const string Dispute = "charges.dispute";

    /// <summary>Decide on disputes about instruments.</summary>
    public const string Decide = "charges.decide";

    public static IReadOnlyList<Permission> All { get; } =
    [
        new(Read, Role.Researcher, Role.GroupLeader, Role.LabManager, Role.InstitutionAdministrator, Role.FundingOfficer, Role.Auditor),
        new(View, Role.GroupLeader, Role.LabManager, Role.InstitutionAdministrator, Role.FundingOfficer, Role.Auditor),
        new(Annotate, Role.LabManager, Role.InstitutionAdministrator),
        new(Dispute, Role.Researcher, Role.GroupLeader),
        new(Decide, Role.LabManager, Role.InstitutionAdministrator),
    ];
}
