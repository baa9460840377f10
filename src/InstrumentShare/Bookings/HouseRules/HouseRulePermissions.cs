using InstrumentShare.Access;

namespace InstrumentShare.Bookings.HouseRules;

public static class HouseRulePermissions
{
    /// <summary>Read house rules and agree to them, for oneself.</summary>
    public const string Own = "house-rules.own";

    /// <summary>Read the documents.</summary>
    public const string Read = "house-rules.read";

    /// <summary>See who has read them.</summary>
    public const string View = "house-rules.view";

    /// <summary>Publish documents and new versions, put them in and out of use.</summary>
    public const string Manage = "house-rules.manage";

    public static IReadOnlyList<Permission> All { get; } =
    [
        new(Own, Role.Researcher),
        new(Read, Role.Researcher, Role.Auditor),
        new(View, Role.Technician, Role.LabManager, Role.InstitutionAdministrator, Role.Auditor),
        new(Manage, Role.LabManager, Role.InstitutionAdministrator),
    ];
}
