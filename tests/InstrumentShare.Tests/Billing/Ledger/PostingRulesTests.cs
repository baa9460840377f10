using FsCheck;
using FsCheck.Fluent;
using InstrumentShare.Access;
using InstrumentShare.Billing.Ledger;

namespace InstrumentShare.Tests.Billing.Ledger;

public sealed class PostingRulesTests
{
    private static readonly InstitutionId Owner = new(Guid.CreateVersion7());
    private static readonly InstitutionId Payer = new(Guid.CreateVersion7());
    private static readonly AccountKey Debtor = new(Owner, LedgerAccountKind.Group, Guid.CreateVersion7());

    private sealed record Case(long Fen, int[] Shares, int Rest, int Tax, long[] Left, long Deposit);

    private static readonly Gen<Case> Cases =
        from fen in Gen.OneOf(Gen.Choose(1, 20), Gen.Choose(1, 2_000_000_000))
        from parts in Gen.Choose(1, 5)
        from weights in Gen.ArrayOf(Gen.Choose(1, 1000), parts)
        from rest in Gen.Choose(0, parts - 1)
        from tax in Gen.Elements(0, 100, 600, 1300)
        from left in Gen.ArrayOf(Gen.OneOf(Gen.Choose(-100, 100), Gen.Choose(0, 2_000_000_000)), parts)
        from deposit in Gen.Choose(0, 1_000_000)
        select new Case(fen, SharesOf(weights), rest, tax, [.. left.Select(l => (long)l)], deposit);

    [Theory]
    [InlineData(1050, "3334 3333 3333", "352 349 349")]
    [InlineData(1, "5000 5000", "1 0")]
    [InlineData(100, "10000", "100")]
    [InlineData(0, "5000 5000", "0 0")]
    public void Parts_are_cut_to_the_fen_and_the_rest_is_the_first_funds(long fen, string shares, string parts) =>
        PostingRules.Divide(fen, Shares([.. shares.Split(' ').Select(int.Parse)], 0)).ShouldBe(parts.Split(' ').Select(long.Parse));

    [Theory]
    [InlineData(10_600, 600, 600)]
    [InlineData(100, 600, 6)]
    [InlineData(1, 1300, 0)]
    [InlineData(999, 0, 0)]
    public void Tax_is_within_the_amount_half_up(long fen, int rate, long tax) => PostingRules.TaxWithin(fen, rate).ShouldBe(tax);

    [Fact]
    public void Parts_sum_to_the_amount_and_none_is_negative() => Holds(c =>
    {
        var parts = PostingRules.Divide(c.Fen, Shares(c.Shares, c.Rest));
        return parts.Sum() == c.Fen && parts.All(p => p >= 0);
    });

    [Fact]
    public void Every_entry_of_a_charge_sums_to_nothing_in_its_own_ledger() => Holds(c =>
        Post(c).All(p => p.Lines.Count >= 2 && p.Lines.Values.Sum() == 0 && p.Lines.Keys.All(k => k.InstitutionId == p.InstitutionId)));

    [Fact]
    public void No_fund_and_no_deposit_pays_more_than_it_has_left() => Holds(c =>
    {
        var lines = Post(c).SelectMany(p => p.Lines).ToDictionary(l => l.Key, l => l.Value);
        return lines.Where(l => l.Key.Kind is LedgerAccountKind.Fund or LedgerAccountKind.Deposit).All(l => l.Value <= 0 && -l.Value <= Math.Max(0, Left(c, l.Key)));
    });

    [Fact]
    public void Income_and_tax_are_the_whole_amount_whoever_pays() => Holds(c =>
        Post(c).Single(p => p.InstitutionId == Owner).Lines.Where(l => l.Key.Kind is LedgerAccountKind.Income or LedgerAccountKind.Tax).Sum(l => l.Value) == c.Fen);

    [Fact]
    public void What_a_fund_cannot_pay_is_named_a_problem() => Holds(c =>
    {
        var shares = Shares(c.Shares, c.Rest);
        var isShort = PostingRules.Divide(c.Fen, shares).Zip(c.Left).Any(x => x.First > Math.Max(0, x.Second));
        return Post(c).All(p => p.Problem == (isShort ? "fund.short" : null));
    });

    private static void Holds(Func<Case, bool> property) => Prop.ForAll(Cases.ToArbitrary(), property).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(20260302, 1));

    private static IReadOnlyList<Posting> Post(Case c) =>
        PostingRules.Charge(Owner, c.Fen, c.Tax, new Payment(Shares(c.Shares, c.Rest), Debtor, Debtor with { Kind = LedgerAccountKind.Deposit }), key => Left(c, key));

    private static long Left(Case c, AccountKey key) => key.Kind == LedgerAccountKind.Deposit ? c.Deposit : c.Left[Number(key.HolderId!.Value)];

    // Every other fund is of another institution than the instrument.
    private static FundShare[] Shares(int[] shares, int rest) => [.. shares.Select((s, at) => new FundShare(Id(at), at % 2 == 0 ? Owner : Payer, s, at == rest))];

    private static Guid Id(int number) => new(number, 0, 0, new byte[8]);

    private static int Number(Guid id) => BitConverter.ToInt32(id.ToByteArray(), 0);

    private static int[] SharesOf(int[] weights)
    {
        if (weights.Length == 1) return [PostingRules.Whole];
        var shares = weights.Select(w => Math.Max(1, w * PostingRules.Whole / weights.Sum() - 1)).ToArray();
        shares[0] += PostingRules.Whole - shares.Sum();
        return shares;
    }
}
