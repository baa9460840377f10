using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Catalog.Groups;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Qualifications;

/// <param name="Kind">instrument or group.</param>
public sealed record QualificationTarget(string Kind, Guid Id, string Name, string NameEn);

public sealed record QualificationRow(
    QualificationId Id, InstitutionId InstitutionId, QualificationTarget For, string Name, string NameEn, string Description, QualificationLevel RequiredLevel, int? ValidMonths, bool BookBeforeTraining, bool IsActive, int Holders, long Version)
{
    public Scope Scope => new(For.Kind == "instrument" ? For.Id : null, InstitutionId.Value);
}

/// <summary>Reads qualifications for those whose role covers them.</summary>
public sealed class QualificationQueries(AppDb db, Caller caller, IClock clock)
{
    private const int OfferedTargets = 200;

    /// <param name="permission">Which of the caller's permissions must cover them.</param>
    /// <param name="after">The id of the last one seen.</param>
    public async Task<PageOf<QualificationRow>> ListAsync(string permission, InstrumentId? instrument, Guid? after, int limit, CancellationToken cancel)
    {
        var sight = await QualificationSight.OfAsync(db, caller, permission, cancel);
        var query = db.Set<Qualification>().AsNoTracking().Where(q => sight.Everything || sight.Institutions.Contains((Guid)(object)q.InstitutionId) || (q.InstrumentId != null && sight.Instruments.Contains((Guid)(object)q.InstrumentId)));
        if (instrument is { } id)
            query = query.Where(q => q.InstrumentId == id || db.Set<InstrumentGroupMember>().Any(m => m.InstrumentId == id && m.GroupId == q.GroupId));
        var total = await query.OrderBy(q => q.Id).CountUpToAsync(cancel);
        if (after is { } last) query = query.Where(q => (Guid)(object)q.Id > last);
        var rows = await Shown(query.OrderBy(q => q.Id)).Take(limit + 1).ToListAsync(cancel);
        var more = rows.Count > limit;
        if (more) rows.RemoveAt(limit);
        return new PageOf<QualificationRow>(rows, more ? ListQuery.Encode(rows[^1].Id.Value.ToString()) : null, PageOf<QualificationRow>.TotalOf(total));
    }

    /// <summary>Null when it is not the caller's to see.</summary>
    public async Task<QualificationRow?> OfAsync(QualificationId id, CancellationToken cancel) =>
        await Shown(db.Set<Qualification>().AsNoTracking().Where(q => q.Id == id)).SingleOrDefaultAsync(cancel) is { } row && caller.May(QualificationPermissions.View, row.Scope) ? row : null;

    /// <summary>What a new qualification can be for: the groups and instruments that the caller manages, groups first, by name.</summary>
    public async Task<IReadOnlyList<QualificationTarget>> TargetsAsync(CancellationToken cancel, string permission = QualificationPermissions.Manage)
    {
        var sight = await QualificationSight.OfAsync(db, caller, permission, cancel);
        var groups = await db.Set<InstrumentGroup>().AsNoTracking().Where(g => g.IsActive && (sight.Everything || sight.Institutions.Contains((Guid)(object)g.InstitutionId)))
            .OrderBy(g => g.Name).Take(OfferedTargets).Select(g => new QualificationTarget("group", g.Id.Value, g.Name, g.NameEn)).ToListAsync(cancel);
        var instruments = await db.Set<Instrument>().AsNoTracking().Where(i => sight.Everything || sight.Institutions.Contains((Guid)(object)i.InstitutionId) || sight.Instruments.Contains((Guid)(object)i.Id))
            .OrderBy(i => i.Name).ThenBy(i => i.InnerId).Take(OfferedTargets).Select(i => new QualificationTarget("instrument", i.Id.Value, i.Name + " " + i.InnerId, i.NameEn + " " + i.InnerId)).ToListAsync(cancel);
        return [.. groups, .. instruments];
    }

    /// <summary>The instruments of a qualification, which its trainings may use.</summary>
    public async Task<IReadOnlyList<QualificationTarget>> InstrumentsAsync(QualificationRow qualification, CancellationToken cancel)
    {
        if (qualification.For.Kind == "instrument") return [qualification.For];
        var group = new InstrumentGroupId(qualification.For.Id);
        return await db.Set<InstrumentGroupMember>().AsNoTracking().Where(m => m.GroupId == group).Join(db.Set<Instrument>(), m => m.InstrumentId, i => i.Id, (_, i) => i)
            .OrderBy(i => i.Name).Take(OfferedTargets).Select(i => new QualificationTarget("instrument", i.Id.Value, i.Name + " " + i.InnerId, i.NameEn + " " + i.InnerId)).ToListAsync(cancel);
    }

    private IQueryable<QualificationRow> Shown(IQueryable<Qualification> qualifications)
    {
        var today = clock.GetCurrentInstant().InZone(Words.DefaultZone).Date;
        return from q in qualifications
               from i in db.Set<Instrument>().Where(i => i.Id == q.InstrumentId).DefaultIfEmpty()
               from g in db.Set<InstrumentGroup>().Where(g => g.Id == q.GroupId).DefaultIfEmpty()
               select new QualificationRow(
                   q.Id, q.InstitutionId, i != null ? new QualificationTarget("instrument", i.Id.Value, i.Name, i.NameEn) : new QualificationTarget("group", g!.Id.Value, g.Name, g.NameEn),
                   q.Name, q.NameEn, q.Description, q.RequiredLevel, q.ValidMonths, q.BookBeforeTraining, q.IsActive,
                   db.Set<Certificate>().Where(c => c.QualificationId == q.Id && c.RevokedAt == null && (c.ValidTo == null || c.ValidTo >= today)).Select(c => c.PersonId).Distinct().Count(), q.Version);
    }
}
