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
        if (await queries.FindAsync(id, cancel) is not { HasResult: true } run || LineId.NumberIn(id, lineId) is not { } number) return null;
        var known = await library.OfAsync(run.PolicyId, run.PolicyVersion, cancel);
        if (await queries.LineAsync(run, known.Policy, number, cancel) is not { } row) return null;
        var trace = await TraceAsync(run, known.Policy, row, cancel);
        var usage = row.Line.ChargeId is { } charge ? await UsageAsync(charge, cancel) : null;
        return new ExplainedLine(run, known, row, usage, LineExplanation.Of(known.Policy, run.Window, trace));
    }

    private async Task<LineTrace> TraceAsync(SubsidyRun run, SubsidyPolicy policy, LineRow row, CancellationToken cancel)
    {
        var line = row.Line;
        var instruments = await db.Set<RunInstruments>().AsNoTracking().SingleAsync(i => i.RunId == run.Id && i.InstrumentIds.Contains(line.InstrumentId), cancel);
        var at = Array.IndexOf(instruments.InstrumentIds, line.InstrumentId);
        var user = await db.Set<RunUser>().AsNoTracking().SingleOrDefaultAsync(u => u.RunId == run.Id && u.UserId == line.UserId, cancel);
        var entry = await db.Set<RunEntry>().AsNoTracking().SingleAsync(
            e => e.RunId == run.Id && e.Kind == line.BeneficiaryKind && e.BeneficiaryId == line.BeneficiaryId && e.Payer == line.Payer, cancel);
        return new LineTrace
        {
            Item = line.Item,
            Subject = line.ChargeId?.ToString() ?? words.Name(row.Instrument, row.InstrumentEn),
            Beneficiary = words.Name(row.Beneficiary, row.BeneficiaryEn),
            IncomeFen = line.IncomeFen,
            ValueFen = instruments.ValuesFen[at],
            IsSet = instruments.IsSet[at],
            Funding = instruments.IsPrivate[at] ? Funding.Private : Funding.Public,
            EnrolledOn = instruments.EnrolledOn[at] is { } day ? LocalDate.FromDateOnly(day) : LocalDate.MaxIsoValue,
            AccruedOn = line.AccruedOn,
            UserKind = user?.Kind ?? UserKind.Individual,
            Tags = line.Tags | (Tag)(user?.Tags ?? 0),
            Evidence = line.Evidence,
            Reasons = line.Reasons,
            AmountFen = line.AmountFen,
            Earlier = line.Earlier,
            Caps = line.Reasons == Reasons.None ? await CapsAsync(run, policy, row, user, cancel) : [],
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
        (string Part, int Year) Group(RunLine of) => (
            inner?.Level switch { CapLevel.Instrument => of.InstrumentId.ToString(), CapLevel.Claim => of.Claim ?? "", _ => "" }, byYear ? of.AccruedOn?.Year ?? run.AccruedTo.Year : 0);
        var groups = new Dictionary<(string Part, int Year), long>();
        await foreach (var mine in PaidToAsync(policy, line, user).WithCancellation(cancel))
            groups[Group(mine)] = groups.GetValueOrDefault(Group(mine)) + Math.Min(mine.AmountFen, (long)(innermost?.Amount.Value ?? long.MaxValue));
        var (_, year) = Group(line);
        var suffix = byYear ? " · " + year.ToString(CultureInfo.InvariantCulture) : "";

        var traces = new List<CapTrace>();
        if (innermost is not null) traces.Add(new CapTrace(innermost, instrument, line.AmountFen));
        if (inner is not null) traces.Add(new CapTrace(inner, (inner.Level == CapLevel.Instrument ? instrument : line.Claim ?? beneficiary) + suffix, groups.GetValueOrDefault(Group(line))));
        var limit = (long)(inner?.Amount.Value ?? long.MaxValue);
        foreach (var outer in caps.Where(c => c.Level == CapLevel.Beneficiary))
        {
            var sum = groups.Where(g => outer.Period == CapPeriod.Window || g.Key.Year == year).Sum(g => Math.Min(g.Value, limit));
            traces.Add(new CapTrace(outer, beneficiary + (outer.Period == CapPeriod.Year ? suffix : ""), sum));
        }

        return traces;
    }

    // The lines by which this line's payer pays its beneficiary, a block at a time.
    private async IAsyncEnumerable<RunLine> PaidToAsync(SubsidyPolicy policy, RunLine line, RunUser? user)
    {
        var blocks = db.Set<RunBlock>().AsNoTracking().Where(b => b.RunId == line.RunId);
        blocks = line.BeneficiaryKind == BeneficiaryKind.Institution
            ? blocks.Where(b => b.InstitutionId == line.InstitutionId)
            : blocks.Where(b => user!.Blocks.Contains(b.FirstNumber));
        await foreach (var block in blocks.AsAsyncEnumerable())
            foreach (var one in block.Lines(policy).Where(l => l.AmountFen > 0 && l.BeneficiaryKind == line.BeneficiaryKind && l.Payer == line.Payer && l.BeneficiaryId == line.BeneficiaryId))
                yield return one;
    }

    private async Task<Guid?> UsageAsync(Guid charge, CancellationToken cancel) =>
        await db.Database.SqlQuery<Guid?>($"SELECT usage_id AS \"Value\" FROM charges WHERE id = {charge}").SingleOrDefaultAsync(cancel);
}
