using InstrumentShare.Access;

namespace InstrumentShare.Usage.Faults;

public static class FaultPermissions
{
    /// <summary>Report what is wrong with an instrument, and see what became of it.</summary>
    public const string Report = "faults.report";

    /// <summary>See all reports about instruments, with their reporters.</summary>
    public const string View = "faults.view";

    /// <summary>Acknowledge and resolve faults.</summary>
    public const string Manage = "faults.manage";

    public static IReadOnlyList<Permission> All { get; } =
    [
        new(Report, Role.Researcher),
        new(View, Role.Technician, Role.LabManager, Role.InstitutionAdministrator, Role.Auditor),
        new(Manage, Role.Technician, Role.LabManager),
    ];
}
