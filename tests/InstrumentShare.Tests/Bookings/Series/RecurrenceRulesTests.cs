using InstrumentShare.Bookings.Series;
using InstrumentShare.Kernel;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Tests.Bookings.Series;

public sealed class RecurrenceRulesTests
{
    private static readonly LocalDateTime Start = new(2026, 3, 3, 9, 0);

    [Theory]
    [InlineData("FREQ=DAILY;COUNT=3", "03-03 03-04 03-05")]
    [InlineData("FREQ=DAILY;INTERVAL=2;UNTIL=20260308", "03-03 03-05 03-07")]
    [InlineData("FREQ=DAILY;UNTIL=20260305T085959", "03-03 03-04")]
    [InlineData("FREQ=DAILY;UNTIL=20260305T090000", "03-03 03-04 03-05")]
    [InlineData("FREQ=DAILY;UNTIL=20260305T010000Z", "03-03 03-04 03-05")]
    [InlineData("FREQ=DAILY;BYDAY=MO,WE;COUNT=3", "03-04 03-09 03-11")]
    [InlineData("FREQ=WEEKLY;COUNT=3", "03-03 03-10 03-17")]
    [InlineData("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4", "03-03 03-05 03-10 03-12")]
    [InlineData("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU;COUNT=4", "03-03 03-08 03-17 03-22")]
    [InlineData("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU;WKST=SU;COUNT=4", "03-03 03-15 03-17 03-29")]
    [InlineData("FREQ=MONTHLY;COUNT=3", "03-03 04-03 05-03")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", "03-31 05-31 07-31")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=3", "03-31 04-30 05-31")]
    [InlineData("FREQ=MONTHLY;BYDAY=1MO;COUNT=3", "04-06 05-04 06-01")]
    [InlineData("FREQ=MONTHLY;BYDAY=-1FR;COUNT=3", "03-27 04-24 05-29")]
    [InlineData("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=2", "03-13 11-13")]
    [InlineData("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3", "03-31 04-30 05-29")]
    [InlineData("FREQ=YEARLY;BYMONTH=3,6;COUNT=3", "03-03 06-03 2027-03-03")]
    [InlineData("FREQ=YEARLY;BYDAY=20MO;COUNT=1", "05-18")]
    [InlineData("FREQ=YEARLY;BYMONTH=3;BYDAY=2SU;COUNT=2", "03-08 2027-03-14")]
    [InlineData("FREQ=YEARLY;COUNT=2", "03-03 2027-03-03")]
    public void A_rule_says_these_dates(string rule, string dates)
    {
        var expected = dates.Split(' ').Select(d => LocalDatePattern.Iso.Parse(d.Length == 5 ? "2026-" + d : d).Value).ToList();
        Expand(rule).Value!.Select(d => d.Date).ShouldBe(expected);
        Expand(rule).Value!.ShouldAllBe(d => d.TimeOfDay == new LocalTime(9, 0));
    }

    [Fact]
    public void A_start_that_the_rule_does_not_say_is_no_date_and_does_not_count() =>
        Expand("FREQ=WEEKLY;BYDAY=FR;COUNT=2").Value!.Select(d => d.Day).ShouldBe([6, 13]);

    [Fact]
    public void The_29th_of_February_comes_in_leap_years_only()
    {
        var start = new LocalDateTime(2027, 2, 28, 9, 0);
        RecurrenceRules.Of(Read("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"), start).First().Date.ShouldBe(new LocalDate(2028, 2, 29));
    }

    [Fact]
    public void Dates_are_taken_out_and_put_in_each_once()
    {
        LocalDateTime At(int day, int hour = 9) => new(2026, 3, day, hour, 0);
        var dates = RecurrenceRules.Expand(new Recurrence(Start, Read("FREQ=DAILY;COUNT=4"), [At(4), At(20)], [At(5), At(7, 14), At(3, 9)])).Value!;
        dates.ShouldBe([At(3), At(5), At(6), At(7, 14)]);
    }

    [Theory]
    [InlineData("FREQ=DAILY", "series.no-end")]
    [InlineData("FREQ=DAILY;COUNT=367", "series.too-many")]
    [InlineData("FREQ=DAILY;UNTIL=20271231", "series.too-many")]
    [InlineData("FREQ=WEEKLY;UNTIL=20280304", "series.too-long")]
    [InlineData("FREQ=WEEKLY;COUNT=106", "series.too-long")]
    [InlineData("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=1", "series.too-long")]
    [InlineData("FREQ=DAILY;UNTIL=20260302", "series.no-dates")]
    public void Endless_empty_and_too_great_series_are_refused(string rule, string code) => Expand(rule).Problems.ShouldHaveSingleItem().Code.ShouldBe(code);

    [Theory]
    [InlineData("FREQ=DAILY;COUNT=366")]
    [InlineData("FREQ=WEEKLY;UNTIL=20280303")]
    [InlineData("FREQ=WEEKLY;COUNT=105")]
    public void The_greatest_series_are_taken(string rule) => Expand(rule).IsOk.ShouldBeTrue();

    [Theory]
    [InlineData("", "series.rule-unreadable", null)]
    [InlineData("every monday", "series.rule-unreadable", null)]
    [InlineData("FREQ=", "series.rule-unreadable", null)]
    [InlineData("INTERVAL=2", "series.rule-frequency", null)]
    [InlineData("FREQ=HOURLY;COUNT=2", "series.rule-frequency", "HOURLY")]
    [InlineData("FREQ=DAILY;BYHOUR=9;COUNT=2", "series.rule-part", "BYHOUR")]
    [InlineData("FREQ=YEARLY;BYWEEKNO=9;COUNT=2", "series.rule-part", "BYWEEKNO")]
    [InlineData("FREQ=YEARLY;BYYEARDAY=9;COUNT=2", "series.rule-part", "BYYEARDAY")]
    [InlineData("FREQ=DAILY;X-OURS=1;COUNT=2", "series.rule-part", "X-OURS")]
    [InlineData("FREQ=DAILY;FREQ=DAILY;COUNT=2", "series.rule-twice", "FREQ")]
    [InlineData("FREQ=DAILY;INTERVAL=0;COUNT=2", "series.rule-value", "INTERVAL")]
    [InlineData("FREQ=DAILY;COUNT=-2", "series.rule-value", "COUNT")]
    [InlineData("FREQ=DAILY;COUNT=99999999999", "series.rule-value", "COUNT")]
    [InlineData("FREQ=DAILY;UNTIL=2026-03-05", "series.rule-value", "UNTIL")]
    [InlineData("FREQ=DAILY;UNTIL=99991231", "series.rule-value", "UNTIL")]
    [InlineData("FREQ=WEEKLY;BYDAY=MON;COUNT=2", "series.rule-value", "BYDAY")]
    [InlineData("FREQ=MONTHLY;BYDAY=0MO;COUNT=2", "series.rule-value", "BYDAY")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=32;COUNT=2", "series.rule-value", "BYMONTHDAY")]
    [InlineData("FREQ=YEARLY;BYMONTH=-1;COUNT=2", "series.rule-value", "BYMONTH")]
    [InlineData("FREQ=DAILY;WKST=1;COUNT=2", "series.rule-value", "WKST")]
    [InlineData("FREQ=DAILY;COUNT=2;UNTIL=20260305", "series.rule-two-ends", null)]
    [InlineData("FREQ=WEEKLY;BYDAY=1MO;COUNT=2", "series.rule-ordinal", null)]
    [InlineData("FREQ=WEEKLY;BYMONTHDAY=1;COUNT=2", "series.rule-weekly-month-day", null)]
    [InlineData("FREQ=MONTHLY;BYSETPOS=1;COUNT=2", "series.rule-set-position", null)]
    public void What_a_rule_may_not_say_is_refused_by_its_name(string text, string code, string? named)
    {
        var problems = new List<Problem>();
        RecurrenceText.Read(text, DateTimeZone.Utc, problems).ShouldBeNull();
        var problem = problems.ShouldHaveSingleItem();
        (problem.Code, problem.Field, problem.Kind).ShouldBe((code, "rrule", ProblemKind.Invalid));
        if (named is not null) problem.Data!.Values.ShouldContain(named);
    }

    [Theory]
    [InlineData("RRULE:freq=weekly;byday=TU,MO;count=3", "FREQ=WEEKLY;COUNT=3;BYDAY=TU,MO")]
    [InlineData("FREQ=MONTHLY;BYDAY=-1FR,2MO;UNTIL=20260601T120000;WKST=SU", "FREQ=MONTHLY;UNTIL=20260601T120000;BYDAY=-1FR,2MO;WKST=SU")]
    [InlineData("FREQ=YEARLY;INTERVAL=2;BYMONTH=6,3;BYMONTHDAY=-1,1;BYSETPOS=2;COUNT=4;", "FREQ=YEARLY;INTERVAL=2;COUNT=4;BYMONTH=3,6;BYMONTHDAY=-1,1;BYSETPOS=2")]
    public void A_rule_is_written_as_it_was_read(string text, string written)
    {
        RecurrenceText.Write(Read(text)).ShouldBe(written);
        RecurrenceText.Write(Read(written)).ShouldBe(written);
    }

    [Theory]
    [InlineData("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=9", 1, 60, "FREQ=WEEKLY;COUNT=9;BYDAY=WE,FR")]
    [InlineData("FREQ=WEEKLY;BYDAY=TU;UNTIL=20260401T090000", -2, 0, "FREQ=WEEKLY;UNTIL=20260330T090000;BYDAY=SU")]
    [InlineData("FREQ=DAILY;COUNT=9", 3, -30, "FREQ=DAILY;COUNT=9")]
    [InlineData("FREQ=MONTHLY;COUNT=4", 0, 90, "FREQ=MONTHLY;COUNT=4")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=-1;COUNT=4", 1, 0, "FREQ=DAILY;COUNT=1")]
    public void A_series_moves_by_days_and_minutes_and_keeps_its_dates(string text, int days, int minutes, string moved)
    {
        var recurrence = new Recurrence(Start, Read(text), [Start.PlusDays(7)], [Start.PlusDays(4)]);
        var by = new PeriodBuilder { Days = days, Minutes = minutes }.Build();
        var result = RecurrenceRules.Shift(recurrence, by);
        RecurrenceText.Write(result.Rule).ShouldBe(moved);
        RecurrenceRules.Expand(result).Value.ShouldBe(RecurrenceRules.Expand(recurrence).Value!.Select(d => d + by));
    }

    [Theory]
    [InlineData("FREQ=WEEKLY;BYDAY=TU,TH;COUNT=9", 4)]
    [InlineData("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;UNTIL=20260601", 3)]
    [InlineData("FREQ=MONTHLY;BYDAY=-1FR;COUNT=6", 2)]
    [InlineData("FREQ=DAILY;INTERVAL=3;BYDAY=MO,TU,WE,TH,FR;COUNT=12", 5)]
    [InlineData("FREQ=YEARLY;BYMONTH=3,5;COUNT=4", 1)]
    public void A_series_is_split_into_the_dates_before_and_after(string text, int at)
    {
        var recurrence = new Recurrence(Start, Read(text), [], [Start.PlusDays(1).PlusHours(5)]);
        var dates = RecurrenceRules.Expand(recurrence).Value!;
        var (before, from) = RecurrenceRules.Split(recurrence, dates[at]);
        RecurrenceRules.Expand(before).Value.ShouldBe(dates.Take(at));
        RecurrenceRules.Expand(from).Value.ShouldBe(dates.Skip(at));
        from.StartsAt.ShouldBe(dates[at]);
    }

    private static Outcome<IReadOnlyList<LocalDateTime>> Expand(string rule) => RecurrenceRules.Expand(new Recurrence(Start, Read(rule), [], []));

    private static RecurrenceRule Read(string text)
    {
        var problems = new List<Problem>();
        return RecurrenceText.Read(text, DateTimeZoneProviders.Tzdb["Asia/Shanghai"], problems) ?? throw new InvalidOperationException(problems[0].Code);
    }
}
