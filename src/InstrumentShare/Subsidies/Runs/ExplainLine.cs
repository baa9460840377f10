using System.Globalization;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Subsidies.Engine;
using InstrumentShare.Subsidies.Language;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Subsidies;

public sealed record ExplainedLine(SubsidyRun Run, KnownPolicy Policy, LineRow Row, Guid? UsageId, Explanation Explanation);

/// <summary>Tells a line of a run from the figures that were stored with it; nothing is computed anew but the sums it went into.</summary>
public sealed class ExplainLine(AppDb db, RunQueries queries, PolicyLibrary library, Words words)
{
    public async Task<ExplainedLine?> RunAsync(SubsidyRunId id, Guid lineId, CancellationToken cancel)
    {
        if (await queries.FindAsync(id, cancel) is not { HasResult: true } run) return null;
        if (LineId.NumberIn(id, lineId) is not { } number || await queries.LineAsync(id, number, cancel) is not { } row) return null;
        var known = await library.OfAsync(run.PolicyId, run.PolicyVersion, cancel);
        var trace = await TraceAsync(run, known.Policy, row, cancel);
        var usage = row.Line.ChargeId is { } charge ? await UsageAsync(charge, cancel) : null;
        return new ExplainedLine(run, known, row, usage, LineExplanation.Of(known.Policy, run.Window, trace));
    }

    private async Task<LineTrace> TraceAsync(SubsidyRun run, SubsidyPolicy policy, LineRow row, CancellationToken cancel)
    {
        var line = row.Line;
        var item = policy.Items[line.Item];
        var instrument = await db.Set<RunInstrument>().AsNoTracking().SingleAsync(i => i.RunId == run.Id && i.InstrumentId == line.InstrumentId, cancel);
        var user = await db.Set<RunUser>().AsNoTracking().SingleOrDefaultAsync(u => u.RunId == run.Id && u.UserId == line.UserId, cancel);
        var place = line.Item - policy.Items.Take(line.Item).Count(i => i.Unit != item.Unit);
        var earlier = await db.Set<RunLine>().AsNoTracking().Where(l => l.RunId == run.Id && l.Number >= line.Number - place && l.Number < line.Number)
            .OrderBy(l => l.Number).Select(l => l.AmountFen).ToListAsync(cancel);
        var beneficiary = RunQueries.BeneficiaryOf(line);
        var entry = await db.Set<RunEntry>().AsNoTracking().SingleAsync(
            e => e.RunId == run.Id && e.Kind == line.BeneficiaryKind && e.BeneficiaryId == beneficiary && e.Payer == line.Payer, cancel);
        return new LineTrace
        {
            Item = item,
            Subject = line.ChargeId?.ToString() ?? words.Name(row.Instrument, row.InstrumentEn),
            Beneficiary = words.Name(row.Beneficiary, row.BeneficiaryEn),
            IncomeFen = line.IncomeFen,
            ValueFen = instrument.ValueFen,
            IsSet = instrument.IsSet,
            Funding = instrument.Funding,
            EnrolledOn = instrument.EnrolledOn ?? LocalDate.MaxIsoValue,
            AccruedOn = line.AccruedOn,
            UserKind = user?.Kind ?? UserKind.Individual,
            Tags = (Tag)(line.Tags | (user?.Tags ?? 0)),
            Evidence = (Evidence)line.Evidence,
            Reasons = (Reasons)line.Reasons,
            AmountFen = line.AmountFen,
            Earlier = earlier,
            Caps = line.Reasons == 0 ? await CapsAsync(run, policy, row, user, cancel) : [],
            Entry = new EntryTrace(entry.SumFen, entry.CappedFen, entry.PaidFen, run.CappedFen, ApportionmentRules.Limit(policy, run.BudgetFen)),
        };
    }

    private async Task<IReadOnlyList<CapTrace>> CapsAsync(SubsidyRun run, SubsidyPolicy policy, LineRow row, RunUser? user, CancellationToken cancel)
    {
        var line = row.Line;
        var (instrument, beneficiary) = (words.Name(row.Instrument, row.InstrumentEn), words.Name(row.Beneficiary, row.BeneficiaryEn));
        var caps = policy.Caps.Where(c => c.To == line.BeneficiaryKind && c.Payer == line.Payer && (c.Users.Count == 0 || (user is not null && c.Users.Contains(user.Kind)))).ToList();
        if (caps.Count == 0) return [];
        var innermost = caps.Find(c => c.Level == CapLevel.Line);
        var inner = caps.Find(c => c.Level is CapLevel.Claim or CapLevel.Instrument);
        var byYear = caps.Exists(c => c.Period == CapPeriod.Year && c.Level != CapLevel.Line);
        var sums = await SumsAsync(run, line, inner?.Level, innermost?.Amount.Value ?? long.MaxValue, cancel);
        var groups = sums.GroupBy(s => (s.Part, Year: byYear ? s.Year ?? run.AccruedTo.Year : 0)).ToDictionary(g => g.Key, g => g.Sum(s => s.Fen));
        var part = inner?.Level switch { CapLevel.Instrument => line.InstrumentId.ToString(), CapLevel.Claim => line.Claim ?? "", _ => "" };
        var year = byYear ? line.AccruedOn?.Year ?? run.AccruedTo.Year : 0;
        var suffix = byYear ? " · " + year.ToString(CultureInfo.InvariantCulture) : "";

        var traces = new List<CapTrace>();
        if (innermost is not null) traces.Add(new CapTrace(innermost, instrument, line.AmountFen));
        if (inner is not null) traces.Add(new CapTrace(inner, (inner.Level == CapLevel.Instrument ? instrument : line.Claim ?? beneficiary) + suffix, groups.GetValueOrDefault((part, year))));
        var limit = (long)(inner?.Amount.Value ?? long.MaxValue);
        foreach (var outer in caps.Where(c => c.Level == CapLevel.Beneficiary))
        {
            var sum = groups.Where(g => outer.Period == CapPeriod.Window || g.Key.Year == year).Sum(g => Math.Min(g.Value, limit));
            traces.Add(new CapTrace(outer, beneficiary + (outer.Period == CapPeriod.Year ? suffix : ""), sum));
        }

        return traces;
    }

    private sealed record PartSum(string Part, int? Year, long Fen);

    // The sums of the beneficiary's lines by part and year, each line held to its own cap.
    private async Task<List<PartSum>> SumsAsync(SubsidyRun run, RunLine line, CapLevel? level, decimal lineLimit, CancellationToken cancel)
    {
        var (kind, payer, by) = (Lexicon.Of(line.BeneficiaryKind), Lexicon.Of(line.Payer), level is { } l ? Lexicon.Of(l) : "");
        var (id, beneficiary, limit) = (run.Id.Value, (Guid?)RunQueries.BeneficiaryOf(line), (long)lineLimit);
        // Two spellings of one condition, so that each finds its own index.
        var (institution, user) = kind == "institution" ? (beneficiary, (Guid?)null) : ((Guid?)null, beneficiary);
        return await db.Database.SqlQuery<PartSum>($"""
            SELECT CASE {by} WHEN 'instrument' THEN instrument_id::text WHEN 'claim' THEN coalesce(claim, '') ELSE '' END AS "Part",
                   extract(year FROM accrued_on)::int AS "Year", sum(least(amount_fen, {limit}))::bigint AS "Fen"
            FROM (SELECT * FROM subsidy_lines WHERE run_id = {id} AND institution_id = {institution} AND beneficiary_kind = 'institution'
                  UNION ALL
                  SELECT * FROM subsidy_lines WHERE run_id = {id} AND user_id = {user} AND beneficiary_kind = 'user') mine
            WHERE payer = {payer} AND amount_fen > 0
            GROUP BY 1, 2
            """).ToListAsync(cancel);
    }

    private async Task<Guid?> UsageAsync(Guid charge, CancellationToken cancel) =>
        await db.Database.SqlQuery<Guid?>($"SELECT usage_id AS \"Value\" FROM charges WHERE id = {charge}").FirstOrDefaultAsync(cancel);
}
