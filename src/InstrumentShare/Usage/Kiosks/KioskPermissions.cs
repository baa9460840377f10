using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Usage.Faults;

namespace InstrumentShare.Usage.Kiosks;

public static class KioskPermissions
{
    /// <summary>One's own badge and PIN.</summary>
    public const string Own = "badges.own";

    /// <summary>Badges of people at an institution.</summary>
    public const string Badges = "badges.manage";

    /// <summary>Register and revoke tablets beside instruments.</summary>
    public const string Kiosks = "kiosks.manage";

    public static IReadOnlyList<Permission> All { get; } =
    [
        new(Own, Role.Researcher),
        new(Badges, Role.LabManager, Role.InstitutionAdministrator),
        new(Kiosks, Role.LabManager, Role.InstitutionAdministrator),
    ];

    /// <summary>What can be done at a tablet, whoever it is: one's own things, so that a borrowed card is worth little.</summary>
    public static readonly IReadOnlySet<string> AtKiosk = new HashSet<string>(StringComparer.Ordinal) { BookingPermissions.Create, BookingPermissions.Read, UsagePermissions.Own, UsagePermissions.Read, FaultPermissions.Report };
}
