using InstrumentShare.Access;
using InstrumentShare.Subsidies.Language;

namespace InstrumentShare.Subsidies;

/// <summary>
/// The lines of up to 256 services of one institution, or of its instruments where these are paid by themselves. A run over
/// millions of charges is thousands of such rows. The database refuses to change them.
/// </summary>
public sealed class RunBlock
{
    /// <summary>Services, or instruments, that one row holds at most.</summary>
    public const int Capacity = 256;

    public required SubsidyRunId RunId { get; init; }
    public required int FirstNumber { get; init; }
    public required int LineCount { get; init; }
    public required InstitutionId InstitutionId { get; init; }
    public required int InstitutionCounted { get; init; }
    public required int InstitutionExcluded { get; init; }
    public required int UserCounted { get; init; }
    public required int UserExcluded { get; init; }

    /// <summary>Places among the policy's items: service s and item i make line s × items + i of the block.</summary>
    public required short[] Items { get; init; }
    public required Guid[] InstrumentIds { get; init; }

    /// <summary>Of each service, as what follows to <see cref="Evidence"/>; all null where instruments are paid.</summary>
    public Guid[]? ChargeIds { get; init; }

    /// <summary>The using institution, or the person where there is none.</summary>
    public Guid[]? UserIds { get; init; }
    public DateOnly[]? AccruedOn { get; init; }
    public long[]? IncomeFen { get; init; }

    /// <summary>Null also when none of the services was claimed.</summary>
    public string?[]? Claims { get; init; }

    /// <summary>Bits of <see cref="Tag"/>.</summary>
    public int[]? Tags { get; init; }

    /// <summary>Bits of <see cref="Language.Evidence"/>.</summary>
    public short[]? Evidence { get; init; }

    /// <summary>Of each line its amount in fen, or, below zero, the bits of <see cref="Reasons"/>: none is excluded and pays.</summary>
    public required long[] Outcomes { get; init; }

    public IEnumerable<RunLine> Lines(SubsidyPolicy policy) => Enumerable.Range(0, LineCount).Select(at => new RunLine(this, at, policy));
}
