using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Pricing;

public readonly record struct PricePolicyId(Guid Value) : ITypedId<PricePolicyId>
{
    public static PricePolicyId From(Guid value) => new(value);
}

/// <summary>What the charge is counted from.</summary>
public enum ChargeFor
{
    /// <summary>The booked time, whatever happened.</summary>
    Booked,

    /// <summary>The time really used.</summary>
    Used,

    /// <summary>From the booked start to the later of booked and real end.</summary>
    Overage,

    /// <summary>The number of samples; time costs nothing.</summary>
    Samples,
}

/// <summary>
/// The price of one instrument for one class of users between two dates, both included, by the local date on which the
/// service begins in the zone of the owning institution. Never edited; only its last day is set, before it has been used beyond it.
/// </summary>
public sealed class PricePolicy
{
    public PricePolicyId Id { get; init; } = PricePolicyId.From(Guid.CreateVersion7());

    public required InstrumentId InstrumentId { get; init; }

    public required UserClass UserClass { get; init; }

    public required LocalDate ValidFrom { get; init; }

    public LocalDate? ValidTo { get; private set; }

    public required ChargeFor ChargeFor { get; init; }

    public long RatePerHourFen { get; init; }

    public long RatePerSampleFen { get; init; }

    /// <summary>Once per use, on top of time or samples.</summary>
    public long StartUpFeeFen { get; init; }

    /// <summary>The least that one use costs, the start-up fee included.</summary>
    public long MinimumFeeFen { get; init; }

    public string Currency { get; init; } = Money.Cny;

    public string Note { get; init; } = string.Empty;

    public PersonId? CreatedBy { get; init; }

    public required Instant CreatedAt { get; init; }

    public Money RatePerHour => new(RatePerHourFen, Currency);

    public Money RatePerSample => new(RatePerSampleFen, Currency);

    public Money StartUpFee => new(StartUpFeeFen, Currency);

    public Money MinimumFee => new(MinimumFeeFen, Currency);

    public bool HoldsOn(LocalDate date) => ValidFrom <= date && (ValidTo is null || date <= ValidTo);

    /// <summary>Ends the policy with this day as its last; null leaves it open.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The day is before the first.</exception>
    public PricePolicy EndingOn(LocalDate? lastDay)
    {
        if (lastDay < ValidFrom) throw new ArgumentOutOfRangeException(nameof(lastDay), lastDay, "A policy ends on or after its first day.");
        ValidTo = lastDay;
        return this;
    }

    /// <summary>The same price again from a day on, to this policy's last day: what follows an interruption.</summary>
    public PricePolicy ResumedOn(LocalDate day, Instant now) => new PricePolicy
    {
        InstrumentId = InstrumentId,
        UserClass = UserClass,
        ValidFrom = day,
        ChargeFor = ChargeFor,
        RatePerHourFen = RatePerHourFen,
        RatePerSampleFen = RatePerSampleFen,
        StartUpFeeFen = StartUpFeeFen,
        MinimumFeeFen = MinimumFeeFen,
        Currency = Currency,
        Note = Note,
        CreatedBy = CreatedBy,
        CreatedAt = now,
    }.EndingOn(ValidTo);
}
