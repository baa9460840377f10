using InstrumentShare.Bookings.Calendar;

namespace InstrumentShare.Tests.Bookings.Calendar;

public sealed class EventTailTests
{
    [Fact]
    public void A_number_that_commits_late_is_new_once()
    {
        var tail = EventTail.At(0);
        tail.Saw(1, 0).ShouldBeTrue();
        tail.Saw(4, 0).ShouldBeTrue();
        tail.Gaps.ShouldBe([2, 3]);
        tail.Saw(3, 0).ShouldBeTrue();
        tail.Saw(3, 0).ShouldBeFalse();
        tail.Saw(1, 0).ShouldBeFalse();
        tail.Gaps.ShouldBe([2]);
        tail.Position.ShouldBe(4);
    }

    [Fact]
    public void A_number_that_was_rolled_back_is_given_up_after_ten_minutes()
    {
        var tail = EventTail.At(0);
        tail.Saw(3, 0);
        tail.GiveUp(600_000);
        tail.Gaps.ShouldBe([1, 2]);
        tail.GiveUp(600_001);
        tail.Gaps.ShouldBeEmpty();
    }

    [Fact]
    public void What_is_asked_for_again_is_bounded()
    {
        var tail = EventTail.At(0);
        tail.Saw(1_000_000, 0);
        tail.Gaps.Length.ShouldBe(10_000);
        tail.Saw(2_000_000, 0);
        tail.GiveUp(0);
        tail.Gaps.Length.ShouldBe(10_000);
    }

    [Fact]
    public void Reading_begins_a_little_before_the_newest_so_that_nothing_still_open_is_missed() => EventTail.At(5000).Position.ShouldBe(4000);
}
