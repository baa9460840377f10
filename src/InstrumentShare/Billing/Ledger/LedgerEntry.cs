using InstrumentShare.Access;
using NodaTime;

namespace InstrumentShare.Billing.Ledger;

public readonly record struct LedgerEntryId(Guid Value) : Kernel.ITypedId<LedgerEntryId>
{
    public static LedgerEntryId From(Guid value) => new(value);
}

public enum LedgerEntryKind
{
    /// <summary>Who pays a charge, and what it brings.</summary>
    Charge,

    /// <summary>Money for a fund.</summary>
    TopUp,

    /// <summary>Money out of a fund.</summary>
    Withdrawal,

    /// <summary>Any other movement that an administrator enters: a payment, a deposit, a transfer.</summary>
    Transfer,

    /// <summary>Takes another entry back: its lines with their signs turned.</summary>
    Reversal,
}

/// <summary>Two or more lines of one institution's ledger that sum to nothing. Kept as it was made; a reversal answers it.</summary>
public sealed class LedgerEntry
{
    public LedgerEntryId Id { get; init; } = LedgerEntryId.From(Guid.CreateVersion7());

    public required InstitutionId InstitutionId { get; init; }

    public required LedgerEntryKind Kind { get; init; }

    /// <summary>The day of entry in the institution's zone.</summary>
    public required LocalDate BookedOn { get; init; }

    public ChargeId? ChargeId { get; init; }

    public Guid? BookingId { get; init; }

    public LedgerEntryId? ReversesId { get; init; }

    /// <summary>The code of what went another way than it should: <c>fund.short</c> where a fund could not pay its part.</summary>
    public string? Problem { get; init; }

    public string? Reason { get; init; }

    public PersonId? EnteredBy { get; init; }

    public required Instant EnteredAt { get; init; }
}

public sealed class LedgerLine
{
    public required InstitutionId InstitutionId { get; init; }

    public required LedgerEntryId EntryId { get; init; }

    public required Guid AccountId { get; init; }

    /// <summary>Into the account above zero, out of it below.</summary>
    public required long Fen { get; init; }
}

/// <summary>A month in which nothing more is entered.</summary>
public sealed class LedgerPeriod
{
    public required InstitutionId InstitutionId { get; init; }

    /// <summary>Its first day.</summary>
    public required LocalDate Month { get; init; }

    public PersonId? ClosedBy { get; init; }

    public required Instant ClosedAt { get; init; }
}
