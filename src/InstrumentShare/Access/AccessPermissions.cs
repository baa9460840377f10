namespace InstrumentShare.Access;

public static class AccessPermissions
{
    /// <summary>One's own account, data and keys.</summary>
    public const string OwnAccount = "account.own";

    /// <summary>See people, groups and roles of an institution.</summary>
    public const string ReadPeople = "people.read";

    /// <summary>People, memberships and roles of an institution.</summary>
    public const string ManagePeople = "people.manage";

    /// <summary>Members of a group that one leads.</summary>
    public const string LeadGroup = "groups.lead";

    /// <summary>The trail of who changed what.</summary>
    public const string ReadAudit = "audit.read";

    /// <summary>Institutions and everything about the system itself.</summary>
    public const string ManageSystem = "system.manage";

    public static IReadOnlyList<Permission> All { get; } =
    [
        new(OwnAccount, Role.Researcher, Role.Auditor),
        new(ReadPeople, Role.InstitutionAdministrator, Role.SystemAdministrator, Role.Auditor),
        new(ManagePeople, Role.InstitutionAdministrator, Role.SystemAdministrator),
        new(LeadGroup, Role.GroupLeader, Role.InstitutionAdministrator, Role.SystemAdministrator),
        new(ReadAudit, Role.Auditor, Role.SystemAdministrator),
        new(ManageSystem, Role.SystemAdministrator),
    ];
}
