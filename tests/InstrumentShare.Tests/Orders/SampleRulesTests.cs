using InstrumentShare.Access;
using InstrumentShare.Orders;
using InstrumentShare.Orders.Samples;
using NodaTime;

namespace InstrumentShare.Tests.Orders;

public sealed class SampleRulesTests
{
    [Fact]
    public void A_code_is_read_back_as_people_type_it()
    {
        var random = new Random(7);
        for (var n = 0; n < 500; n++)
        {
            var code = SampleCodeRules.New(random);
            code.Length.ShouldBe(SampleCodeRules.Length);
            SampleCodeRules.Read(code).ShouldBe(code);
            SampleCodeRules.Read(" " + SampleCodeRules.Show(code).ToLowerInvariant().Replace('0', 'o').Replace('1', 'l')).ShouldBe(code);
        }
    }

    [Fact]
    public void One_wrong_character_is_always_found_and_two_that_changed_places_almost_always()
    {
        const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        var random = new Random(11);
        var (swapped, missed) = (0, 0);
        for (var n = 0; n < 200; n++)
        {
            var code = SampleCodeRules.New(random);
            for (var at = 0; at < code.Length; at++)
            {
                foreach (var other in Alphabet.Where(c => c != code[at])) SampleCodeRules.Read(code[..at] + other + code[(at + 1)..]).ShouldBeNull();
                if (at + 1 == code.Length || code[at] == code[at + 1]) continue;
                swapped++;
                if (SampleCodeRules.Read(code[..at] + code[at + 1] + code[at] + code[(at + 2)..]) is not null) missed++;
            }
        }

        (missed * 50).ShouldBeLessThan(swapped);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("7K2M9QX")]
    [InlineData("7K2M9QX44")]
    [InlineData("样品样品样品样品")]
    public void Anything_else_is_no_code(string? typed) => SampleCodeRules.Read(typed).ShouldBeNull();

    [Theory]
    [InlineData(null, "sample.no-notice")]
    [InlineData(0, "sample.too-early")]
    [InlineData(-1, null)]
    public void A_sample_is_discarded_only_after_the_day_that_was_announced(int? days, string? code)
    {
        var today = new LocalDate(2026, 3, 20);
        var sample = NewSample();
        sample.DiscardAfter = days is { } d ? today.PlusDays(d) : null;
        SampleRules.AgainstDiscarding(sample, today)?.Code.ShouldBe(code);
        sample.Become(SampleState.InBatch);
        SampleRules.AgainstDiscarding(sample, today)!.Code.ShouldBe("sample.state");
    }

    [Fact]
    public void Only_samples_that_wait_or_failed_go_onto_an_instrument() =>
        Enum.GetValues<SampleState>().Where(SampleRules.MayBeBatched).ShouldBe([SampleState.Received, SampleState.Failed]);

    private static Sample NewSample() => new()
    {
        Code = SampleCodeRules.New(new Random(1)), OrderId = OrderId.From(Guid.CreateVersion7()), LineId = OrderLineId.From(Guid.CreateVersion7()), Condition = "x", Place = "y", ReceivedBy = PersonId.From(Guid.CreateVersion7()),
        ReceivedAt = Instant.FromUnixTimeSeconds(0),
    };
}
