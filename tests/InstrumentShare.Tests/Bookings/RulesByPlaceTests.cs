using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;
using static InstrumentShare.Tests.Bookings.RulesOf;

namespace InstrumentShare.Tests.Bookings;

/// <summary>Which set of rules has the word, and the rules that only some places have.</summary>
public sealed class RulesByPlaceTests
{
    private static readonly LocalDate Always = new(2020, 1, 1);
    private static readonly InstitutionId Elsewhere = new(Guid.Parse("01980000-0000-7000-8000-0000000000f1"));
    private static readonly GroupId Team = new(Guid.Parse("01980000-0000-7000-8000-0000000000f2"));
    private static readonly Booker Outsider = new(Elsewhere, UserClass: UserClass.Academic);

    [Fact]
    public void The_nearer_place_has_the_word_and_the_wider_one_says_what_it_leaves_open()
    {
        var rules = With(
            Set() with { Region = new Region("CN-34"), MaxMinutes = 60, LeadMinutes = 30, GapMinutes = 5 },
            Set() with { Region = new Region("CN-3401"), MaxMinutes = 90 },
            Set() with { InstitutionId = Owner, MaxMinutes = 120, LeadMinutes = 45 },
            Set() with { InstrumentGroupId = new InstrumentGroupId(Guid.CreateVersion7()), MaxMinutes = 150 },
            Set() with { InstrumentId = Id, MaxMinutes = 180 }).RulesOn(Day2)!;
        (rules.MaxMinutes, rules.LeadMinutes, rules.GapMinutes, rules.MinMinutes).ShouldBe((180, 45, 5, BookingTerms.DefaultMinMinutes));
    }

    [Fact]
    public void The_smaller_region_has_the_word() =>
        With(Set() with { Region = new Region("CN-34"), MaxMinutes = 60 }, Set() with { Region = new Region("CN-3401"), MaxMinutes = 90 }).RulesOn(Day2)!.MaxMinutes.ShouldBe(90);

    [Fact]
    public void Of_one_place_the_narrower_audience_has_the_word()
    {
        var instrument = With(
            Set() with { InstrumentId = Id, HorizonDays = 10 }, Set() with { InstrumentId = Id, UserClass = UserClass.Academic, HorizonDays = 20 },
            Set() with { InstrumentId = Id, UserInstitutionId = Elsewhere, HorizonDays = 30 }, Set() with { InstrumentId = Id, UserGroupId = Team, HorizonDays = 40 },
            Set() with { InstitutionId = Owner, UserGroupId = Team, HorizonDays = 99, CoolingMinutes = 7 });
        Horizon(Insider with { UserClass = UserClass.Internal }).ShouldBe(10);
        Horizon(Outsider with { InstitutionId = Owner }).ShouldBe(20);
        Horizon(Outsider).ShouldBe(30);
        Horizon(Outsider with { Groups = [Team] }).ShouldBe(40);
        instrument.RulesFor((Outsider with { Groups = [Team] }).Audience, Day2)!.CoolingMinutes.ShouldBe(7);

        int Horizon(Booker who) => instrument.RulesFor(who.Audience, Day2)!.HorizonDays;
    }

    [Fact]
    public void A_zero_says_that_there_is_no_limit() =>
        With(Set() with { InstitutionId = Owner, PersonDayMinutes = 60 }, Set() with { InstrumentId = Id, PersonDayMinutes = 0 }).RulesOn(Day2)!.PersonDayMinutes.ShouldBeNull();

    [Fact]
    public void A_set_holds_on_its_days_only()
    {
        var instrument = With(Set() with { InstrumentId = Id, MaxMinutes = 60 }, (Set() with { InstrumentId = Id, UserClass = UserClass.Internal, MaxMinutes = 30, ValidFrom = Day2 }).EndingOn(Day2));
        var insider = (Insider with { UserClass = UserClass.Internal }).Audience;
        new[] { -1, 0, 1 }.Select(d => instrument.RulesFor(insider, Day2.PlusDays(d))!.MaxMinutes).ShouldBe([60, 30, 60]);
    }

    [Theory]
    [InlineData(8, 12, "")]
    [InlineData(8, 18, "")] // two blocks that touch
    [InlineData(8, 11, "booking.block")]
    [InlineData(9, 12, "booking.block")]
    [InlineData(20, 32, "")] // the night block crosses midnight
    public void Blocks_are_booked_whole(int fromHour, int toHour, string codes) =>
        Codes(r => r with { BlockSlots = [new(480, 720), new(720, 1080), new(1200, 480)], MaxMinutes = 1440 }, Hours(fromHour, toHour), opensHour: 0, closesHour: 24).ShouldBe(codes);

    [Fact]
    public void Free_slots_of_a_block_instrument_are_its_blocks()
    {
        var instrument = Instrument(r => r with { BlockSlots = [new(480, 720), new(780, 1020)] });
        new FreeSlots(instrument, Insider, [], Neighbours.None, Now).OneAfterAnother(Hours(24, 48), Duration.FromMinutes(30)).ShouldBe([Hours(32, 36), Hours(37, 41)]);
    }

    [Theory]
    [InlineData(19, 21, "")] // Saturday evening into the exempt night
    [InlineData(10, 12, "")] // Saturday
    [InlineData(30, 33, "")] // Sunday morning, one weekend span
    [InlineData(-6, 2, "booking.max-length")] // begins on Friday evening, before the weekend
    public void Lengths_do_not_count_in_exempt_nights_and_weekends(int fromHour, int toHour, string codes)
    {
        var saturday = Day.At(new LocalDate(2026, 3, 7), 0);
        var slot = new TimeSlot(saturday + Duration.FromHours(fromHour), saturday + Duration.FromHours(toHour));
        Codes(r => r with { MaxMinutes = 60, ExemptTimes = [new([6, 7], 0, 1440)] }, slot, opensHour: 0, closesHour: 24).ShouldBe(codes);
    }

    [Fact]
    public void An_exempt_night_crosses_midnight_and_its_time_does_not_count()
    {
        BookingRuleSet Rules(BookingRuleSet r) => r with { MaxMinutes = 60, PersonDayMinutes = 60, ExemptTimes = [new([1, 2, 3, 4, 5, 6, 7], 20 * 60, 8 * 60)] };
        Codes(Rules, Hours(22, 31), opensHour: 0, closesHour: 24).ShouldBe("");
        Codes(Rules, Hours(9, 10), Own(Hours(-3, 8)), opensHour: 0, closesHour: 24).ShouldBe("");
        Codes(Rules, Hours(9, 10), Own(Hours(7, 9)), opensHour: 0, closesHour: 24).ShouldBe("booking.day-limit");
    }

    [Theory]
    [InlineData(2, "")]
    [InlineData(1, "booking.limit-count")]
    public void Numbers_are_limited_too(int max, string codes) =>
        Codes(r => r with { Limits = [new(LimitHolder.Person, LimitMeasure.Count, LimitWindow.Week, max)] }, Hours(9, 10), Own(Hours(33, 34))).ShouldBe(codes);

    [Theory]
    [InlineData(LimitHolder.Group)]
    [InlineData(LimitHolder.Institution)]
    public void A_group_and_an_institution_count_on_the_instrument(LimitHolder per)
    {
        BookingRuleSet Rules(BookingRuleSet r) => r with { Limits = [new(per, LimitMeasure.Minutes, LimitWindow.Day, 120)] };
        var taken = Neighbours.None with { Group = [Hours(12, 14)], Institution = [Hours(12, 14)] };
        Codes(Rules, Hours(9, 10), taken).ShouldBe("booking.limit-minutes");
        Codes(Rules, Hours(9, 10), Own(Hours(12, 14))).ShouldBe("");
    }

    [Fact]
    public void A_calendar_month_ends_where_a_rolling_one_goes_on()
    {
        var last = Own(new TimeSlot(Day.At(new(2026, 2, 27), 9), Day.At(new(2026, 2, 27), 11)));
        Codes(r => r with { Limits = [new(LimitHolder.Person, LimitMeasure.Minutes, LimitWindow.Month, 120)] }, Hours(9, 10), last).ShouldBe("");
        Codes(r => r with { Limits = [new(LimitHolder.Person, LimitMeasure.Minutes, LimitWindow.Month, 120, Rolling: true)] }, Hours(9, 10), last).ShouldBe("booking.limit-minutes");
    }

    [Fact]
    public void A_rolling_day_looks_ahead_as_well() =>
        Codes(r => r with { Limits = [new(LimitHolder.Person, LimitMeasure.Minutes, LimitWindow.Day, 120, Rolling: true)] }, Hours(18, 20), Own(Hours(32, 33))).ShouldBe("booking.limit-minutes");

    [Fact]
    public void All_that_lies_ahead_counts_and_what_is_past_does_not()
    {
        BookingRuleSet Rules(BookingRuleSet r) => r with { Limits = [new(LimitHolder.Person, LimitMeasure.Count, LimitWindow.Ahead, 1)] };
        Codes(Rules, Hours(9, 10), Own(Hours(24 * 20, (24 * 20) + 1))).ShouldBe("booking.limit-count");
        Codes(Rules, Hours(9, 10), Own(Hours(-48, -47))).ShouldBe("");
    }

    [Fact]
    public void Own_bookings_keep_a_gap_and_one_instrument_at_a_time()
    {
        Codes(r => r with { GapMinutes = 60 }, Hours(11, 12), Own(Hours(9, 10))).ShouldBe("");
        Codes(r => r with { GapMinutes = 61 }, Hours(11, 12), Own(Hours(9, 10))).ShouldBe("booking.gap");
        var other = Neighbours.None with { Own = [new OwnTime(Hours(9, 10), new InstrumentId(Guid.CreateVersion7()))] };
        Codes(r => r with { OneAtATime = true }, Hours(9, 10), other).ShouldBe("booking.one-at-a-time");
        Codes(r => r with { OneAtATime = true, GapMinutes = 60 }, Hours(10, 11), other).ShouldBe("");
    }

    [Fact]
    public void Membership_is_asked_for_until_the_end_of_the_booking()
    {
        BookingRuleSet Rules(BookingRuleSet r) => r with { MembershipRequired = true };
        Codes(Rules, Hours(9, 10), booker: Insider).ShouldBe("booking.membership");
        Codes(Rules, Hours(9, 10), booker: Insider with { Groups = [Team] }).ShouldBe("");
        Codes(Rules, Hours(9, 10), booker: Insider with { Groups = [Team], MemberUntil = Day2 }).ShouldBe("");
        Codes(Rules, Hours(9, 10), booker: Insider with { Groups = [Team], MemberUntil = Day2.PlusDays(-1) }).ShouldBe("booking.membership-expires");
    }

    [Fact]
    public void Off_hours_open_what_is_closed_for_those_who_may()
    {
        Codes(r => r, Hours(21, 22)).ShouldBe("booking.outside-hours");
        Codes(r => r with { OffHours = true }, Hours(21, 22)).ShouldBe("");
        var closed = Instrument(r => r with { OffHours = true }, closures: [Hours(21, 22)]);
        BookingRules.Judge(closed, WantedTime.Of(Hours(21, 22)), Insider, Neighbours.None, Now).Select(p => p.Code).ShouldBe(["booking.closure"]);
    }

    [Theory]
    [InlineData(2026, 5, 1, false, "")]
    [InlineData(2026, 5, 1, true, "booking.outside-hours")] // Labour Day
    [InlineData(2026, 5, 9, true, "")] // a Saturday that is worked to make up for it
    [InlineData(2027, 1, 4, true, "booking.holidays-unknown")]
    public void Holidays_close_and_an_unknown_year_is_not_guessed(int year, int month, int day, bool closed, string codes)
    {
        var slot = new TimeSlot(Day.At(new(year, month, day), 9), Day.At(new(year, month, day), 10));
        Codes(r => r with { ClosedOnHolidays = closed, HorizonDays = 400 }, slot).ShouldBe(codes);
    }

    [Fact]
    public void A_make_up_day_has_the_hours_of_its_weekday()
    {
        var saturday = new TimeSlot(Day.At(new(2026, 5, 9), 9), Day.At(new(2026, 5, 9), 10));
        var weekdays = Instrument(r => r with { HorizonDays = 400 }) with { OpeningHours = [.. Instrument().OpeningHours.Where(h => h.Weekday < 6)] };
        Judge(weekdays).ShouldBe("booking.outside-hours");
        Judge(weekdays with { RuleSets = [weekdays.RuleSets[0] with { MakeUpWeekday = 1 }] }).ShouldBe("");

        string Judge(InstrumentRules instrument) => string.Join(' ', BookingRules.Judge(instrument, WantedTime.Of(saturday), Insider, Neighbours.None, Now).Select(p => p.Code));
    }

    [Theory]
    [InlineData(41, "")] // 84 h a week, half of them kept: 42 h for the owner's own
    [InlineData(42, "booking.outside-share")]
    public void A_share_of_the_week_is_kept_for_others(int insideHours, string codes)
    {
        var inside = Neighbours.None with { Inside = [Hours(24, 24 + insideHours)] };
        BookingRuleSet Rules(BookingRuleSet r) => r with { OutsideSharePercent = 50, OutsideReleaseHours = 6 };
        Codes(Rules, Hours(19, 20), inside, nowHour: 9).ShouldBe(codes);
        Codes(Rules, Hours(19, 20), inside, Outsider, nowHour: 9).ShouldBe("");
    }

    [Fact]
    public void Kept_time_is_released_when_it_draws_near()
    {
        var inside = Neighbours.None with { Inside = [Hours(24, 24 + 42)] };
        Codes(r => r with { OutsideSharePercent = 50, OutsideReleaseHours = 10 }, Hours(19, 20), inside, nowHour: 9).ShouldBe("booking.outside-share");
        Codes(r => r with { OutsideSharePercent = 50, OutsideReleaseHours = 11 }, Hours(19, 20), inside, nowHour: 9).ShouldBe("");
    }

    [Fact]
    public void What_is_strict_cannot_be_set_aside()
    {
        var soft = BookingRules.Judge(Instrument(r => r with { MaxMinutes = 30 }), WantedTime.Of(Hours(10, 11)), Insider, Neighbours.None, Now);
        var strict = BookingRules.Judge(Instrument(r => r with { MaxMinutes = 30, Strict = ["booking.max-length"] }), WantedTime.Of(Hours(10, 11)), Insider, Neighbours.None, Now);
        (soft.Single().Overridable, strict.Single().Overridable).ShouldBe((true, false));
    }

    [Theory]
    [InlineData(false, "合肥", null, "")]
    [InlineData(true, null, null, "")]
    [InlineData(true, "合肥", null, "booking.customs-place")]
    [InlineData(true, "合肥", "2026-0301", "")]
    public void A_duty_free_instrument_is_used_elsewhere_by_notice_only(bool supervised, string? place, string? notice, string codes)
    {
        var problems = new List<Problem>();
        CustomsRules.Add(problems, Instrument() with { IsCustomsSupervised = supervised }, place, notice);
        string.Join(' ', problems.Select(p => p.Code)).ShouldBe(codes);
        problems.ShouldAllBe(p => !p.Overridable);
    }

    [Fact]
    public void A_move_has_a_notice_of_its_own_or_that_of_a_cancellation()
    {
        var booking = new Booking { InstrumentId = Id, PersonId = new PersonId(Guid.CreateVersion7()), ServiceMode = ServiceMode.SelfOperated, UserClass = UserClass.Internal, CreatedBy = new PersonId(Guid.CreateVersion7()), CreatedAt = Now }
            .At(Hours(10, 11), Hours(10, 11), 1, BookingStatus.Confirmed, 1);
        Moves(r => r with { CancelLeadMinutes = 120 }).ShouldBe("booking.change-lead");
        Moves(r => r with { CancelLeadMinutes = 120, ChangeLeadMinutes = 60 }).ShouldBe("");

        string Moves(Func<BookingRuleSet, BookingRuleSet> rules) => string.Join(' ', CancellationRules.JudgeMove(Instrument(rules), booking, Now).Select(p => p.Code));
    }

    // Monday 2 March 2026; Now is 9:00.
    private static readonly LocalDate Day2 = new(2026, 3, 2);

    private static TimeSlot Hours(int from, int to) => new(Day.At(Day2, 0) + Duration.FromHours(from), Day.At(Day2, 0) + Duration.FromHours(to));

    private static BookingRuleSet Set() => new() { ValidFrom = Always, CreatedAt = Now };

    private static InstrumentRules With(params BookingRuleSet[] sets) => Instrument() with { RuleSets = sets };

    // Judged as of the Sunday before, so that no hour of the Monday has passed, unless another hour is given.
    private static string Codes(Func<BookingRuleSet, BookingRuleSet> rules, TimeSlot slot, Neighbours? around = null, Booker? booker = null, int opensHour = 8, int closesHour = 20, int nowHour = -12) => string.Join(
        ' ', BookingRules.Judge(Instrument(rules, opensHour: opensHour, closesHour: closesHour), WantedTime.Of(slot), booker ?? Insider, around ?? Neighbours.None, Day.At(Day2, 0) + Duration.FromHours(nowHour)).Select(p => p.Code));
}
