using InstrumentShare.Access;

namespace InstrumentShare.Catalog;

/// <summary>Who is asked: the leader of the group that books, the instrument's lab managers, its institution's administrators.</summary>
public enum Approver
{
    GroupLeader,
    InstrumentOwner,
    Institution,
}

/// <summary>What happens, once, when nobody has decided by the deadline.</summary>
public enum AtDeadline
{
    Remind,
    Pass,
    Reject,
}

/// <summary>
/// A step of approval for bookings that keep all its conditions; one that is null is none. An alternative is a further rule of the
/// same approver, who is asked once.
/// </summary>
/// <param name="LongerThanMinutes">Asked only where the booking is longer.</param>
/// <param name="DearerThanFen">Asked only where the estimate is higher.</param>
/// <param name="OutsideHours">Asked only where some of the time is outside of the opening hours.</param>
/// <param name="DeadlineHours">How long after it is asked; null for no deadline but the request's own expiry.</param>
public sealed record ApprovalRule(
    Approver By, UserClass? UserClass = null, ServiceMode? ServiceMode = null, int? LongerThanMinutes = null, long? DearerThanFen = null, bool OutsideHours = false,
    int? DeadlineHours = null, AtDeadline AtDeadline = AtDeadline.Remind)
{
    public const int MaxDeadlineHours = 720;

    public const long MaxFen = 1_000_000_000_000;
}
