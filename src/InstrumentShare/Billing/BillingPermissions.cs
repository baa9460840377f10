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

    public static IReadOnlyList<Permission> All { get; } =
    [
        new(Read, Role.Researcher, Role.GroupLeader, Role.LabManager, Role.InstitutionAdministrator, Role.FundingOfficer, Role.Auditor),
        new(View, Role.GroupLeader, Role.LabManager, Role.InstitutionAdministrator, Role.FundingOfficer, Role.Auditor),
        new(Annotate, Role.LabManager, Role.InstitutionAdministrator),
    ];
}
