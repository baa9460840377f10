using InstrumentShare.Bookings;
using InstrumentShare.Bookings.Qualifications;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Qualifications;

public sealed class QualificationRulesTests
{
    private static readonly LocalDate On = new(2026, 3, 3);

    [Theory]
    [InlineData(null, "independent", "selfOperated", QualificationStanding.Missing)]
    [InlineData(null, "independent", "assisted", QualificationStanding.Missing)]
    [InlineData(null, "independent", "remote", QualificationStanding.Missing)]
    [InlineData(null, "independent", "other", QualificationStanding.Missing)]
    [InlineData(null, "trainer", "entrusted", QualificationStanding.Enough)]
    [InlineData("supervised", "independent", "selfOperated", QualificationStanding.SupervisedOnly)]
    [InlineData("supervised", "independent", "remote", QualificationStanding.SupervisedOnly)]
    [InlineData("supervised", "independent", "other", QualificationStanding.SupervisedOnly)]
    [InlineData("supervised", "independent", "assisted", QualificationStanding.Enough)]
    [InlineData("supervised", "trainer", "selfOperated", QualificationStanding.SupervisedOnly)]
    [InlineData("independent", "independent", "selfOperated", QualificationStanding.Enough)]
    [InlineData("independent", "independent", "remote", QualificationStanding.Enough)]
    [InlineData("independent", "trainer", "selfOperated", QualificationStanding.LevelTooLow)]
    [InlineData("independent", "trainer", "assisted", QualificationStanding.Enough)]
    [InlineData("trainer", "trainer", "selfOperated", QualificationStanding.Enough)]
    [InlineData("trainer", "independent", "other", QualificationStanding.Enough)]
    public void What_each_level_may_do(string? holds, string required, string mode, QualificationStanding expected) =>
        QualificationRules.Judge(Level(required), holds is null ? [] : [new(Level(holds), On.PlusYears(-1), null, false)], On, Enum.Parse<ServiceMode>(mode, ignoreCase: true)).ShouldBe(expected);

    [Theory]
    [InlineData(-1, QualificationStanding.Expired)]
    [InlineData(0, QualificationStanding.Enough)]
    [InlineData(1, QualificationStanding.Enough)]
    public void A_certificate_holds_on_its_last_day_and_not_on_the_next(int lastDay, QualificationStanding expected) =>
        QualificationRules.Judge(QualificationLevel.Independent, [new(QualificationLevel.Independent, On.PlusYears(-1), On.PlusDays(lastDay), false)], On, ServiceMode.SelfOperated).ShouldBe(expected);

    [Theory]
    [InlineData(0, QualificationStanding.Enough)]
    [InlineData(1, QualificationStanding.Missing)]
    public void A_certificate_holds_from_its_first_day(int firstDay, QualificationStanding expected) =>
        QualificationRules.Judge(QualificationLevel.Independent, [new(QualificationLevel.Independent, On.PlusDays(firstDay), null, false)], On, ServiceMode.SelfOperated).ShouldBe(expected);

    [Fact]
    public void Of_several_the_highest_that_holds_counts_and_a_revoked_one_never_does()
    {
        HeldCertificate supervised = new(QualificationLevel.Supervised, On.PlusYears(-1), null, false), expired = new(QualificationLevel.Trainer, On.PlusYears(-1), On.PlusDays(-1), false);
        QualificationRules.Judge(QualificationLevel.Independent, [supervised, expired], On, ServiceMode.SelfOperated).ShouldBe(QualificationStanding.SupervisedOnly);
        QualificationRules.Judge(QualificationLevel.Independent, [supervised, expired with { ValidTo = On }], On, ServiceMode.SelfOperated).ShouldBe(QualificationStanding.Enough);
        QualificationRules.Judge(QualificationLevel.Independent, [expired with { ValidTo = null, IsRevoked = true }], On, ServiceMode.SelfOperated).ShouldBe(QualificationStanding.Missing);
    }

    [Theory]
    [InlineData(23, 59, 3)]
    [InlineData(24, 0, 3)]
    [InlineData(24, 1, 4)]
    public void A_slot_that_ends_at_midnight_ends_on_the_day_before(int hour, int minute, int day)
    {
        var zone = DateTimeZoneProviders.Tzdb["Asia/Shanghai"];
        var end = Day.At(On, 0) + Duration.FromHours(hour) + Duration.FromMinutes(minute);
        QualificationRules.LastDay(new TimeSlot(Day.At(On, 20), end), zone).ShouldBe(new LocalDate(2026, 3, day));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(1, "2026-02-27")]
    [InlineData(12, "2027-01-30")]
    public void A_certificate_lasts_whole_months_with_both_days(int? months, string? last)
    {
        var qualification = new Qualification { InstitutionId = default, Name = "甲", NameEn = "A", ValidMonths = months, CreatedAt = default };
        qualification.ValidTo(new LocalDate(2026, 1, 31)).ShouldBe(last is null ? null : NodaTime.Text.LocalDatePattern.Iso.Parse(last).Value);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(120, true)]
    [InlineData(121, false)]
    public void Months_of_validity_are_from_1_to_120(int months, bool isFine) => QualificationRules.Check("甲", "A", null, QualificationLevel.Independent, months).Count.ShouldBe(isFine ? 0 : 1);

    [Fact]
    public void Supervised_use_is_never_what_working_alone_takes() =>
        QualificationRules.Check("甲", "A", null, QualificationLevel.Supervised, null).Single().Code.ShouldBe("qualification.required-level");

    [Theory]
    [InlineData(8, false)]
    [InlineData(7, true)]
    [InlineData(0, true)]
    public void The_last_reminder_comes_seven_days_before(int daysLeft, bool isLast) => CertificateReminderRules.IsLast(On.PlusDays(daysLeft), On).ShouldBe(isLast);

    private static QualificationLevel Level(string word) => Enum.Parse<QualificationLevel>(word, ignoreCase: true);
}
