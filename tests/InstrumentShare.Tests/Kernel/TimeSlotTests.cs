using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Tests.Kernel;

public sealed class TimeSlotTests
{
    [Theory]
    [InlineData(9, 10, 10, 11, false)]
    [InlineData(9, 11, 10, 12, true)]
    [InlineData(9, 12, 10, 11, true)]
    [InlineData(9, 10, 9, 10, true)]
    public void Slots_that_only_touch_do_not_overlap(int from, int to, int otherFrom, int otherTo, bool overlap)
    {
        Slot(from, to).Overlaps(Slot(otherFrom, otherTo)).ShouldBe(overlap);
        Slot(otherFrom, otherTo).Overlaps(Slot(from, to)).ShouldBe(overlap);
        Slot(from, to).Intersect(Slot(otherFrom, otherTo)).HasValue.ShouldBe(overlap);
    }

    [Fact]
    public void A_slot_ends_after_it_starts() => Should.Throw<ArgumentException>(() => Slot(10, 10));

    private static TimeSlot Slot(int from, int to) => new(Instant.FromUtc(2026, 3, 2, from, 0), Instant.FromUtc(2026, 3, 2, to, 0));
}
