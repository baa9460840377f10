using InstrumentShare.Subsidies.Language;

namespace InstrumentShare.Subsidies.Engine;

/// <summary>
/// Facts, policy, window and budget → lines and entries. Pure and exact: amounts are whole fen, rates exact decimals;
/// neither the order of the facts nor the number of threads changes anything.
/// </summary>
public static class SubsidyCalculator
{
    private const int Chunk = 16_384;

    /// <param name="policy">Applied whatever its validity and trust: these gate runs, not the arithmetic.</param>
    /// <param name="facts">Services, instruments, institutions and users, already checked.</param>
    /// <param name="window">Accrual days, both included.</param>
    /// <param name="budgetFen">What there is to spend; null pays every entry in full.</param>
    /// <param name="names">Ids of beneficiaries, which settle ties of the apportionment.</param>
    /// <param name="threads">How many threads may work at once.</param>
    /// <param name="stop">Ends the work early.</param>
    /// <exception cref="OverflowException">A sum passes 64 bits of fen.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public static SubsidyResult Calculate(
        SubsidyPolicy policy,
        Facts facts,
        AccrualWindow window,
        long? budgetFen,
        BeneficiaryNames names,
        int threads = 1,
        CancellationToken stop = default)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(facts);
        var rules = new CountingRules(policy, facts, window);
        var serviceItems = ItemsOf(policy, PayUnit.Service);
        var instrumentItems = ItemsOf(policy, PayUnit.Instrument);
        var serviceFen = new long[checked(facts.Services.Length * serviceItems.Length)];
        var serviceReasons = new Reasons[serviceFen.Length];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = stop };
        if (serviceItems.Length > 0)
        {
            Parallel.For(0, (facts.Services.Length + Chunk - 1) / Chunk, parallel, chunk =>
            {
                var end = Math.Min(facts.Services.Length, (chunk + 1) * Chunk);
                for (var s = chunk * Chunk; s < end; s++) PayService(policy, facts, rules, serviceItems, s, serviceFen, serviceReasons);
            });
        }

        var instrumentFen = new long[facts.Instruments.Length * instrumentItems.Length];
        var instrumentReasons = new Reasons[instrumentFen.Length];
        for (var i = 0; i < facts.Instruments.Length && instrumentItems.Length > 0; i++)
            PayInstrument(policy, facts, rules, instrumentItems, i, instrumentFen, instrumentReasons);

        var result = new SubsidyResult
        {
            ServiceItems = serviceItems,
            InstrumentItems = instrumentItems,
            ServiceFen = serviceFen,
            ServiceReasons = serviceReasons,
            InstrumentFen = instrumentFen,
            InstrumentReasons = instrumentReasons,
            Entries = [],
            CappedFen = 0,
            TotalFen = 0,
        };
        return ApportionmentRules.Apportion(policy, CapRules.Sum(policy, facts, window, result, stop), result, budgetFen, names);
    }

    private static int[] ItemsOf(SubsidyPolicy policy, PayUnit unit) =>
        [.. Enumerable.Range(0, policy.Items.Count).Where(i => policy.Items[i].Unit == unit)];

    private static void PayService(SubsidyPolicy policy, Facts facts, CountingRules rules, int[] items, int s, long[] fen, Reasons[] reasons)
    {
        ref readonly var service = ref facts.Services[s];
        var user = facts.Users[service.User];
        var common = rules.OfService(service);
        var earlier = fen.AsSpan(s * items.Length, items.Length);
        var on = BaseOf(facts, service, user, earlier);
        for (var i = 0; i < items.Length; i++)
        {
            var at = (s * items.Length) + i;
            reasons[at] = common | rules.OfItem(items[i], service.User);
            if (reasons[at] == Reasons.None) fen[at] = policy.Rounding.Apply(policy.Items[items[i]].Shape.On(on).ExactFen);
        }
    }

    private static void PayInstrument(SubsidyPolicy policy, Facts facts, CountingRules rules, int[] items, int instrument, long[] fen, Reasons[] reasons)
    {
        var on = new PayBase
        {
            IncomeFen = 0,
            ValueFen = facts.Instruments[instrument].ValueFen,
            UserKind = default,
            Tags = Tag.None,
            Earlier = fen.AsSpan(instrument * items.Length, items.Length),
        };
        for (var i = 0; i < items.Length; i++)
        {
            var at = (instrument * items.Length) + i;
            reasons[at] = rules.OfInstrument(instrument);
            if (reasons[at] == Reasons.None) fen[at] = policy.Rounding.Apply(policy.Items[items[i]].Shape.On(on).ExactFen);
        }
    }

    private static PayBase BaseOf(Facts facts, in ServiceFact service, UserFact user, ReadOnlySpan<long> earlier) => new()
    {
        IncomeFen = service.AmountFen,
        ValueFen = facts.Instruments[service.Instrument].ValueFen,
        UserKind = user.Kind,
        Tags = (user.Tags & Lexicon.OfUsers) | (service.Tags & Lexicon.OfServices),
        Earlier = earlier,
    };
}

/// <summary>The ids by which beneficiaries are known, by their place in the facts.</summary>
public sealed record BeneficiaryNames(Func<int, string> Institution, Func<int, string> User)
{
    public string Of(BeneficiaryKind kind, int place) => kind == BeneficiaryKind.Institution ? Institution(place) : User(place);
}
