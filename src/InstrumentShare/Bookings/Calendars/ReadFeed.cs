using System.Security.Cryptography;
using System.Text;
using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Notifications;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NodaTime;

namespace InstrumentShare.Bookings.Calendars;

/// <summary>
/// What a calendar program gets for a secret address: what its owner may see now, from 31 days back to 180 ahead. Whoever has the
/// address reads it without signing in, so an owner who is gone, or may no longer, ends it.
/// </summary>
public sealed class ReadFeed(AppDb db, FeedEvents events, FeedQueries feeds, PersonAccessQuery people, PermissionCatalog permissions, WordCatalog catalog, IOptions<MailOptions> mail, IClock clock)
{
    private const int DaysBack = 31;
    private const int DaysAhead = 180;
    private const int RefreshMinutes = 60;

    /// <param name="ChangedAt">When what it says was first seen to have changed.</param>
    public sealed record Answer(string Text, string ETag, Instant ChangedAt);

    /// <summary>Null for an address that is unknown, renewed, revoked or no longer its owner's to read; all alike.</summary>
    public async Task<Answer?> RunAsync(string token, CancellationToken cancel)
    {
        if (FeedToken.Read(token) is not var (prefix, secret)) return null;
        var feed = await db.Set<CalendarFeed>().SingleOrDefaultAsync(f => f.Prefix == prefix, cancel);
        if (!FeedToken.Matches(secret, feed) || feed!.RevokedAt is not null) return null;
        if (await people.OfAsync(feed.PersonId, cancel) is not { } access) return null;
        var (owner, words, now) = (Caller.For(access, permissions), new Words(catalog, access.Language), clock.GetCurrentInstant());
        if (await feeds.NameAsync(feed, owner, words, cancel) is not { } name) return null;

        var today = Instant.FromUnixTimeTicks(now.ToUnixTimeTicks() - (now.ToUnixTimeTicks() % NodaConstants.TicksPerDay));
        var range = new TimeSlot(today - Duration.FromDays(DaysBack), today + Duration.FromDays(DaysAhead));
        var file = new CalendarFile(CalendarMethod.Publish, MailCalendar.OrganizerOf(mail.Value), await events.OfAsync(feed, owner, range, words, NodaConstants.UnixEpoch, cancel))
        {
            Name = name, RefreshMinutes = RefreshMinutes, Range = range,
        };
        await RememberAsync(feed, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(file.Write(NodaConstants.UnixEpoch)))), now, cancel);

        // Stamped with the time of the change and not of the reading, so that what has not changed reads the same.
        var stamped = file with { Events = [.. file.Events.Select(e => e with { StampedAt = feed.ChangedAt })] };
        return new Answer(stamped.Write(feed.ChangedAt), feed.ContentDigest!, feed.ChangedAt);
    }

    private async Task RememberAsync(CalendarFeed feed, string digest, Instant now, CancellationToken cancel)
    {
        if (feed.ContentDigest != digest) (feed.ContentDigest, feed.ChangedAt) = (digest, now);
        // Once a minute is precise enough and keeps the row from being written by every reading.
        if (feed.LastReadAt is null || now - feed.LastReadAt > Duration.FromMinutes(1)) feed.LastReadAt = now;
        await db.SaveChangesAsync(cancel);
    }
}
