using InstrumentShare.Access;
using InstrumentShare.Bookings.Approvals;
using InstrumentShare.Catalog;

namespace InstrumentShare.Bookings;

/// <summary>Who may do what with one booking: its holder, and those whose role covers its instrument or its group.</summary>
public static class BookingDoor
{
    public static bool IsOwn(Caller caller, Booking booking) => caller.PersonId is { } person && booking.PersonId == person;

    public static bool MaySee(Caller caller, Booking booking, InstrumentRules instrument) =>
        IsOwn(caller, booking) || caller.May(BookingPermissions.View, ScopeOf(booking, instrument)) || MayManage(caller, booking, instrument)
        || ApprovalDoor.MaySee(caller, booking, instrument);

    /// <summary>Move, cancel, override.</summary>
    public static bool MayManage(Caller caller, Booking booking, InstrumentRules instrument) => caller.May(BookingPermissions.Manage, ScopeOf(booking, instrument));

    public static Scope ScopeOf(Booking booking, InstrumentRules instrument) => instrument.Scope with { GroupId = booking.GroupId?.Value };
}
