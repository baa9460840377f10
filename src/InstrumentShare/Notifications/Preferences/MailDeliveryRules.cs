using NodaTime;

namespace InstrumentShare.Notifications.Preferences;

public enum MailAction
{
    Send,
    Wait,
    Digest,
    Drop,
}

/// <param name="At">When a message that waits is looked at again, or the digest it waits for leaves.</param>
public readonly record struct MailVerdict(MailAction Action, Instant At);

/// <summary>Whether a message leaves now, by what its reader wants.</summary>
public static class MailDeliveryRules
{
    /// <summary>
    /// Mail that people may not arrange leaves now. What is not wanted is dropped where it may be. The rest waits for the digest or
    /// the end of quiet hours, but never past the moment it is about: who has an hour at seven hears of its end before seven.
    /// </summary>
    /// <param name="about">The moment the message is about, such as a booking's start; null when there is none.</param>
    public static MailVerdict Judge(MailKind? kind, MailPreferences wishes, Instant now, Instant? about)
    {
        var send = new MailVerdict(MailAction.Send, now);
        if (kind is null) return send;
        var wish = wishes.Of(kind.Name);
        if (wish == MailDelivery.Off && kind.MayBeOff) return new MailVerdict(MailAction.Drop, now);
        if (kind.IsHurried) return send;
        if (wish == MailDelivery.Digest && NextDigest(wishes, now) is var digest && InTime(digest, now, about)) return new MailVerdict(MailAction.Digest, digest);
        return QuietUntil(wishes, now) is { } end && InTime(end, now, about) ? new MailVerdict(MailAction.Wait, end) : send;
    }

    /// <summary>The next time the person's digest leaves, after now.</summary>
    public static Instant NextDigest(MailPreferences wishes, Instant now) => Next(wishes, wishes.DigestMinute, now);

    /// <summary>When the quiet hours end that now lies in; null outside of them. They are half-open: at their end mail leaves.</summary>
    public static Instant? QuietUntil(MailPreferences wishes, Instant now)
    {
        if (wishes.QuietFromMinute is not { } from || wishes.QuietToMinute is not { } to) return null;
        var local = now.InZone(ZoneOf(wishes)).TimeOfDay;
        var minute = (local.Hour * 60) + local.Minute;
        var quiet = from < to ? minute >= from && minute < to : minute >= from || minute < to;
        return quiet ? Next(wishes, to, now) : null;
    }

    private static bool InTime(Instant at, Instant now, Instant? about) => about is not { } moment || moment <= now || at < moment;

    private static Instant Next(MailPreferences wishes, int minute, Instant now)
    {
        var zone = ZoneOf(wishes);
        var time = LocalTime.FromMinutesSinceMidnight(minute);
        var today = now.InZone(zone).Date;
        var at = zone.AtLeniently(today + time).ToInstant();
        return at > now ? at : zone.AtLeniently(today.PlusDays(1) + time).ToInstant();
    }

    private static DateTimeZone ZoneOf(MailPreferences wishes) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(wishes.TimeZone) ?? Web.Words.DefaultZone;
}
