using InstrumentShare.Subsidies.Language;
using NodaTime;

namespace InstrumentShare.Subsidies.Engine;

/// <summary>What one line was computed from and what came of it: enough to tell it step by step.</summary>
public sealed record LineTrace
{
    public required PayItem Item { get; init; }

    /// <summary>The charge or the instrument, as a person knows it.</summary>
    public required string Subject { get; init; }
    public required string Beneficiary { get; init; }

    /// <summary>The service's amount; 0 where an instrument is paid.</summary>
    public long IncomeFen { get; init; }
    public required long ValueFen { get; init; }
    public bool IsSet { get; init; }
    public Funding Funding { get; init; }
    public LocalDate EnrolledOn { get; init; }
    public LocalDate? AccruedOn { get; init; }
    public UserKind UserKind { get; init; }
    public Tag Tags { get; init; }
    public Evidence Evidence { get; init; }
    public Reasons Reasons { get; init; }
    public required long AmountFen { get; init; }

    /// <summary>The rounded amounts of the same service by the items before this one.</summary>
    public IReadOnlyList<long> Earlier { get; init; } = [];

    /// <summary>The sums this line went into, from the inside out, each before and after its cap.</summary>
    public IReadOnlyList<CapTrace> Caps { get; init; } = [];

    /// <summary>The beneficiary's entry and the whole, for the last steps; null while only the line is told.</summary>
    public EntryTrace? Entry { get; init; }
}

/// <param name="Group">What was summed: a claim, an instrument, a year; as a person reads it.</param>
public sealed record CapTrace(Cap Cap, string Group, long BeforeFen)
{
    public long AfterFen => Math.Min(BeforeFen, (long)Cap.Amount.Value);
}

/// <param name="AllCappedFen">The sum of all entries after caps.</param>
/// <param name="LimitFen">The budget or programme cap; null without one.</param>
public sealed record EntryTrace(long SumFen, long CappedFen, long PaidFen, long AllCappedFen, long? LimitFen);
