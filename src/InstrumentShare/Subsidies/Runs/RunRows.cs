using InstrumentShare.Access;
using InstrumentShare.Subsidies.Language;
using NodaTime;

namespace InstrumentShare.Subsidies;

/// <summary>What one payer pays one beneficiary.</summary>
public sealed class RunEntry
{
    public required SubsidyRunId RunId { get; init; }
    public required BeneficiaryKind Kind { get; init; }
    public required Guid BeneficiaryId { get; init; }
    public required Payer Payer { get; init; }
    public required long SumFen { get; init; }
    public required long CappedFen { get; init; }
    public required long PaidFen { get; init; }
    public List<string> CapsHit { get; init; } = [];
}

/// <summary>Up to <see cref="RunBlock.Capacity"/> instruments of an institution, as they were when the run was computed.</summary>
public sealed class RunInstruments
{
    public required SubsidyRunId RunId { get; init; }
    public required InstitutionId InstitutionId { get; init; }
    public required int Part { get; init; }
    public required Guid[] InstrumentIds { get; init; }
    public required long[] ValuesFen { get; init; }
    public required bool[] IsSet { get; init; }
    public required bool[] IsPrivate { get; init; }
    public required DateOnly?[] EnrolledOn { get; init; }

    /// <summary>Whether the instrument itself was paid: what a one-off award remembers.</summary>
    public required bool[] IsPaid { get; init; }
}

/// <summary>A user as it was when the run was computed: an institution, or a person without one.</summary>
public sealed class RunUser
{
    public required SubsidyRunId RunId { get; init; }
    public required Guid UserId { get; init; }
    public required bool IsPerson { get; init; }
    public required UserKind Kind { get; init; }
    public string? Region { get; init; }
    public required int Tags { get; init; }

    /// <summary>The blocks that hold lines which pay this user, by first number, with how many of those count and how many are excluded.</summary>
    public int[] Blocks { get; init; } = [];
    public int[] Counted { get; init; } = [];
    public int[] Excluded { get; init; } = [];
}
