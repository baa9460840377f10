using InstrumentShare.Access;

namespace InstrumentShare.Bookings.Classes;

public static class ClassPermissions
{
    /// <summary>Open classes at all: those one teaches, or those one's role covers.</summary>
    public const string Read = "classes.read";

    /// <summary>See classes of others.</summary>
    public const string View = "classes.view";

    /// <summary>Plan classes on the instruments in scope, move and cancel them.</summary>
    public const string Plan = "classes.plan";

    public static IReadOnlyList<Permission> All { get; } =
    [
        new(Read, Role.Researcher, Role.Auditor),
        new(View, Role.Technician, Role.LabManager, Role.InstitutionAdministrator, Role.Auditor),
        new(Plan, Role.Technician, Role.LabManager),
    ];
}
