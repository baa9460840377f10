using InstrumentShare.Access;

namespace InstrumentShare.Billing.Funds;

public static class FundPermissions
{
    /// <summary>See funds: those of one's groups, and those that <see cref="View"/> covers.</summary>
    public const string Read = "funds.read";

    /// <summary>See the funds of groups and institutions.</summary>
    public const string View = "funds.view";

    /// <summary>Make and change fund cards, put money in and take it out, set how an institution settles.</summary>
    public const string Manage = "funds.manage";

    /// <summary>Share bills of a group over its funds, and choose the fund that its bookings begin with.</summary>
    public const string Split = "fund-splits.manage";

    public static IReadOnlyList<Permission> All { get; } =
    [
        new(Read, Role.Researcher, Role.Auditor),
        new(View, Role.GroupLeader, Role.InstitutionAdministrator, Role.Auditor),
        new(Manage, Role.InstitutionAdministrator),
        new(Split, Role.GroupLeader, Role.InstitutionAdministrator),
    ];
}
