using InstrumentShare.Access;

namespace InstrumentShare.Bookings.Companions;

public static class CompanionPermissions
{
    /// <summary>See the rooms of an institution and when they are used.</summary>
    public const string ViewRooms = "rooms.view";

    /// <summary>Make rooms and change them.</summary>
    public const string ManageRooms = "rooms.manage";

    public static IReadOnlyList<Permission> All { get; } =
    [
        new(ViewRooms, Role.Technician, Role.LabManager, Role.InstitutionAdministrator, Role.Auditor),
        new(ManageRooms, Role.LabManager, Role.InstitutionAdministrator),
    ];
}
