using System.Globalization;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Notifications.Preferences;

/// <summary>What may be wished for.</summary>
public static class MailPreferenceRules
{
    public const short DefaultReminderHours = 24;
    public const int MaxReminderHours = 72;

    private static readonly LocalTimePattern Clock = LocalTimePattern.CreateWithInvariantCulture("HH:mm");

    /// <summary>A zone of the IANA list.</summary>
    public static IEnumerable<Problem> Zone(string? zone)
    {
        if (zone is null || DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is null) yield return Problem.Invalid("mail-preferences.time-zone", "timeZone", ("value", zone));
    }

    /// <summary>The minute of the day of a time such as 22:30; null, with a problem, for anything else.</summary>
    public static short? Minute(string? time, string field, List<Problem> problems)
    {
        if (time is not null && Clock.Parse(time.Trim()) is { Success: true } parsed) return (short)((parsed.Value.Hour * 60) + parsed.Value.Minute);
        problems.Add(Problem.Invalid("mail-preferences.time", field, ("value", time)));
        return null;
    }

    public static string Time(int minute) => Clock.Format(LocalTime.FromMinutesSinceMidnight(minute));

    /// <summary>Both ends or neither, and not the same.</summary>
    public static IEnumerable<Problem> Quiet(short? from, short? to)
    {
        if ((from is null) != (to is null)) yield return Problem.Invalid("mail-preferences.quiet-half", from is null ? "quietFrom" : "quietTo");
        else if (from is not null && from == to) yield return Problem.Invalid("mail-preferences.quiet-same", "quietTo");
    }

    /// <summary>1 to 72 hours.</summary>
    public static IEnumerable<Problem> Reminder(int? hours)
    {
        if (hours is null or < 1 or > MaxReminderHours)
            yield return Problem.Invalid("mail-preferences.reminder-hours", "reminderHours", ("value", hours?.ToString(CultureInfo.InvariantCulture)), ("max", MaxReminderHours));
    }

    /// <summary>The wish for one kind; null, with a problem, where it is none or may not be had.</summary>
    public static MailDelivery? Choice(MailKind? kind, string name, string? word, List<Problem> problems)
    {
        var field = $"choices.{name}";
        if (kind is null) problems.Add(Problem.Invalid("mail-preferences.kind", field, ("value", name)));
        else if (!Word.TryParse<MailDelivery>(word, out var wish)) problems.Add(Problem.Invalid("mail-preferences.choice", field, ("value", word), ("known", string.Join(", ", Word.All<MailDelivery>()))));
        else if (wish == MailDelivery.Off && !kind.MayBeOff) problems.Add(Problem.Invalid("mail-preferences.not-off", field, ("value", name)));
        else if (wish == MailDelivery.Digest && kind.IsHurried) problems.Add(Problem.Invalid("mail-preferences.not-digest", field, ("value", name)));
        else return wish;
        return null;
    }
}
