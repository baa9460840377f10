using InstrumentShare.Access;
using InstrumentShare.Notifications.Preferences;
using NodaTime;

namespace InstrumentShare.Tests.Notifications;

/// <summary>Quiet from 22:00 to 07:00 and the digest at 08:00 in Shanghai, unless said otherwise. Times are of Tuesday 3 March 2026 there.</summary>
public sealed class MailDeliveryRulesTests
{
    private static readonly DateTimeZone Shanghai = DateTimeZoneProviders.Tzdb["Asia/Shanghai"];
    private static readonly MailKind Kind = new("booking.confirmed", MayBeOff: true);

    [Theory]
    [InlineData("21:59", MailAction.Send, null)]
    [InlineData("22:00", MailAction.Wait, "2026-03-04T07:00")]
    [InlineData("00:30", MailAction.Wait, "2026-03-03T07:00")]
    [InlineData("06:59", MailAction.Wait, "2026-03-03T07:00")]
    [InlineData("07:00", MailAction.Send, null)]
    public void Quiet_hours_hold_mail_until_they_end(string now, MailAction action, string? until) => Check(MailDelivery.AtOnce, now, null, action, until);

    [Theory]
    [InlineData("07:59", "2026-03-03T08:00")]
    [InlineData("08:00", "2026-03-04T08:00")]
    [InlineData("23:00", "2026-03-04T08:00")]
    public void The_digest_is_the_next_one(string now, string at) => Check(MailDelivery.Digest, now, null, MailAction.Digest, at);

    [Theory]
    [InlineData(MailDelivery.AtOnce, "2026-03-03T07:00", MailAction.Send)]
    [InlineData(MailDelivery.AtOnce, "2026-03-03T07:01", MailAction.Wait)]
    [InlineData(MailDelivery.Digest, "2026-03-03T08:00", MailAction.Wait)]
    [InlineData(MailDelivery.Digest, "2026-03-03T06:30", MailAction.Send)]
    [InlineData(MailDelivery.Digest, "2026-03-03T08:01", MailAction.Digest)]
    [InlineData(MailDelivery.AtOnce, "2026-03-02T10:00", MailAction.Wait)]
    public void Mail_never_waits_past_what_it_is_about(MailDelivery wish, string about, MailAction action) =>
        MailDeliveryRules.Judge(Kind, Wishes(wish), At("2026-03-03T06:00"), At(about)).Action.ShouldBe(action);

    [Fact]
    public void What_is_not_wanted_is_dropped_unless_it_must_be_heard()
    {
        var now = At("2026-03-03T12:00");
        MailDeliveryRules.Judge(Kind, Wishes(MailDelivery.Off), now, null).Action.ShouldBe(MailAction.Drop);
        MailDeliveryRules.Judge(Kind with { MayBeOff = false }, Wishes(MailDelivery.Off), now, null).Action.ShouldBe(MailAction.Send);
    }

    [Fact]
    public void Hurried_mail_and_mail_that_nobody_may_arrange_never_wait()
    {
        var night = At("2026-03-03T23:00");
        MailDeliveryRules.Judge(Kind with { IsHurried = true }, Wishes(MailDelivery.Digest), night, null).Action.ShouldBe(MailAction.Send);
        MailDeliveryRules.Judge(null, Wishes(MailDelivery.Off), night, null).Action.ShouldBe(MailAction.Send);
    }

    [Fact]
    public void Quiet_hours_are_those_on_the_persons_own_wall_also_when_clocks_change()
    {
        var wishes = Wishes(MailDelivery.AtOnce);
        wishes.TimeZone = "Europe/Berlin";
        // On 29 March 2026 clocks there go from 02:00 to 03:00: seven is only eight hours after ten.
        var ten = Instant.FromUtc(2026, 3, 28, 21, 0);
        MailDeliveryRules.QuietUntil(wishes, ten).ShouldBe(ten + Duration.FromHours(8));
        (wishes.QuietFromMinute, wishes.QuietToMinute) = (60, 150);
        MailDeliveryRules.QuietUntil(wishes, Instant.FromUtc(2026, 3, 29, 0, 30)).ShouldBe(Instant.FromUtc(2026, 3, 29, 1, 30), "half past two does not exist that day; it is half past three");
    }

    private static void Check(MailDelivery wish, string time, string? about, MailAction action, string? at)
    {
        var now = At("2026-03-03T" + time);
        var verdict = MailDeliveryRules.Judge(Kind, Wishes(wish), now, about is null ? null : At(about));
        verdict.ShouldBe(new MailVerdict(action, at is null ? now : At(at)));
    }

    private static Instant At(string local) => Shanghai.AtStrictly(NodaTime.Text.LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm").Parse(local).Value).ToInstant();

    private static MailPreferences Wishes(MailDelivery wish) => new()
    {
        PersonId = new PersonId(Guid.Empty), TimeZone = "Asia/Shanghai", QuietFromMinute = 22 * 60, QuietToMinute = 7 * 60, Choices = { [Kind.Name] = wish },
    };
}
