using InstrumentShare.Access;
using InstrumentShare.Access.Accounts;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Calendars;

/// <summary>Feeds as their owner sees them. The address itself is not kept and cannot be shown.</summary>
public sealed class FeedQueries(AppDb db, InstrumentRulesQuery rules) : IPersonalDataSource
{
    private const int Shown = 100;

    public sealed record Item(Guid Id, FeedKind Kind, string? Target, string? TargetEn, Instant CreatedAt, Instant RenewedAt, Instant? LastReadAt);

    public sealed record Named(Guid Id, string Name, string NameEn);

    string IPersonalDataSource.Name => "calendarFeeds";

    /// <summary>Live ones, the newest first.</summary>
    public async Task<IReadOnlyList<Item>> OfAsync(PersonId owner, CancellationToken cancel)
    {
        var feeds = await db.Set<CalendarFeed>().AsNoTracking().Where(f => f.PersonId == owner && f.RevokedAt == null).OrderByDescending(f => f.Id).Take(Shown)
            .Select(f => new { f.Id, f.Kind, f.TargetId, f.CreatedAt, f.RenewedAt, f.LastReadAt }).ToListAsync(cancel);
        var targets = feeds.Where(f => f.TargetId is not null).Select(f => f.TargetId!.Value).Distinct().ToList();
        var (instruments, groups) = (targets.ConvertAll(t => new InstrumentId(t)), targets.ConvertAll(t => new GroupId(t)));
        var names = await db.Set<Instrument>().Where(i => instruments.Contains(i.Id)).Select(i => new Named(i.Id.Value, i.Name, i.NameEn)).ToDictionaryAsync(n => n.Id, cancel);
        foreach (var group in await GroupsAsync(groups, cancel)) names[group.Id] = group;
        return feeds.ConvertAll(f => (f, name: f.TargetId is { } id ? names.GetValueOrDefault(id) : null)).ConvertAll(x => new Item(x.f.Id, x.f.Kind, x.name?.Name, x.name?.NameEn, x.f.CreatedAt, x.f.RenewedAt, x.f.LastReadAt));
    }

    async Task<object> IPersonalDataSource.OfAsync(PersonId personId, CancellationToken cancel) => await OfAsync(personId, cancel);

    /// <summary>The groups whose bookings the caller may subscribe to.</summary>
    public Task<List<Named>> GroupsAsync(Caller caller, CancellationToken cancel) => GroupsAsync(
        [.. caller.Groups.Concat(caller.GrantsOf(BookingPermissions.View).Where(g => g.ScopeKind == ScopeKind.Group).Select(g => new GroupId(g.ScopeId!.Value))).Distinct()], cancel);

    /// <summary>What subscribers see the feed called; null when its owner may no longer read it.</summary>
    public async Task<string?> NameAsync(CalendarFeed feed, Caller owner, Words words, CancellationToken cancel)
    {
        switch (feed.Kind)
        {
            case FeedKind.Mine: return words["feed.name.mine"];
            case FeedKind.Managed: return FeedDoor.Managed(owner).Any() ? words["feed.name.managed"] : null;
            case FeedKind.Assisted: return owner.Has(Role.Technician) ? words["feed.name.assisted"] : null;
            case FeedKind.Group:
                if (!FeedDoor.MaySeeGroup(owner, feed.TargetId!.Value)) return null;
                return (await GroupsAsync([new GroupId(feed.TargetId.Value)], cancel)).Select(g => words["feed.name.group", ("group", words.Name(g.Name, g.NameEn))]).SingleOrDefault();
            default:
                var instrument = await rules.OfAsync(new InstrumentId(feed.TargetId!.Value), cancel: cancel);
                return instrument is not null && CalendarQuery.MaySee(owner, instrument) ? words.Name(instrument.Name, instrument.NameEn) : null;
        }
    }

    private Task<List<Named>> GroupsAsync(List<GroupId> ids, CancellationToken cancel) =>
        db.Set<Group>().AsNoTracking().Where(g => ids.Contains(g.Id)).OrderBy(g => g.Id).Select(g => new Named(g.Id.Value, g.Name, g.NameEn)).ToListAsync(cancel);
}
