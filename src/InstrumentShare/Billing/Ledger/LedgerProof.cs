using NodaTime;

namespace InstrumentShare.Billing.Ledger;

public enum LedgerFault
{
    /// <summary>An account's balance is not the sum of its lines.</summary>
    Balance,

    /// <summary>What an account holds is not the sum of its open holds.</summary>
    Held,

    /// <summary>The lines of an entry do not sum to nothing.</summary>
    Entry,
}

/// <param name="Id">The account or entry.</param>
/// <param name="ExpectedFen">What its lines or holds sum to; of an entry nothing.</param>
public sealed record LedgerFinding(LedgerFault Fault, Guid InstitutionId, Guid Id, long ExpectedFen, long FoundFen);

/// <summary>One proof of all ledgers: how much was looked at, and what does not add up to the fen.</summary>
public sealed class LedgerProof
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required Instant ProvedAt { get; init; }

    public required long Accounts { get; init; }

    public required long Entries { get; init; }

    public required bool IsSound { get; init; }

    public required IReadOnlyList<LedgerFinding> Findings { get; init; }
}
