using InstrumentShare.Access;

namespace InstrumentShare.Subsidies;

public static class SubsidyPermissions
{
    /// <summary>Runs of one's region: start, cancel, confirm figures, make final.</summary>
    public const string Run = "subsidy.run";

    /// <summary>Runs, lines and explanations of one's region.</summary>
    public const string Read = "subsidy.read";

    /// <summary>Any region's policy on brought facts.</summary>
    public const string Evaluate = "subsidy.evaluate";

    public static IReadOnlyList<Permission> All { get; } =
    [
        new(Run, Role.FundingOfficer),
        new(Read, Role.FundingOfficer, Role.Auditor),
        new(Evaluate, Role.FundingOfficer),
    ];
}
