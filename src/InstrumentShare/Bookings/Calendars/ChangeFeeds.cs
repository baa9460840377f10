using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Calendars;

/// <summary>Makes, renews and ends one's own feeds. An address is in the answer that makes it and nowhere else.</summary>
public sealed class ChangeFeeds(AppDb db, CalendarQuery calendar, Caller caller, IClock clock)
{
    public const int MaxLive = 20;

    /// <param name="Kind">A word of <see cref="FeedKind"/>.</param>
    public sealed record Request(string? Kind, Guid? InstrumentId = null, Guid? GroupId = null);

    public async Task<Outcome<(CalendarFeed Feed, string Token)>> CreateAsync(Request request, CancellationToken cancel)
    {
        // A key could otherwise read through a feed what its own permissions keep from it, and for longer than it lives.
        if (caller.IsKey) return Problem.Forbidden("feed.by-key");
        if (!Word.TryParse<FeedKind>(request.Kind, out var kind)) return Problem.Invalid("feed.kind", "kind", ("value", request.Kind), ("known", string.Join(", ", Word.All<FeedKind>())));
        var target = kind switch { FeedKind.Instrument => request.InstrumentId, FeedKind.Group => request.GroupId, _ => null };
        if (await RefusedAsync(kind, target, cancel) is { } refused) return refused;

        var (owner, now) = (caller.PersonId!.Value, clock.GetCurrentInstant());
        if (await db.Set<CalendarFeed>().CountAsync(f => f.PersonId == owner && f.RevokedAt == null, cancel) >= MaxLive) return Problem.Refused("feed.too-many", null, ("max", MaxLive));
        var (token, prefix, hash) = FeedToken.Create();
        var feed = new CalendarFeed { PersonId = owner, Kind = kind, TargetId = target, Prefix = prefix, SecretHash = hash, CreatedAt = now, RenewedAt = now, ChangedAt = now };
        db.Add(feed);
        caller.Audit(db, now, "feed.created", "calendarFeed", feed.Id.ToString(), after: new { feed.Kind, feed.TargetId });
        await db.SaveChangesAsync(cancel);
        return (feed, token);
    }

    /// <summary>A new address for the same feed; the old one ends at once.</summary>
    public async Task<Outcome<(CalendarFeed Feed, string Token)>> RenewAsync(Guid id, CancellationToken cancel)
    {
        if (caller.IsKey) return Problem.Forbidden("feed.by-key");
        if (await MineAsync(id, cancel) is not { RevokedAt: null } feed) return Problem.NotFound();
        var (token, prefix, hash) = FeedToken.Create();
        (feed.Prefix, feed.SecretHash, feed.RenewedAt, feed.LastReadAt) = (prefix, hash, clock.GetCurrentInstant(), null);
        caller.Audit(db, feed.RenewedAt, "feed.renewed", "calendarFeed", feed.Id.ToString());
        await db.SaveChangesAsync(cancel);
        return (feed, token);
    }

    /// <summary>Ends a feed at once. Doing it again changes nothing.</summary>
    public async Task<Outcome<Done>> RevokeAsync(Guid id, CancellationToken cancel)
    {
        if (await MineAsync(id, cancel) is not { } feed) return Problem.NotFound();
        if (feed.RevokedAt is not null) return new Done();
        feed.RevokedAt = clock.GetCurrentInstant();
        caller.Audit(db, feed.RevokedAt.Value, "feed.revoked", "calendarFeed", feed.Id.ToString());
        await db.SaveChangesAsync(cancel);
        return new Done();
    }

    private Task<CalendarFeed?> MineAsync(Guid id, CancellationToken cancel) => db.Set<CalendarFeed>().SingleOrDefaultAsync(f => f.Id == id && f.PersonId == caller.PersonId!.Value, cancel);

    private async Task<Problem?> RefusedAsync(FeedKind kind, Guid? target, CancellationToken cancel) => kind switch
    {
        FeedKind.Managed when !FeedDoor.Managed(caller).Any() => Problem.Refused("feed.nothing-managed", "kind"),
        FeedKind.Assisted when !caller.Has(Role.Technician) => Problem.Refused("feed.not-technician", "kind"),
        FeedKind.Group when target is null || !FeedDoor.MaySeeGroup(caller, target.Value) => Problem.NotFound() with { Field = "groupId" },
        FeedKind.Instrument when target is null || await calendar.InstrumentAsync(new InstrumentId(target.Value), cancel) is null => Problem.NotFound() with { Field = "instrumentId" },
        _ => null,
    };
}
