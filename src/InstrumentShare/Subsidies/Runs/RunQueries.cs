using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Subsidies.Engine;
using InstrumentShare.Subsidies.Language;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Subsidies;

/// <summary>Which lines of a run: of an institution's instruments, of a beneficiary, counted or excluded.</summary>
public sealed record LineFilter(Guid? Institution = null, BeneficiaryKind? Kind = null, Guid? Beneficiary = null, bool? Excluded = null);

public sealed record EntryRow(BeneficiaryKind Kind, Guid BeneficiaryId, string Name, string NameEn, Payer Payer, long SumFen, long CappedFen, long PaidFen, IReadOnlyList<string> CapsHit);

public sealed record LineRow(RunLine Line, string Instrument, string InstrumentEn, string Beneficiary, string BeneficiaryEn);

/// <summary>The read side of runs. A run outside the caller's regions is as if it were not there.</summary>
public sealed class RunQueries(AppDb db, Caller caller)
{
    public async Task<SubsidyRun?> FindAsync(SubsidyRunId id, CancellationToken cancel)
    {
        var run = await db.Set<SubsidyRun>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancel);
        return run is not null && caller.May(SubsidyPermissions.Read, run.Scope) ? run : null;
    }

    /// <summary>The newest runs first, of the caller's regions. The cursor is the place in that order.</summary>
    public async Task<PageOf<SubsidyRun>> ListAsync(int limit, string? cursor, CancellationToken cancel)
    {
        var runs = db.Set<SubsidyRun>().AsNoTracking();
        if (!caller.GrantsOf(SubsidyPermissions.Read).Any(g => g.ScopeKind == ScopeKind.All))
        {
            var regions = caller.GrantsOf(SubsidyPermissions.Read).Where(g => g.ScopeRegion is not null).Select(g => g.ScopeRegion!.Value.Code).ToList();
            var policies = await db.Set<PolicyText>().Select(p => p.Region).Distinct().ToListAsync(cancel);
            var mine = policies.Where(p => regions.Any(r => new Region(r).Covers(p))).ToList();
            runs = runs.Where(r => mine.Contains(r.Region));
        }

        var total = await runs.Take(PageOf<SubsidyRun>.CountedUpTo + 1).CountAsync(cancel);
        var skip = int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place : 0;
        var rows = await runs.OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.Id).Skip(skip).Take(limit + 1).ToListAsync(cancel);
        var next = rows.Count > limit ? ListQuery.Encode((skip + limit).ToString(CultureInfo.InvariantCulture)) : null;
        return new PageOf<SubsidyRun>([.. rows.Take(limit)], next, PageOf<SubsidyRun>.TotalOf(total));
    }

    /// <summary>Entries by amount paid, the largest first. The cursor is the place in that order.</summary>
    public async Task<PageOf<EntryRow>> EntriesAsync(SubsidyRunId id, int limit, string? cursor, CancellationToken cancel)
    {
        var all = db.Set<RunEntry>().AsNoTracking().Where(e => e.RunId == id);
        var total = await all.Take(PageOf<EntryRow>.CountedUpTo + 1).CountAsync(cancel);
        var skip = int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place : 0;
        var entries = await all.OrderByDescending(e => e.PaidFen).ThenBy(e => e.Kind).ThenBy(e => e.BeneficiaryId).ThenBy(e => e.Payer).Skip(skip).Take(limit + 1).ToListAsync(cancel);
        var next = entries.Count > limit ? ListQuery.Encode((skip + limit).ToString(CultureInfo.InvariantCulture)) : null;
        entries = [.. entries.Take(limit)];
        var names = await NamesAsync([.. entries.Select(e => e.BeneficiaryId)], cancel);
        return new PageOf<EntryRow>(
            [.. entries.Select(e => new EntryRow(e.Kind, e.BeneficiaryId, names.Of(e.BeneficiaryId).Name, names.Of(e.BeneficiaryId).NameEn, e.Payer, e.SumFen, e.CappedFen, e.PaidFen, e.CapsHit))],
            next,
            PageOf<EntryRow>.TotalOf(total));
    }

    /// <summary>The institutions whose services a run looked at, by name, at most so many.</summary>
    public async Task<IReadOnlyList<(Guid Id, string Name, string NameEn)>> InstitutionsAsync(SubsidyRunId id, int limit, CancellationToken cancel)
    {
        var ids = await db.Set<RunInstrument>().Where(i => i.RunId == id).Select(i => i.InstitutionId).Distinct().Take(limit).ToListAsync(cancel);
        var rows = await db.Set<Institution>().AsNoTracking().Where(i => ids.Contains(i.Id)).OrderBy(i => i.Name).Select(i => new { i.Id, i.Name, i.NameEn }).ToListAsync(cancel);
        return [.. rows.Select(r => (r.Id.Value, r.Name, r.NameEn))];
    }

    public Task<List<RunConfirmation>> ConfirmationsAsync(SubsidyRunId id, CancellationToken cancel) =>
        db.Set<RunConfirmation>().AsNoTracking().Where(c => c.RunId == id).OrderBy(c => c.Figure).ToListAsync(cancel);

    public async Task<PageOf<LineRow>> LinesAsync(SubsidyRunId id, LineFilter filter, int limit, string? cursor, CancellationToken cancel)
    {
        var lines = db.Set<RunLine>().AsNoTracking().Where(l => l.RunId == id);
        if (filter.Institution is { } institution) lines = lines.Where(l => l.InstitutionId == InstitutionId.From(institution));
        if (filter.Kind is { } kind) lines = lines.Where(l => l.BeneficiaryKind == kind);
        if (filter is { Beneficiary: { } beneficiary, Kind: BeneficiaryKind.User }) lines = lines.Where(l => l.UserId == beneficiary && l.BeneficiaryKind == BeneficiaryKind.User);
        else if (filter.Beneficiary is { } owner) lines = lines.Where(l => l.InstitutionId == InstitutionId.From(owner));
        if (filter.Excluded is { } excluded) lines = lines.Where(l => l.Reasons != 0 == excluded);
        var total = await lines.Take(PageOf<LineRow>.CountedUpTo + 1).CountAsync(cancel);
        if (int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var last)) lines = lines.Where(l => l.Number > last);
        var rows = await lines.OrderBy(l => l.Number).Take(limit + 1).ToListAsync(cancel);
        var next = rows.Count > limit ? ListQuery.Encode(rows[limit - 1].Number.ToString(CultureInfo.InvariantCulture)) : null;
        return new PageOf<LineRow>(await NamedAsync([.. rows.Take(limit)], cancel), next, PageOf<LineRow>.TotalOf(total));
    }

    public async Task<LineRow?> LineAsync(SubsidyRunId id, int number, CancellationToken cancel)
    {
        var line = await db.Set<RunLine>().AsNoTracking().SingleOrDefaultAsync(l => l.RunId == id && l.Number == number, cancel);
        return line is null ? null : (await NamedAsync([line], cancel))[0];
    }

    private async Task<IReadOnlyList<LineRow>> NamedAsync(IReadOnlyList<RunLine> lines, CancellationToken cancel)
    {
        var names = await NamesAsync([.. lines.Select(BeneficiaryOf)], cancel);
        var ids = lines.Select(l => InstrumentId.From(l.InstrumentId)).Distinct().ToList();
        var instruments = await db.Set<Instrument>().AsNoTracking().Where(i => ids.Contains(i.Id)).Select(i => new { i.Id, i.Name, i.NameEn }).ToDictionaryAsync(i => i.Id, cancel);
        return [.. lines.Select(l =>
        {
            var instrument = instruments.GetValueOrDefault(InstrumentId.From(l.InstrumentId));
            var beneficiary = names.Of(BeneficiaryOf(l));
            return new LineRow(l, instrument?.Name ?? "", instrument?.NameEn ?? "", beneficiary.Name, beneficiary.NameEn);
        })];
    }

    internal static Guid BeneficiaryOf(RunLine line) => line.BeneficiaryKind == BeneficiaryKind.Institution ? line.InstitutionId.Value : line.UserId ?? default;

    private async Task<PartyNames> NamesAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancel)
    {
        var institutionIds = ids.Distinct().Select(InstitutionId.From).ToList();
        var names = await db.Set<Institution>().AsNoTracking().Where(i => institutionIds.Contains(i.Id)).ToDictionaryAsync(i => i.Id.Value, i => (i.Name, i.NameEn), cancel);
        var others = ids.Where(i => !names.ContainsKey(i)).Distinct().ToList();
        foreach (var person in await db.Set<Person>().AsNoTracking().Where(p => others.Contains(p.Id)).Select(p => new { p.Id, p.Name }).ToListAsync(cancel))
            names[person.Id] = (person.Name, person.Name);
        return new PartyNames(names);
    }

    private sealed record PartyNames(Dictionary<Guid, (string Name, string NameEn)> ById)
    {
        public (string Name, string NameEn) Of(Guid id) => ById.GetValueOrDefault(id, (id.ToString(), id.ToString()));
    }
}
