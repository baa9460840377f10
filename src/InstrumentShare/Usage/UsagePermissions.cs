using InstrumentShare.Access;

namespace InstrumentShare.Usage;

public static class UsagePermissions
{
    /// <summary>Check in and out of one's own bookings, and see one's own use.</summary>
    public const string Own = "usage.own";

    /// <summary>Read usage records: one's own, and those that <see cref="View"/> covers.</summary>
    public const string Read = "usage.read";

    /// <summary>Check in and out for others, record and correct use.</summary>
    public const string Record = "usage.record";

    /// <summary>See others' use.</summary>
    public const string View = "usage.view";

    /// <summary>Let pass what became of others' bookings, with a reason that is kept.</summary>
    public const string Excuse = "usage.excuse";

    public static IReadOnlyList<Permission> All { get; } =
    [
        new(Own, Role.Researcher),
        new(Read, Role.Researcher, Role.Technician, Role.LabManager, Role.InstitutionAdministrator, Role.FundingOfficer, Role.Auditor),
        new(Record, Role.Technician, Role.LabManager),
        new(Excuse, Role.LabManager),
        new(View, Role.Technician, Role.LabManager, Role.InstitutionAdministrator, Role.FundingOfficer, Role.Auditor),
    ];
}
