namespace InstrumentShare.Access;

public static class AccessPermissions
{
    /// <summary>One's own account, data and keys.</summary>
    public const string OwnAccount = "account.own";

    /// <summary>People, memberships and roles of an institution.</summary>
    public const string ManagePeople = "people.manage";

    /// <summary>Institutions and everything about the system itself.</summary>
    public const string ManageSystem = "system.manage";

    public static IReadOnlyList<Permission> All { get; } =
    [
        new(OwnAccount, Role.Researcher, Role.Auditor),
        new(ManagePeople, Role.InstitutionAdministrator, Role.SystemAdministrator),
        new(ManageSystem, Role.SystemAdministrator),
    ];
}
