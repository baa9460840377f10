using InstrumentShare.Access;
using InstrumentShare.Subsidies.Language;
using NodaTime;

namespace InstrumentShare.Subsidies;

/// <summary>One line of a run, before caps and budget, with the figures it was computed from.</summary>
public sealed class RunLine
{
    public required SubsidyRunId RunId { get; init; }
    public required int Number { get; init; }

    /// <summary>Place among the policy's items.</summary>
    public required short Item { get; init; }

    /// <summary>The charge; null where an instrument itself is paid.</summary>
    public Guid? ChargeId { get; init; }
    public required Guid InstrumentId { get; init; }
    public required InstitutionId InstitutionId { get; init; }

    /// <summary>The using institution, or the person where there is none.</summary>
    public Guid? UserId { get; init; }
    public required BeneficiaryKind BeneficiaryKind { get; init; }
    public required Payer Payer { get; init; }
    public LocalDate? AccruedOn { get; init; }
    public required long IncomeFen { get; init; }
    public string? Claim { get; init; }

    /// <summary>Bits of <see cref="Tag"/>.</summary>
    public required int Tags { get; init; }

    /// <summary>Bits of <see cref="Evidence"/>.</summary>
    public required short Evidence { get; init; }

    /// <summary>Bits of <see cref="Language.Reasons"/>; 0 when it counts.</summary>
    public required int Reasons { get; init; }
    public required long AmountFen { get; init; }
}

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

/// <summary>An instrument as it was when the run was computed.</summary>
public sealed class RunInstrument
{
    public required SubsidyRunId RunId { get; init; }
    public required Guid InstrumentId { get; init; }
    public required InstitutionId InstitutionId { get; init; }
    public required long ValueFen { get; init; }
    public required bool IsSet { get; init; }
    public required Funding Funding { get; init; }
    public LocalDate? EnrolledOn { get; init; }
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
}
