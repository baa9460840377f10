using InstrumentShare.Kernel;
using InstrumentShare.Usage.Verdicts;
using NodaTime;

namespace InstrumentShare.Tests.Usage.Verdicts;

public sealed class VerdictRulesTests
{
    private static readonly Instant Nine = Instant.FromUtc(2026, 3, 2, 1, 0);
    private static readonly TimeSlot Booked = new(Nine, Nine + Duration.FromHours(1));

    /// <summary>Seconds from the booked start, and from the booked end, with graces of 10 minutes late and over and 5 early.</summary>
    [Theory]
    [InlineData(0, 0, "AsBooked", 0, 0, 0)]
    [InlineData(600, 600, "AsBooked", 0, 0, 0)]
    [InlineData(601, 0, "Late", 11, 0, 0)]
    [InlineData(0, 601, "Overran", 0, 11, 0)]
    [InlineData(601, 601, "Late Overran", 11, 11, 0)]
    [InlineData(0, -300, "AsBooked", 0, 0, 0)]
    [InlineData(0, -301, "LeftEarly", 0, 0, 6)]
    [InlineData(900, -1200, "Late LeftEarly", 15, 0, 20)]
    [InlineData(-600, 0, "AsBooked", 0, 0, 0)]
    public void A_use_is_judged_by_its_first_start_and_last_end(int start, int end, string found, int late, int over, int early)
    {
        var judged = VerdictRules.Judge(Booked, [Use(start, end)], new VerdictTerms(true, 10, 10, 5));
        string.Join(' ', judged.Verdicts).ShouldBe(found);
        (judged.MinutesLate, judged.MinutesOver, judged.MinutesEarly).ShouldBe((late, over, early));
        judged.UsageIds.Count.ShouldBe(1);
    }

    [Fact]
    public void A_grace_of_nothing_judges_nothing_and_one_of_zero_forgives_nothing()
    {
        Found(new VerdictTerms(true, null, null, null), Use(3000, 3000)).ShouldBe("AsBooked");
        Found(new VerdictTerms(true, 0, 0, 0), Use(1, 1)).ShouldBe("Late Overran");
        Found(VerdictTerms.Default, Use(0, -3000)).ShouldBe("AsBooked");
    }

    [Fact]
    public void No_use_at_all_is_a_no_show_and_a_walk_in_over_the_slot_is_none()
    {
        Found(VerdictTerms.Default).ShouldBe("NoShow");
        Found(VerdictTerms.Default, Use(0, 0, own: false, linked: false)).ShouldBe("NoShow");
        Found(VerdictTerms.Default, Use(300, 0, linked: false)).ShouldBe("AsBooked");
        Found(VerdictTerms.Default, Use(-7200, -3600, linked: false)).ShouldBe("NoShow", "a use that ends where the booking begins does not touch it");
    }

    [Fact]
    public void Without_use_control_every_booking_counts_as_kept() => Found(VerdictTerms.Default with { UsageControlled = false }).ShouldBe("AsBooked");

    [Fact]
    public void Who_had_to_wait_for_another_is_late_only_past_the_end_of_that_use()
    {
        var other = new UseSpan(Guid.CreateVersion7(), Nine - Duration.FromHours(1), Nine + Duration.FromMinutes(25), false, false);
        Found(VerdictTerms.Default, other, Use(2100, 0)).ShouldBe("AsBooked");
        Found(VerdictTerms.Default, other, Use(2101, 0)).ShouldBe("Late");
    }

    [Fact]
    public void An_open_use_is_neither_over_nor_early() =>
        Found(VerdictTerms.Default, new UseSpan(Guid.CreateVersion7(), Nine, null, false, true)).ShouldBe("AsBooked");

    [Fact]
    public void An_excuse_covers_what_it_was_given_for_and_no_more()
    {
        VerdictRules.KeepsExcuse([BookingVerdict.Late, BookingVerdict.Overran], [BookingVerdict.Late]).ShouldBeTrue();
        VerdictRules.KeepsExcuse([BookingVerdict.Late], [BookingVerdict.AsBooked]).ShouldBeTrue();
        VerdictRules.KeepsExcuse([BookingVerdict.Late], [BookingVerdict.Late, BookingVerdict.Overran]).ShouldBeFalse();
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1440, true)]
    [InlineData(1441, false)]
    public void A_grace_is_from_0_to_1440_minutes(int minutes, bool ok) =>
        (VerdictRules.Settings(new VerdictTerms(true, minutes, null, null), new LocalDate(2026, 3, 2), new LocalDate(2026, 3, 2)).Count == 0).ShouldBe(ok);

    private static string Found(VerdictTerms terms, params UseSpan[] uses) => string.Join(' ', VerdictRules.Judge(Booked, uses, terms).Verdicts);

    private static UseSpan Use(int start, int end, bool own = true, bool linked = true) =>
        new(Guid.CreateVersion7(), Booked.StartsAt + Duration.FromSeconds(start), Booked.EndsAt + Duration.FromSeconds(end), linked, own);
}
