using InstrumentShare.Notifications;
using NodaTime;

namespace InstrumentShare.Tests.Notifications;

public sealed class OutboxRulesTests
{
    [Fact]
    public void Waits_grow_and_end()
    {
        var waits = Enumerable.Range(1, OutboxRules.MaxAttempts).Select(OutboxRules.WaitAfter).ToList();
        waits[0].ShouldBe(Duration.FromMinutes(1));
        waits[^1].ShouldBeNull();
        waits.SkipLast(1).ShouldBe(waits.SkipLast(1).Order());
    }

    [Fact]
    public void A_server_that_is_down_over_a_weekend_loses_nothing() =>
        Enumerable.Range(1, OutboxRules.MaxAttempts - 1).Select(n => OutboxRules.WaitAfter(n)!.Value).Aggregate(Duration.Zero, (a, b) => a + b).ShouldBeGreaterThan(Duration.FromDays(3));
}
