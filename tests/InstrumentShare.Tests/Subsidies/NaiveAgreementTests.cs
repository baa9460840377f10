using System.Globalization;

namespace InstrumentShare.Tests.Subsidies;

public sealed class NaiveAgreementTests
{
    [Theory]
    [InlineData("anhui-2015")]
    [InlineData("chongqing-early")]
    [InlineData("qingdao")]
    [InlineData("hunan-2018")]
    [InlineData("hunan-2025")]
    [InlineData("fujian-2019")]
    public void A_second_plain_calculation_agrees_to_the_fen(string policy)
    {
        for (var seed = 0; seed < 500; seed++)
        {
            var request = RandomFacts.Of(seed);
            var engine = Evaluated.By(policy, request).Beneficiaries.Select(b => $"{b.Kind} {b.Id} {b.Payer} {b.Amount}");
            var naive = Naive.Pay(policy, request).Select(p => $"{p.Kind} {p.Id} {p.Payer} {p.Amount.ToString("0.00", CultureInfo.InvariantCulture)}");
            engine.ShouldBe(naive, $"seed {seed}");
        }
    }
}
