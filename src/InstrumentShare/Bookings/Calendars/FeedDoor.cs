using InstrumentShare.Access;

namespace InstrumentShare.Bookings.Calendars;

/// <summary>What a feed's owner may see, asked when it is made and each time it is read: a role that ends ends what it showed.</summary>
public static class FeedDoor
{
    /// <summary>The roles by which somebody has instruments of their own to look after. An auditor of everything has none.</summary>
    public static IEnumerable<RoleGrant> Managed(Caller owner) => owner.GrantsOf(BookingPermissions.View).Where(g => g.ScopeKind is ScopeKind.Institution or ScopeKind.Instrument);

    /// <summary>Members see when their group is where, and who, where their role lets them.</summary>
    public static bool MaySeeGroup(Caller owner, Guid groupId) => owner.Groups.Contains(new GroupId(groupId)) || SeesNamesOfGroup(owner, groupId);

    public static bool SeesNamesOfGroup(Caller owner, Guid groupId) => owner.May(BookingPermissions.View, new Scope(GroupId: groupId));
}
