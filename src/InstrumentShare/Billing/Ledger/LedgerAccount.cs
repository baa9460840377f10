using InstrumentShare.Access;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Billing.Ledger;

public enum LedgerAccountKind
{
    /// <summary>What a research group owes (below zero) or has paid ahead.</summary>
    Group,

    /// <summary>The same for somebody without a group.</summary>
    Person,

    /// <summary>The money of a fund card.</summary>
    Fund,

    /// <summary>The world outside: of its own institution the bank, of another one what the two owe each other.</summary>
    Institution,
    Income,

    /// <summary>Money paid ahead by a group or person; it pays before they owe.</summary>
    Deposit,
    Voucher,
    Tax,
}

/// <summary>
/// An account of an institution's ledger. Its balance is the sum of its lines, moved by the database with each of them; what is held
/// is the sum of open holds. Where there is a limit, balance less held never falls below it.
/// </summary>
public sealed class LedgerAccount
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required InstitutionId InstitutionId { get; init; }

    public required LedgerAccountKind Kind { get; init; }

    /// <summary>The group, person, fund or institution that it is kept for; none for income and tax.</summary>
    public Guid? HolderId { get; init; }

    public string Currency { get; init; } = Money.Cny;

    public long BalanceFen { get; private set; }

    public long HeldFen { get; private set; }

    /// <summary>How far below zero balance less held may go; null without a bound.</summary>
    public long? LimitFen { get; set; }

    public required Instant CreatedAt { get; init; }

    /// <summary>What may still be spent or held.</summary>
    public long LeftFen => BalanceFen - HeldFen + (LimitFen ?? 0);
}

/// <summary>Which account, before it is known whether there is one.</summary>
public sealed record AccountKey(InstitutionId InstitutionId, LedgerAccountKind Kind, Guid? HolderId = null)
{
    /// <summary>The institution's bank.</summary>
    public static AccountKey Bank(InstitutionId institution) => new(institution, LedgerAccountKind.Institution, institution.Value);
}
