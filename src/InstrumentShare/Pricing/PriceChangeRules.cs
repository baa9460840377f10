using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Pricing;

public static class PriceChangeRules
{
    /// <summary>10,000,000.00 an hour, a sample or a use: beyond it is a slip of the keyboard.</summary>
    public const long MaxFen = 1_000_000_000;

    public const int MaxNote = 200;

    /// <summary>What is wrong with the change by itself.</summary>
    public static List<Problem> Wrong(PriceChange change)
    {
        var problems = new List<Problem>();
        foreach (var (field, amount) in Amounts(change))
        {
            if (amount.Fen is < 0 or > MaxFen) problems.Add(Problem.Invalid("price.amount-range", field, ("amount", amount), ("most", new Money(MaxFen))));
            if (amount.Currency != Money.Cny) problems.Add(Problem.Invalid("price.currency", field, ("currency", amount.Currency)));
        }

        if (change.ChargeFor == ChargeFor.Samples && change.RatePerHour.Fen > 0) problems.Add(Problem.Invalid("price.rate-unused", "ratePerHour"));
        if (change.ChargeFor != ChargeFor.Samples && change.RatePerSample.Fen > 0) problems.Add(Problem.Invalid("price.rate-unused", "ratePerSample"));
        if (change.ValidTo < change.ValidFrom) problems.Add(Problem.Invalid("price.dates-crossed", "validTo", ("from", change.ValidFrom)));
        if (change.Note.Length > MaxNote) problems.Add(Problem.Invalid("price.note-length", "note", ("most", MaxNote)));
        return problems;
    }

    /// <summary>
    /// What stands against it: a policy that begins on the same or a later day within its dates, a charge that was issued for
    /// one of its days, and bookings whose estimates it would change (which may be acknowledged).
    /// </summary>
    public static List<Problem> Against(PriceChange change, IEnumerable<PricePolicy> policies, PriceUse use)
    {
        var problems = new List<Problem>();
        var later = policies.FirstOrDefault(p => p.UserClass == change.UserClass && p.ValidFrom >= change.ValidFrom && (change.ValidTo is null || p.ValidFrom <= change.ValidTo));
        if (later is not null) problems.Add(Problem.Refused("price-policy.overlap", "validFrom", ("from", later.ValidFrom)));
        if (use.LastChargedOn is { } charged && charged >= change.ValidFrom)
            problems.Add(Problem.Refused("price.already-charged", "validFrom", ("charged", charged), ("earliest", charged.PlusDays(1))));
        if (use.Bookings > 0 && !change.BookingsAcknowledged)
            problems.Add(Problem.Refused("price.bookings-estimated", "acknowledgeBookings", ("bookings", use.Bookings)) with { Overridable = true });
        return problems;
    }

    private static (string Field, Money Amount)[] Amounts(PriceChange change) =>
        [("ratePerHour", change.RatePerHour), ("ratePerSample", change.RatePerSample), ("startUpFee", change.StartUpFee), ("minimumFee", change.MinimumFee)];
}
