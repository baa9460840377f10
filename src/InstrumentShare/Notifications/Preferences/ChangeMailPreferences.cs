using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Notifications.Preferences;

/// <summary>What people change of how their mail reaches them. It holds for mail that has not left yet, too.</summary>
public sealed class ChangeMailPreferences(AppDb db, MailKinds kinds, Caller caller, IClock clock)
{
    /// <param name="QuietFrom">Such as 22:00; empty, as <paramref name="QuietTo"/> then is, for no quiet hours.</param>
    /// <param name="Choices">A kind and <c>atOnce</c>, <c>digest</c> or <c>off</c>; a kind that is not named comes at once.</param>
    public sealed record Request(string? TimeZone, string? QuietFrom, string? QuietTo, string? DigestAt, int? ReminderHours, IReadOnlyDictionary<string, string?>? Choices);

    /// <summary>One's own wishes, or the defaults.</summary>
    public async Task<MailPreferences> MineAsync(CancellationToken cancel) =>
        await db.Set<MailPreferences>().AsNoTracking().SingleOrDefaultAsync(p => p.PersonId == caller.PersonId!.Value, cancel) ?? MailPreferences.For(caller.PersonId!.Value);

    public async Task<Outcome<MailPreferences>> RunAsync(Request request, long? ifVersion, CancellationToken cancel)
    {
        var problems = MailPreferenceRules.Zone(request.TimeZone).ToList();
        var quietFrom = string.IsNullOrWhiteSpace(request.QuietFrom) ? null : MailPreferenceRules.Minute(request.QuietFrom, "quietFrom", problems);
        var quietTo = string.IsNullOrWhiteSpace(request.QuietTo) ? null : MailPreferenceRules.Minute(request.QuietTo, "quietTo", problems);
        var digest = MailPreferenceRules.Minute(request.DigestAt, "digestAt", problems);
        if (problems.All(p => p.Field is not ("quietFrom" or "quietTo"))) problems.AddRange(MailPreferenceRules.Quiet(quietFrom, quietTo));
        problems.AddRange(MailPreferenceRules.Reminder(request.ReminderHours));
        var choices = new Dictionary<string, MailDelivery>(StringComparer.Ordinal);
        foreach (var (name, word) in request.Choices ?? new Dictionary<string, string?>())
            if (MailPreferenceRules.Choice(kinds.Find(name), name, word, problems) is { } wish and not MailDelivery.AtOnce) choices[name] = wish;
        if (problems.Count > 0) return problems;

        var me = caller.PersonId!.Value;
        var wishes = await db.Set<MailPreferences>().SingleOrDefaultAsync(p => p.PersonId == me, cancel);
        if (ifVersion is { } seen && seen != (wishes?.Version ?? 0)) return Problem.Stale();
        var before = wishes is null ? null : Facts(wishes);
        if (wishes is null) db.Add(wishes = MailPreferences.For(me));
        (wishes.TimeZone, wishes.QuietFromMinute, wishes.QuietToMinute) = (request.TimeZone!, quietFrom, quietTo);
        (wishes.DigestMinute, wishes.ReminderHours, wishes.Choices) = (digest!.Value, (short)request.ReminderHours!.Value, choices);
        wishes.Version++;
        caller.Audit(db, clock.GetCurrentInstant(), "mail-preferences.changed", "person", me.Value.ToString(), before, Facts(wishes));
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException failure) when (failure is DbUpdateConcurrencyException || failure.InnerException is Npgsql.PostgresException { SqlState: Npgsql.PostgresErrorCodes.UniqueViolation })
        {
            return Problem.Stale();
        }

        return wishes;
    }

    private static object Facts(MailPreferences p) => new { p.TimeZone, p.QuietFromMinute, p.QuietToMinute, p.DigestMinute, p.ReminderHours, Choices = p.Choices.OrderBy(c => c.Key, StringComparer.Ordinal).ToDictionary() };
}
