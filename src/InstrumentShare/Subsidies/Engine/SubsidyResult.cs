using InstrumentShare.Subsidies.Language;

namespace InstrumentShare.Subsidies.Engine;

/// <summary>
/// Lines before caps and budget, in the order service by service, item by item, and then instrument by instrument;
/// and the entries that are paid.
/// </summary>
public sealed class SubsidyResult
{
    /// <summary>The policy's items that pay per service, by their place among all items.</summary>
    public required int[] ServiceItems { get; init; }

    /// <summary>The policy's items that pay per instrument.</summary>
    public required int[] InstrumentItems { get; init; }

    /// <summary>Rounded amounts in fen: service s and item i stand at s × items + i.</summary>
    public required long[] ServiceFen { get; init; }

    public required Reasons[] ServiceReasons { get; init; }

    public required long[] InstrumentFen { get; init; }

    public required Reasons[] InstrumentReasons { get; init; }

    /// <summary>What is paid, one for each kind, beneficiary and payer that has a line; in the order of kind, beneficiary's place, payer.</summary>
    public required IReadOnlyList<Entry> Entries { get; init; }

    /// <summary>The sum of the entries after caps, before the budget.</summary>
    public required long CappedFen { get; init; }

    public required long TotalFen { get; init; }
}

/// <param name="Beneficiary">Place among the institutions or the users of the facts.</param>
/// <param name="SumFen">The sum of its lines.</param>
/// <param name="CappedFen">The same after its caps.</param>
/// <param name="PaidFen">The same after the budget.</param>
/// <param name="CapsHit">The caps that took something away, from the inside out.</param>
public sealed record Entry(
    BeneficiaryKind Kind,
    int Beneficiary,
    Payer Payer,
    long SumFen,
    long CappedFen,
    long PaidFen,
    IReadOnlyList<string> CapsHit);
