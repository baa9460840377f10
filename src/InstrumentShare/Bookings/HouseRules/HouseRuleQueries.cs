using InstrumentShare.Access;
using InstrumentShare.Access.Accounts;
using InstrumentShare.Bookings.Qualifications;
using InstrumentShare.Catalog;
using InstrumentShare.Catalog.Groups;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Bookings.HouseRules;

/// <summary>A document with its newest version.</summary>
public sealed record HouseRuleRow(
    HouseRuleId Id, InstitutionId InstitutionId, QualificationTarget For, bool IsActive, int Number, string Title, string TitleEn, string Text, string TextEn, string? Link, LocalDate ValidFrom, LocalDate? GraceUntil, int Readers, long Version)
{
    public Scope Scope => new(For.Kind == "instrument" ? For.Id : null, InstitutionId.Value);
}

public sealed record HouseRuleVersionRow(int Number, string Title, string TitleEn, string Text, string TextEn, string? Link, LocalDate ValidFrom, LocalDate? GraceUntil, Instant PublishedAt);

public sealed record ReaderRow(Guid PersonId, string Name, string? NameEn, string? Email, string? Institution, string? InstitutionEn, int Number, Instant ReadAt);

/// <summary>A document as its reader has it: the newest version and what they agreed to last.</summary>
public sealed record OwnHouseRule(HouseRuleRow Document, int? ReadNumber, Instant? ReadAt)
{
    public bool IsRead => ReadNumber == Document.Number;
}

/// <summary>Reads documents for those who manage them, and for those who read and agree.</summary>
public sealed class HouseRuleQueries(AppDb db, HouseRuleDocuments asked, Caller caller) : IPersonalDataSource
{
    private const int OwnRows = 200;

    private sealed record ReaderRead(Guid PersonId, string Name, string? NameEn, string? Email, string? Institution, string? InstitutionEn, int Number, DateTime ReadAt);

    string IPersonalDataSource.Name => "houseRules";

    async Task<object> IPersonalDataSource.OfAsync(PersonId personId, CancellationToken cancel) =>
        await db.Set<HouseRuleReading>().AsNoTracking().Where(r => r.PersonId == personId).OrderByDescending(r => r.ReadAt).Take(OwnRows)
            .Join(db.Set<HouseRuleVersion>(), r => new { r.HouseRuleId, r.Number }, v => new { v.HouseRuleId, v.Number }, (r, v) => new { v.Title, v.TitleEn, r.Number, r.ReadAt }).ToListAsync(cancel);

    /// <summary>The documents of the instruments in the caller's care.</summary>
    /// <param name="after">The id of the last one seen.</param>
    public async Task<PageOf<HouseRuleRow>> ListAsync(Guid? after, int limit, CancellationToken cancel)
    {
        var sight = await QualificationSight.OfAsync(db, caller, HouseRulePermissions.View, cancel);
        var query = db.Set<HouseRule>().AsNoTracking().Where(r => sight.Everything || sight.Institutions.Contains((Guid)(object)r.InstitutionId) || (r.InstrumentId != null && sight.Instruments.Contains((Guid)(object)r.InstrumentId)));
        var total = await query.OrderBy(r => r.Id).CountUpToAsync(cancel);
        if (after is { } last) query = query.Where(r => (Guid)(object)r.Id > last);
        var rows = await Shown(query.OrderBy(r => r.Id)).Take(limit + 1).ToListAsync(cancel);
        var more = rows.Count > limit;
        if (more) rows.RemoveAt(limit);
        return new PageOf<HouseRuleRow>(rows, more ? ListQuery.Encode(rows[^1].Id.Value.ToString()) : null, PageOf<HouseRuleRow>.TotalOf(total));
    }

    public Task<HouseRuleRow?> OfAsync(HouseRuleId id, CancellationToken cancel) => Shown(db.Set<HouseRule>().AsNoTracking().Where(r => r.Id == id)).SingleOrDefaultAsync(cancel);

    /// <summary>All versions of a document, the newest first.</summary>
    public Task<List<HouseRuleVersionRow>> VersionsAsync(HouseRuleId id, CancellationToken cancel) => db.Set<HouseRuleVersion>().AsNoTracking().Where(v => v.HouseRuleId == id).OrderByDescending(v => v.Number)
        .Select(v => new HouseRuleVersionRow(v.Number, v.Title, v.TitleEn, v.Text, v.TextEn, v.Link, v.ValidFrom, v.GraceUntil, v.PublishedAt)).ToListAsync(cancel);

    /// <summary>Who has read which version, the latest first.</summary>
    public async Task<PageOf<ReaderRow>> ReadersAsync(HouseRuleId id, string? cursor, int limit, CancellationToken cancel)
    {
        var (at, person, number) = ReadKey(cursor) ?? (Instant.FromUtc(9000, 1, 1, 0, 0), Guid.Empty, 0);
        var total = await db.Set<HouseRuleReading>().Where(r => r.HouseRuleId == id).OrderBy(r => r.ReadAt).CountUpToAsync(cancel);
        var rows = await db.Database.SqlQuery<ReaderRead>($"""
            SELECT p.id AS "PersonId", p.name AS "Name", p.name_en AS "NameEn", p.email AS "Email", n.name AS "Institution", n.name_en AS "InstitutionEn", r.number AS "Number", r.read_at AS "ReadAt"
            FROM house_rule_readings r JOIN people p ON p.id = r.person_id LEFT JOIN institutions n ON n.id = p.institution_id
            WHERE r.house_rule_id = {id.Value} AND (r.read_at, r.person_id, r.number) < ({at.ToDateTimeUtc()}, {person}, {number})
            ORDER BY r.read_at DESC, r.person_id DESC, r.number DESC LIMIT {limit + 1}
            """).ToListAsync(cancel);
        var more = rows.Count > limit;
        if (more) rows.RemoveAt(limit);
        var shown = rows.ConvertAll(r => new ReaderRow(r.PersonId, r.Name, r.NameEn, r.Email, r.Institution, r.InstitutionEn, r.Number, Instant.FromDateTimeUtc(r.ReadAt)));
        return new PageOf<ReaderRow>(shown, more ? ListQuery.Encode($"{InstantPattern.ExtendedIso.Format(shown[^1].ReadAt)}|{shown[^1].PersonId}|{shown[^1].Number}") : null, PageOf<ReaderRow>.TotalOf(total));
    }

    /// <summary>What an instrument asks the caller to read.</summary>
    public async Task<IReadOnlyList<OwnHouseRule>> OfInstrumentAsync(InstrumentRules instrument, CancellationToken cancel) =>
        await OwnAsync((await asked.OfAsync(instrument, cancel)).Select(a => a.Id.Value).ToList(), cancel);

    public async Task<OwnHouseRule?> OwnAsync(HouseRuleId id, CancellationToken cancel) => (await OwnAsync([id.Value], cancel)).SingleOrDefault();

    /// <summary>What the caller has agreed to so far.</summary>
    public async Task<IReadOnlyList<OwnHouseRule>> AgreedAsync(CancellationToken cancel) =>
        await OwnAsync(await db.Set<HouseRuleReading>().Where(r => r.PersonId == caller.PersonId).Select(r => r.HouseRuleId).Distinct().OrderBy(id => id).Take(OwnRows).Select(id => (Guid)(object)id).ToListAsync(cancel), cancel);

    /// <summary>What a document can be for: an institution, a group or an instrument that the caller manages.</summary>
    public async Task<IReadOnlyList<QualificationTarget>> InstitutionsAsync(CancellationToken cancel)
    {
        var sight = await QualificationSight.OfAsync(db, caller, HouseRulePermissions.Manage, cancel);
        return await db.Set<Institution>().AsNoTracking().Where(i => sight.Institutions.Contains((Guid)(object)i.Id)).OrderBy(i => i.Name).Take(OwnRows)
            .Select(i => new QualificationTarget("institution", i.Id.Value, i.Name, i.NameEn)).ToListAsync(cancel);
    }

    /// <summary>The place in the list of readers that a cursor names; null when it is not one of ours.</summary>
    public static (Instant At, Guid Person, int Number)? ReadKey(string? cursor) =>
        cursor?.Split('|') is [var at, var id, var number] && InstantPattern.ExtendedIso.Parse(at) is { Success: true } read && Guid.TryParse(id, out var person) && int.TryParse(number, out var n) ? (read.Value, person, n) : null;

    private async Task<IReadOnlyList<OwnHouseRule>> OwnAsync(List<Guid> ids, CancellationToken cancel)
    {
        if (ids.Count == 0) return [];
        var documents = await Shown(db.Set<HouseRule>().AsNoTracking().Where(r => ids.Contains((Guid)(object)r.Id)).OrderBy(r => r.Id)).ToListAsync(cancel);
        var readings = await db.Set<HouseRuleReading>().AsNoTracking().Where(r => r.PersonId == caller.PersonId && ids.Contains((Guid)(object)r.HouseRuleId)).ToListAsync(cancel);
        return documents.ConvertAll(d => readings.Where(r => r.HouseRuleId == d.Id).MaxBy(r => r.Number) is { } last ? new OwnHouseRule(d, last.Number, last.ReadAt) : new OwnHouseRule(d, null, null));
    }

    private IQueryable<HouseRuleRow> Shown(IQueryable<HouseRule> documents) =>
        from r in documents
        from v in db.Set<HouseRuleVersion>().Where(v => v.HouseRuleId == r.Id && v.Number == db.Set<HouseRuleVersion>().Where(x => x.HouseRuleId == r.Id).Max(x => x.Number))
        from n in db.Set<Institution>().Where(n => n.Id == r.InstitutionId)
        from i in db.Set<Instrument>().Where(i => i.Id == r.InstrumentId).DefaultIfEmpty()
        from g in db.Set<InstrumentGroup>().Where(g => g.Id == r.GroupId).DefaultIfEmpty()
        select new HouseRuleRow(
            r.Id, r.InstitutionId,
            i != null ? new QualificationTarget("instrument", i.Id.Value, i.Name, i.NameEn) : g != null ? new QualificationTarget("group", g.Id.Value, g.Name, g.NameEn) : new QualificationTarget("institution", n.Id.Value, n.Name, n.NameEn),
            r.IsActive, v.Number, v.Title, v.TitleEn, v.Text, v.TextEn, v.Link, v.ValidFrom, v.GraceUntil,
            db.Set<HouseRuleReading>().Count(x => x.HouseRuleId == r.Id && x.Number == v.Number), r.Version);
}
