using InstrumentShare.Access;
using InstrumentShare.Access.Accounts;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using InstrumentShare.Usage;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Integrity;

/// <param name="Counts">Whether the points are part of the score now: neither taken back nor expired.</param>
public sealed record CreditRow(
    Guid Id, Guid BookingId, Guid InstrumentId, string InstrumentName, string InstrumentNameEn, string Person, CreditEvent Event, int Points, int RuleVersion, Instant OccurredAt, Instant? ExpiresAt,
    Instant EnteredAt, bool Reversed, CreditReversal? ReversalReason, bool Counts, AppealRow? Appeal);

public sealed record AppealRow(Guid Id, AppealStatus Status, string Reason, Instant StatedAt, Instant DecideBy, string? DecisionReason);

public sealed record CreditAccount(int Score, string Name, string NameEn, IReadOnlyList<CreditRow> Entries);

public sealed record WaitingAppeal(
    Guid Id, Guid BookingId, string InstrumentName, string InstrumentNameEn, string Person, CreditEvent Event, int Points, Instant OccurredAt, string Reason, Instant DecideBy, bool IsOverdue, bool MayDecide);

/// <summary>Credit as people read it: a score, and every entry behind it.</summary>
public sealed class CreditQueries(AppDb db, InstrumentRulesQuery rules, Caller caller, IClock clock) : IPersonalDataSource
{
    public const int Most = 500;

    string IPersonalDataSource.Name => "credit";

    public async Task<object> OfAsync(PersonId personId, CancellationToken cancel) => await db.Set<CreditEntry>().AsNoTracking().Where(e => e.PersonId == personId).OrderBy(e => e.Id).Take(10_000).ToListAsync(cancel);

    public async Task<CreditAccount> OwnAsync(CancellationToken cancel)
    {
        var me = caller.PersonId!.Value;
        return await AccountAsync(db.Set<CreditEntry>().Where(e => e.PersonId == me), caller.Name, caller.Name, cancel);
    }

    /// <summary>Null when the group's credit is not the caller's to know.</summary>
    public async Task<CreditAccount?> OfGroupAsync(GroupId id, CancellationToken cancel)
    {
        var group = await db.Set<Group>().AsNoTracking().SingleOrDefaultAsync(g => g.Id == id, cancel);
        if (group is null || !caller.May(IntegrityPermissions.View, new Scope(InstitutionId: group.InstitutionId.Value, GroupId: id.Value))) return null;
        return await AccountAsync(db.Set<CreditEntry>().Where(e => e.GroupId == id), group.Name, group.NameEn, cancel);
    }

    /// <summary>The groups whose credit the caller sees by leading them.</summary>
    public async Task<IReadOnlyList<Group>> LedAsync(CancellationToken cancel)
    {
        var ids = caller.GrantsOf(IntegrityPermissions.View).Where(g => g.ScopeKind == ScopeKind.Group).Select(g => new GroupId(g.ScopeId!.Value)).ToList();
        return ids.Count == 0 ? [] : await db.Set<Group>().AsNoTracking().Where(g => ids.Contains(g.Id)).OrderBy(g => g.Name).ThenBy(g => g.Id).Take(Most).ToListAsync(cancel);
    }

    /// <summary>Appeals that wait for a decision about the caller's instruments, the nearest deadline first.</summary>
    public async Task<IReadOnlyList<WaitingAppeal>> WaitingAsync(CancellationToken cancel)
    {
        var (sight, now) = (await Sight.OfAsync(db, caller, IntegrityPermissions.View, cancel), clock.GetCurrentInstant());
        var (instruments, owners) = (sight.Instruments.Select(i => new InstrumentId(i)).ToList(), sight.Owners.Select(i => new InstitutionId(i)).ToList());
        var rows = await (
            from a in db.Set<CreditAppeal>().AsNoTracking()
            where a.Status == AppealStatus.Open && (sight.Everything || instruments.Contains(a.InstrumentId) || owners.Contains(a.InstitutionId))
            join e in db.Set<CreditEntry>() on a.EntryId equals e.Id
            orderby a.DecideBy, a.Id
            select new { a, e }).Take(Most).ToListAsync(cancel);
        var (places, people) = (await rules.ManyAsync(rows.Select(r => r.a.InstrumentId), cancel), await NamesAsync(rows.Select(r => r.a.PersonId), cancel));
        return
        [
            .. rows.Select(r => (r.a, r.e, Place: places[r.a.InstrumentId])).Select(r => new WaitingAppeal(
                r.a.Id.Value, r.e.CauseId, r.Place.Name, r.Place.NameEn, people[r.a.PersonId.Value], r.e.Event, r.e.Points, r.e.OccurredAt, r.a.Reason, r.a.DecideBy, r.a.DecideBy < now,
                r.a.PersonId != caller.PersonId && caller.May(IntegrityPermissions.Decide, r.Place.Scope))),
        ];
    }

    private async Task<CreditAccount> AccountAsync(IQueryable<CreditEntry> of, string name, string nameEn, CancellationToken cancel)
    {
        var now = clock.GetCurrentInstant();
        var standing = of.Where(e => e.ReversesId == null && e.ReversedBy == null && (e.ExpiresAt == null || e.ExpiresAt > now));
        var sum = await standing.SumAsync(e => e.Points, cancel);
        var rows = await of.AsNoTracking().Where(e => e.ReversesId == null).OrderByDescending(e => e.OccurredAt).ThenByDescending(e => e.Id).Take(Most).ToListAsync(cancel);
        var (places, people) = (await rules.ManyAsync(rows.Select(e => e.InstrumentId), cancel), await NamesAsync(rows.Select(e => e.PersonId), cancel));
        var ids = rows.Select(e => e.Id).ToList();
        var reversed = rows.Where(e => e.ReversedBy is not null).Select(e => (CreditEntryId?)e.Id).ToList();
        var reversals = await db.Set<CreditEntry>().AsNoTracking().Where(e => reversed.Contains(e.ReversesId)).ToDictionaryAsync(e => e.ReversesId!.Value, e => e.ReversalReason, cancel);
        var appeals = await db.Set<CreditAppeal>().AsNoTracking().Where(a => ids.Contains(a.EntryId)).ToDictionaryAsync(a => a.EntryId, cancel);
        return new CreditAccount(CreditRules.Score([sum]), name, nameEn,
        [
            .. rows.Select(e => new CreditRow(
                e.Id.Value, e.CauseId, e.InstrumentId.Value, places[e.InstrumentId].Name, places[e.InstrumentId].NameEn, people[e.PersonId.Value], e.Event, e.Points, e.RuleVersion, e.OccurredAt, e.ExpiresAt,
                e.EnteredAt, e.ReversedBy is not null, reversals.GetValueOrDefault(e.Id), e.ReversedBy is null && !(e.ExpiresAt <= now),
                appeals.GetValueOrDefault(e.Id) is { } a ? new AppealRow(a.Id.Value, a.Status, a.Reason, a.StatedAt, a.DecideBy, a.DecisionReason) : null)),
        ]);
    }

    private async Task<Dictionary<Guid, string>> NamesAsync(IEnumerable<PersonId> of, CancellationToken cancel)
    {
        var ids = of.Select(p => p.Value).Distinct().ToArray();
        return await db.Set<Person>().AsNoTracking().Where(p => ids.Contains(p.Id)).Select(p => new { p.Id, p.Name }).ToDictionaryAsync(p => p.Id, p => p.Name, cancel);
    }
}
