using InstrumentShare.Access;
using InstrumentShare.Catalog;
using NodaTime;

namespace InstrumentShare.Bookings.Approvals;

/// <summary>Who may decide a step: whom it asks, or a delegate in their place; never for the one who asks.</summary>
public static class ApprovalDoor
{
    private static readonly Dictionary<Approver, Role> Roles = new()
    {
        [Approver.GroupLeader] = Role.GroupLeader, [Approver.InstrumentOwner] = Role.LabManager, [Approver.Institution] = Role.InstitutionAdministrator,
    };

    public static IEnumerable<Approver> All => Roles.Keys;

    public static Role RoleOf(Approver approver) => Roles[approver];

    /// <summary>As whom the caller would decide what the booking waits for; null when it is not theirs to decide.</summary>
    public static ApprovalActor? ActorOf(Caller caller, Booking booking, InstrumentRules instrument, Instant now)
    {
        if (caller.PersonId is not { } person || booking.IsOf(person)) return null;
        // What waits for nobody any more is answered to whom it last asked.
        var role = RoleOf(booking.ApprovalBy ?? (booking.Approvals is [.., var last] ? last.By : Approver.InstrumentOwner));
        var scope = BookingDoor.ScopeOf(booking, instrument);
        if (caller.GrantsOf(BookingPermissions.Decide).Any(g => g.Role == role && g.Covers(scope))) return new ApprovalActor(person, caller.Name);
        return caller.LentFor(BookingPermissions.Decide).FirstOrDefault(l => l.EndsAt > now && !booking.IsOf(l.PersonId) && l.Grants.Any(g => g.Role == role && g.Covers(scope))) is { } lent
            ? new ApprovalActor(person, caller.Name, lent.PersonId, lent.Name)
            : null;
    }

    /// <summary>Whether a delegate may look at it: a request that the person they stand for might be asked about, or one they decided on.</summary>
    public static bool MaySee(Caller caller, Booking booking, InstrumentRules instrument) => booking.Approvals.Any(s => s.DecidedBy is { } by && by == caller.PersonId)
        || (booking.Status == BookingStatus.Requested && caller.LentFor(BookingPermissions.Decide).SelectMany(l => l.Grants).Any(g => g.Covers(BookingDoor.ScopeOf(booking, instrument))));
}
