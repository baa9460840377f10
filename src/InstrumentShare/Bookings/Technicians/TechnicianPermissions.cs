using InstrumentShare.Access;

namespace InstrumentShare.Bookings.Technicians;

public static class TechnicianPermissions
{
    /// <summary>Say when one works oneself, and see whom one assists.</summary>
    public const string Calendar = "technicians.calendar";

    /// <summary>Do so for the technicians of the instruments in one's care, and let another one assist.</summary>
    public const string Manage = "technicians.manage";

    public static IReadOnlyList<Permission> All { get; } =
    [
        new(Calendar, Role.Technician, Role.LabManager, Role.InstitutionAdministrator),
        new(Manage, Role.LabManager, Role.InstitutionAdministrator),
    ];
}
