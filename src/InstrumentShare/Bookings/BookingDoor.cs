using InstrumentShare.Access;
using InstrumentShare.Catalog;

namespace InstrumentShare.Bookings;

/// <summary>Who may do what with one booking: its holder, and those whose role covers its instrument or its group.</summary>
public static class BookingDoor
{
    public static bool IsOwn(Caller caller, Booking booking) => caller.PersonId is { } person && booking.PersonId == person;

    public static bool MaySee(Caller caller, Booking booking, InstrumentRules instrument) => MaySee(caller, booking.PersonId, booking.GroupId, instrument);

    /// <summary>A booking or a series of them.</summary>
    public static bool MaySee(Caller caller, PersonId holder, GroupId? group, InstrumentRules instrument)
    {
        var scope = ScopeOf(group, instrument);
        return caller.PersonId == holder || caller.May(BookingPermissions.View, scope) || caller.May(BookingPermissions.Manage, scope);
    }

    /// <summary>Move, cancel, override.</summary>
    public static bool MayManage(Caller caller, Booking booking, InstrumentRules instrument) => caller.May(BookingPermissions.Manage, ScopeOf(booking.GroupId, instrument));

    /// <summary>Nobody decides on their own request.</summary>
    public static bool MayDecide(Caller caller, Booking booking, InstrumentRules instrument) =>
        !IsOwn(caller, booking) && caller.May(BookingPermissions.Decide, ScopeOf(booking.GroupId, instrument));

    private static Scope ScopeOf(GroupId? group, InstrumentRules instrument) => instrument.Scope with { GroupId = group?.Value };
}
