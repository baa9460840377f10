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
public sealed record LineFilter(Guid? Institution = null, BeneficiaryKind? Kind = null, Guid? Beneficiary = null, bool? Excluded = null)
{
    /// <summary>The beneficiary, when it is a user.</summary>
    public Guid? User => Kind is BeneficiaryKind.User ? Beneficiary : null;

    /// <summary>The beneficiary, when it is not: then all lines of its instruments.</summary>
    public Guid? Owner => Kind is BeneficiaryKind.User ? null : Beneficiary;

    /// <summary>Whether a line of the right institution is one of those.</summary>
    public bool Takes(RunLine line) =>
        (Kind is not { } kind || line.BeneficiaryKind == kind) && (User is not { } user || line.UserId == user) && (Excluded is not { } excluded || line.Reasons != Reasons.None == excluded);
}

public sealed record EntryRow(BeneficiaryKind Kind, Guid BeneficiaryId, string Name, string NameEn, Payer Payer, long SumFen, long CappedFen, long PaidFen, IReadOnlyList<string> CapsHit);

public sealed record LineRow(RunLine Line, string Instrument, string InstrumentEn, string Beneficiary, string BeneficiaryEn);

/// <summary>The read side of runs. A run outside the caller's regions is as if it were not there.</summary>
public sealed class RunQueries(AppDb db, PolicyLibrary library, Caller caller)
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

        var listed = runs.OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.Id);
        var total = await listed.CountUpToAsync(cancel);
        var skip = int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place : 0;
        var rows = await listed.Skip(skip).Take(limit + 1).ToListAsync(cancel);
        var next = rows.Count > limit ? ListQuery.Encode((skip + limit).ToString(CultureInfo.InvariantCulture)) : null;
        return new PageOf<SubsidyRun>([.. rows.Take(limit)], next, PageOf<SubsidyRun>.TotalOf(total));
    }

    /// <summary>Entries by amount paid, the largest first. The cursor is the place in that order.</summary>
    public async Task<PageOf<EntryRow>> EntriesAsync(SubsidyRunId id, int limit, string? cursor, CancellationToken cancel)
    {
        var all = db.Set<RunEntry>().AsNoTracking().Where(e => e.RunId == id).OrderByDescending(e => e.PaidFen).ThenBy(e => e.Kind).ThenBy(e => e.BeneficiaryId).ThenBy(e => e.Payer);
        var total = await all.CountUpToAsync(cancel);
        var skip = int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place : 0;
        var entries = await all.Skip(skip).Take(limit + 1).ToListAsync(cancel);
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
        var rows = await db.Set<Institution>().AsNoTracking().Where(i => db.Set<RunBlock>().Any(b => b.RunId == id && b.InstitutionId == i.Id)).OrderBy(i => i.Name).Take(limit).Select(i => new { i.Id, i.Name, i.NameEn }).ToListAsync(cancel);
        return [.. rows.Select(r => (r.Id.Value, r.Name, r.NameEn))];
    }

    public Task<List<RunConfirmation>> ConfirmationsAsync(SubsidyRunId id, CancellationToken cancel) =>
        db.Set<RunConfirmation>().AsNoTracking().Where(c => c.RunId == id).OrderBy(c => c.Figure).ToListAsync(cancel);

    /// <summary>Lines in their order. Only the blocks are read that hold what is looked for; the cursor is the last line's number.</summary>
    public async Task<PageOf<LineRow>> LinesAsync(SubsidyRun run, LineFilter filter, int limit, string? cursor, CancellationToken cancel)
    {
        var policy = (await library.OfAsync(run.PolicyId, run.PolicyVersion, cancel)).Policy;
        var found = Found(run.Id, filter);
        var total = await found.SumAsync(b => (long)b.Lines, cancel);
        var last = int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
        var ahead = await found.Where(b => b.Lines > 0 && b.Next - 1 > last).OrderBy(b => b.First).Take(limit + 2).ToListAsync(cancel);
        var firsts = Enough(ahead, last, limit);
        var blocks = await db.Set<RunBlock>().AsNoTracking().Where(b => b.RunId == run.Id && firsts.Contains(b.FirstNumber)).OrderBy(b => b.FirstNumber).ToListAsync(cancel);
        var lines = blocks.SelectMany(b => b.Lines(policy)).Where(l => l.Number > last && filter.Takes(l)).Take(limit + 1).ToList();
        var next = lines.Count > limit ? ListQuery.Encode(lines[limit - 1].Number.ToString(CultureInfo.InvariantCulture)) : null;
        return new PageOf<LineRow>(await NamedAsync([.. lines.Take(limit)], cancel), next, PageOf<LineRow>.TotalOf((int)Math.Min(total, int.MaxValue)));
    }

    public async Task<LineRow?> LineAsync(SubsidyRun run, SubsidyPolicy policy, int number, CancellationToken cancel)
    {
        var block = await db.Set<RunBlock>().AsNoTracking().Where(b => b.RunId == run.Id && b.FirstNumber <= number).OrderByDescending(b => b.FirstNumber).FirstOrDefaultAsync(cancel);
        return block is null || number >= block.FirstNumber + block.LineCount ? null : (await NamedAsync([new RunLine(block, number - block.FirstNumber, policy)], cancel))[0];
    }

    // A block by what it tells of itself: its lines from First to before Next, so many of them looked for.
    private sealed record FoundBlock
    {
        public required int First { get; init; }
        public required int Next { get; init; }
        public required int Lines { get; init; }
    }

    private IQueryable<FoundBlock> Found(SubsidyRunId run, LineFilter filter)
    {
        var (counted, excluded) = (filter.Excluded is true ? 0 : 1, filter.Excluded is false ? 0 : 1);
        var (institution, owner) = (filter.Institution, filter.Owner);
        if (filter.User is { } user)
        {
            return db.Database.SqlQuery<FoundBlock>($"""
                SELECT b.first_number AS "First", b.first_number + b.line_count AS "Next", mine.counted * {counted} + mine.excluded * {excluded} AS "Lines"
                FROM subsidy_run_users u CROSS JOIN LATERAL unnest(u.blocks, u.counted, u.excluded) mine (first_number, counted, excluded)
                JOIN subsidy_blocks b ON b.run_id = u.run_id AND b.first_number = mine.first_number
                WHERE u.run_id = {run.Value} AND u.user_id = {user} AND b.institution_id = coalesce({institution}, b.institution_id)
                """);
        }

        var (institutions, users) = (filter.Kind is BeneficiaryKind.User ? 0 : 1, filter.Kind is BeneficiaryKind.Institution ? 0 : 1);
        var blocks = db.Set<RunBlock>().Where(b => b.RunId == run);
        if (institution is { } i) blocks = blocks.Where(b => b.InstitutionId == InstitutionId.From(i));
        if (owner is { } o) blocks = blocks.Where(b => b.InstitutionId == InstitutionId.From(o));
        return blocks.Select(b => new FoundBlock
        {
            First = b.FirstNumber,
            Next = b.FirstNumber + b.LineCount,
            Lines = (((b.InstitutionCounted * institutions) + (b.UserCounted * users)) * counted) + (((b.InstitutionExcluded * institutions) + (b.UserExcluded * users)) * excluded),
        });
    }

    // The first blocks that fill a page and show whether more follow; of the one the cursor stands in, nobody knows how much is left.
    private static List<int> Enough(List<FoundBlock> ahead, int last, int limit)
    {
        var (firsts, lines) = (new List<int>(), 0);
        foreach (var block in ahead.TakeWhile(_ => lines <= limit))
        {
            firsts.Add(block.First);
            if (block.First > last) lines += block.Lines;
        }

        return firsts;
    }

    private async Task<IReadOnlyList<LineRow>> NamedAsync(IReadOnlyList<RunLine> lines, CancellationToken cancel)
    {
        var names = await NamesAsync([.. lines.Select(l => l.BeneficiaryId)], cancel);
        var ids = lines.Select(l => InstrumentId.From(l.InstrumentId)).Distinct().ToList();
        var instruments = await db.Set<Instrument>().AsNoTracking().Where(i => ids.Contains(i.Id)).Select(i => new { i.Id, i.Name, i.NameEn }).ToDictionaryAsync(i => i.Id, cancel);
        return [.. lines.Select(l =>
        {
            var instrument = instruments.GetValueOrDefault(InstrumentId.From(l.InstrumentId));
            var beneficiary = names.Of(l.BeneficiaryId);
            return new LineRow(l, instrument?.Name ?? "", instrument?.NameEn ?? "", beneficiary.Name, beneficiary.NameEn);
        })];
    }

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
