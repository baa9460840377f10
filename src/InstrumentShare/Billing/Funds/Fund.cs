using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;

namespace InstrumentShare.Billing.Funds;

public enum FundState
{
    Active,

    /// <summary>Takes no new bookings for a while.</summary>
    Suspended,

    /// <summary>Takes none any more.</summary>
    Closed,
}

/// <summary>What a booking's money is spent on.</summary>
public enum ExpenseKind
{
    /// <summary>Time at an instrument that one works oneself.</summary>
    MachineTime,

    /// <summary>Work that the lab does: assisted, entrusted or remote.</summary>
    Testing,
    Other,
}

/// <summary>
/// A fund card (经费卡) of a research group: for which days and expenses it pays. Its money, what it holds and its credit line stand in
/// the account of the same id.
/// </summary>
public sealed class Fund
{
    public required Guid Id { get; init; }

    public required InstitutionId InstitutionId { get; init; }

    public required GroupId GroupId { get; init; }

    public required string Number { get; set; }

    public required string Name { get; set; }

    public required string NameEn { get; set; }

    public required PersonId ResponsibleId { get; set; }

    public required LocalDate ValidFrom { get; set; }

    /// <summary>The last day it pays for.</summary>
    public required LocalDate ValidTo { get; set; }

    /// <summary>The words of <see cref="ExpenseKind"/> that it may be spent on.</summary>
    public required List<string> Expenses { get; set; }

    public FundState State { get; set; }

    public PersonId? CreatedBy { get; init; }

    public required Instant CreatedAt { get; init; }

    /// <summary>Grows with every change: the ETag.</summary>
    public int Version { get; set; } = 1;
}

/// <summary>A named way to share a bill over several funds of one group.</summary>
public sealed class FundSplit
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required GroupId GroupId { get; init; }

    public required string Name { get; set; }

    public required string NameEn { get; set; }

    public bool IsActive { get; set; } = true;

    public PersonId? CreatedBy { get; init; }

    public required Instant CreatedAt { get; init; }

    public int Version { get; set; } = 1;
}

public sealed class FundSplitShare
{
    public required Guid SplitId { get; init; }

    public required Guid FundId { get; init; }

    /// <summary>In hundredths of a percent; those of a split sum to 10,000.</summary>
    public required int Share { get; init; }

    public required bool TakesRest { get; init; }
}

/// <summary>The fund or split that a group's bookings begin with.</summary>
public sealed class GroupFund
{
    public required GroupId GroupId { get; init; }

    public required Guid FundId { get; set; }
}

/// <summary>How an institution settles, from one date to another, both included.</summary>
public sealed class BillingTerms
{
    public const int DefaultReviewDays = 7;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required InstitutionId InstitutionId { get; init; }

    /// <summary>Whether bookings of its instruments name a fund.</summary>
    public required bool DemandsFund { get; init; }

    /// <summary>For how many calendar days after its issue a charge may be disputed.</summary>
    public required int ReviewDays { get; init; }

    /// <summary>The rate of the tax that charges include, in hundredths of a percent; 0 for none.</summary>
    public required int TaxBasisPoints { get; init; }

    public required LocalDate ValidFrom { get; init; }

    public LocalDate? ValidTo { get; private set; }

    public PersonId? CreatedBy { get; init; }

    public required Instant CreatedAt { get; init; }

    public void EndOn(LocalDate last) => ValidTo = last;

    public bool HoldsOn(LocalDate date) => ValidFrom <= date && !(ValidTo < date);
}
