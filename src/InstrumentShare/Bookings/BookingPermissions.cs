using InstrumentShare.Access;

namespace InstrumentShare.Bookings;

public static class BookingPermissions
{
    /// <summary>Book, and see, move and cancel one's own.</summary>
    public const string Create = "bookings.create";

    /// <summary>Open bookings at all: one's own, or those one's role covers.</summary>
    public const string Read = "bookings.read";

    /// <summary>See bookings of others with their names.</summary>
    public const string View = "bookings.view";

    /// <summary>Approve and reject requests, of an instrument, a group or an institution.</summary>
    public const string Decide = "bookings.decide";

    /// <summary>Move and cancel others' bookings, and override soft rules with a reason that is kept.</summary>
    public const string Manage = "bookings.manage";

    public static IReadOnlyList<Permission> All { get; } =
    [
        new(Create, Role.Researcher),
        new(Read, Role.Researcher, Role.Auditor),
        new(View, Role.GroupLeader, Role.Technician, Role.LabManager, Role.InstitutionAdministrator, Role.Auditor),
        new(Decide, Role.GroupLeader, Role.LabManager, Role.InstitutionAdministrator),
        new(Manage, Role.LabManager),
    ];
}
