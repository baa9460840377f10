using InstrumentShare.Access;

namespace InstrumentShare.Bookings.Qualifications;

public static class QualificationPermissions
{
    /// <summary>Take and give back one's own seat in a training.</summary>
    public const string Own = "qualifications.own";

    /// <summary>See trainings, and certificates: one's own, or those one's role covers.</summary>
    public const string Read = "qualifications.read";

    /// <summary>See who holds what.</summary>
    public const string View = "qualifications.view";

    /// <summary>Say what instruments and groups require.</summary>
    public const string Manage = "qualifications.manage";

    /// <summary>Plan trainings and record their results. Who may do so on an instrument counts as its person in charge and needs no certificate for it.</summary>
    public const string Train = "qualifications.train";

    /// <summary>Grant certificates without training, and revoke them, with a reason.</summary>
    public const string Grant = "qualifications.grant";

    public static IReadOnlyList<Permission> All { get; } =
    [
        new(Own, Role.Researcher),
        new(Read, Role.Researcher, Role.Auditor),
        new(View, Role.Technician, Role.LabManager, Role.InstitutionAdministrator, Role.Auditor),
        new(Manage, Role.LabManager, Role.InstitutionAdministrator),
        new(Train, Role.Technician, Role.LabManager),
        new(Grant, Role.LabManager),
    ];
}
