using InstrumentShare.Access;
using InstrumentShare.Kernel;

namespace InstrumentShare.Billing.Ledger;

/// <param name="BasisPoints">Its share in hundredths of a percent.</param>
/// <param name="TakesRest">Whether it pays what rounding leaves.</param>
public sealed record FundShare(Guid FundId, InstitutionId InstitutionId, int BasisPoints, bool TakesRest);

/// <summary>Who pays a charge.</summary>
/// <param name="Debtor">Who owes what no fund and no deposit pays.</param>
/// <param name="Deposit">Their deposit with the owner, where there is one.</param>
public sealed record Payment(IReadOnlyList<FundShare> Funds, AccountKey Debtor, AccountKey? Deposit);

/// <summary>The lines of an entry, by account.</summary>
/// <param name="Problem">What was not as it should be.</param>
public sealed record Posting(InstitutionId InstitutionId, IReadOnlyDictionary<AccountKey, long> Lines, string? Problem);

/// <summary>How a charge becomes entries: funds by their shares, then a deposit, then who owes; against income and tax.</summary>
public static class PostingRules
{
    public const int Whole = 10_000;

    /// <summary>
    /// An amount by shares: each part cut to the fen, the rest to the one that takes it. The parts sum to the amount. The database's
    /// <c>fund_parts</c> divides holds the same way.
    /// </summary>
    /// <param name="fen">0 or more.</param>
    public static IReadOnlyList<long> Divide(long fen, IReadOnlyList<FundShare> shares)
    {
        var parts = shares.Select(s => (long)((Int128)fen * s.BasisPoints / Whole)).ToArray();
        for (var i = 0; i < parts.Length; i++)
            if (shares[i].TakesRest) parts[i] = fen - parts.Where((_, at) => at != i).Sum();
        return parts;
    }

    /// <summary>The tax within an amount that includes it, half up to the fen: amount × rate ÷ (1 + rate).</summary>
    public static long TaxWithin(long fen, int basisPoints) => (long)Rounding.HalfUp((decimal)fen * basisPoints / (Whole + basisPoints));

    /// <summary>
    /// The entries of a charge, one in each ledger it touches; each sums to nothing. A fund pays its part as far as it has money or
    /// credit left; what is short is a problem, and the deposit's and then the debtor's. Institutions owe each other what a fund of
    /// one pays to the other.
    /// </summary>
    /// <param name="fen">Above zero.</param>
    /// <param name="left">What may still be spent of an account; asked for funds and the deposit.</param>
    public static IReadOnlyList<Posting> Charge(InstitutionId owner, long fen, int taxBasisPoints, Payment by, Func<AccountKey, long> left)
    {
        var lines = new Dictionary<InstitutionId, Dictionary<AccountKey, long>>();
        var (owed, isShort) = (fen, false);
        foreach (var (share, part) in by.Funds.Zip(Divide(fen, by.Funds)))
        {
            var fund = new AccountKey(share.InstitutionId, LedgerAccountKind.Fund, share.FundId);
            var pays = Math.Clamp(left(fund), 0, part);
            isShort |= pays < part;
            owed -= pays;
            Move(fund, -pays);
            if (share.InstitutionId == owner) continue;
            Move(new AccountKey(share.InstitutionId, LedgerAccountKind.Institution, owner.Value), pays);
            Move(new AccountKey(owner, LedgerAccountKind.Institution, share.InstitutionId.Value), -pays);
        }

        if (by.Deposit is { } deposit && owed > 0)
        {
            var pays = Math.Clamp(left(deposit), 0, owed);
            owed -= pays;
            Move(deposit, -pays);
        }

        Move(by.Debtor, -owed);
        var tax = TaxWithin(fen, taxBasisPoints);
        Move(new AccountKey(owner, LedgerAccountKind.Tax), tax);
        Move(new AccountKey(owner, LedgerAccountKind.Income), fen - tax);
        return [.. lines.Where(l => l.Value.Count > 0).Select(l => new Posting(l.Key, l.Value, isShort ? "fund.short" : null))];

        void Move(AccountKey account, long amount)
        {
            if (amount == 0) return;
            if (!lines.TryGetValue(account.InstitutionId, out var of)) lines.Add(account.InstitutionId, of = []);
            of[account] = of.GetValueOrDefault(account) + amount;
        }
    }

    /// <summary>Every account that <see cref="Charge"/> may move.</summary>
    public static IEnumerable<AccountKey> Accounts(InstitutionId owner, int taxBasisPoints, Payment by)
    {
        yield return new AccountKey(owner, LedgerAccountKind.Income);
        if (taxBasisPoints > 0) yield return new AccountKey(owner, LedgerAccountKind.Tax);
        yield return by.Debtor;
        if (by.Deposit is { } deposit) yield return deposit;
        foreach (var other in by.Funds.Select(f => f.InstitutionId).Where(i => i != owner).Distinct())
        {
            yield return new AccountKey(other, LedgerAccountKind.Institution, owner.Value);
            yield return new AccountKey(owner, LedgerAccountKind.Institution, other.Value);
        }

        foreach (var fund in by.Funds) yield return new AccountKey(fund.InstitutionId, LedgerAccountKind.Fund, fund.FundId);
    }
}
