using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Billing.Funds;

/// <summary>How a group shares bills over its funds, and which fund or split its bookings begin with.</summary>
public sealed class SaveSplit(AppDb db, Caller caller, IClock clock)
{
    /// <param name="Percent">Exact to hundredths: 33.34.</param>
    public sealed record Part(Guid FundId, decimal Percent, bool TakesRest);

    public sealed record Request(string? Name, string? NameEn, IReadOnlyList<Part>? Shares, bool? IsActive = null);

    public async Task<Outcome<FundSplit>> CreateAsync(GroupId group, Request wish, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        if (await DoorAsync(group, cancel) is { } refusal) return refusal;
        var shares = SharesOf(wish.Shares ?? []);
        var problems = FundRules.WrongSplit(wish.Name?.Trim(), wish.NameEn?.Trim(), shares);
        await AddForeignAsync(problems, group, shares, cancel);
        if (problems.Count > 0) return problems;
        var split = new FundSplit { GroupId = group, Name = wish.Name!.Trim(), NameEn = wish.NameEn!.Trim(), IsActive = wish.IsActive ?? true, CreatedBy = caller.PersonId, CreatedAt = clock.GetCurrentInstant() };
        db.Add(split);
        return await SaveAsync(split, shares, null, "fund-split.create", transaction, cancel);
    }

    public async Task<Outcome<FundSplit>> ChangeAsync(Guid id, Request wish, long? ifVersion, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var split = await db.Set<FundSplit>().FromSql($"SELECT * FROM fund_splits WHERE id = {id} FOR UPDATE").SingleOrDefaultAsync(cancel);
        if (split is null) return Problem.NotFound();
        if (await DoorAsync(split.GroupId, cancel) is { } refusal) return refusal;
        if (ifVersion is { } seen && seen != split.Version) return Problem.Stale();
        var old = await db.Set<FundSplitShare>().Where(s => s.SplitId == id).ToListAsync(cancel);
        var shares = wish.Shares is null ? old.ConvertAll(s => (s.FundId, s.Share, s.TakesRest)) : SharesOf(wish.Shares);
        var (name, nameEn) = (wish.Name?.Trim() ?? split.Name, wish.NameEn?.Trim() ?? split.NameEn);
        var problems = FundRules.WrongSplit(name, nameEn, shares);
        await AddForeignAsync(problems, split.GroupId, shares, cancel);
        if (problems.Count > 0) return problems;
        var before = Facts(split, old.Select(s => (s.FundId, s.Share, s.TakesRest)));
        (split.Name, split.NameEn, split.IsActive, split.Version) = (name, nameEn, wish.IsActive ?? split.IsActive, split.Version + 1);
        db.RemoveRange(old);
        await db.SaveChangesAsync(cancel);
        db.ChangeTracker.Clear();
        return await SaveAsync(split, shares, before, "fund-split.change", transaction, cancel);
    }

    /// <param name="fund">A fund or split of the group; null for none.</param>
    public async Task<Outcome<Done>> DefaultAsync(GroupId group, Guid? fund, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        if (await DoorAsync(group, cancel) is { } refusal) return refusal;
        var isOne = fund is null || await db.Set<Fund>().AnyAsync(f => f.Id == fund && f.GroupId == group, cancel) || await db.Set<FundSplit>().AnyAsync(s => s.Id == fund && s.GroupId == group, cancel);
        if (!isOne) return Problem.Invalid("fund.unknown", "fundId");
        await db.Database.ExecuteSqlAsync($"DELETE FROM group_funds WHERE group_id = {group.Value}", cancel);
        if (fund is { } chosen) await db.Database.ExecuteSqlAsync($"INSERT INTO group_funds (group_id, fund_id) VALUES ({group.Value}, {chosen}) ON CONFLICT (group_id) DO UPDATE SET fund_id = excluded.fund_id", cancel);
        caller.Audit(db, clock.GetCurrentInstant(), "group.default-fund", "group", group.Value.ToString(), after: new { fund });
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return default(Done);
    }

    private async Task<Outcome<FundSplit>> SaveAsync(FundSplit split, List<(Guid Fund, int BasisPoints, bool TakesRest)> shares, object? before, string action, UseCaseTransaction transaction, CancellationToken cancel)
    {
        foreach (var (fund, share, rest) in shares) db.Add(new FundSplitShare { SplitId = split.Id, FundId = fund, Share = share, TakesRest = rest });
        caller.Audit(db, clock.GetCurrentInstant(), action, "fundSplit", split.Id.ToString(), before, Facts(split, shares));
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return split;
    }

    private async Task<Problem?> DoorAsync(GroupId id, CancellationToken cancel)
    {
        if (await db.Set<Group>().AsNoTracking().SingleOrDefaultAsync(g => g.Id == id, cancel) is not { } group) return Problem.NotFound();
        var scope = SaveFund.ScopeOf(group.InstitutionId, id);
        return caller.May(FundPermissions.Split, scope) ? null : caller.May(FundPermissions.View, scope) || caller.Groups.Contains(id) ? Problem.Forbidden() : Problem.NotFound();
    }

    private async Task AddForeignAsync(List<Problem> problems, GroupId group, List<(Guid Fund, int BasisPoints, bool TakesRest)> shares, CancellationToken cancel)
    {
        var ids = shares.Select(s => s.Fund).Distinct().ToList();
        if (await db.Set<Fund>().CountAsync(f => f.GroupId == group && ids.Contains(f.Id), cancel) != ids.Count) problems.Add(Problem.Invalid("fund.unknown", "shares"));
    }

    // A percentage with more than two decimals is no share: 0 is refused by the rule.
    private static List<(Guid Fund, int BasisPoints, bool TakesRest)> SharesOf(IReadOnlyList<Part> parts) =>
        [.. parts.Select(p => p is null ? default : (p.FundId, p.Percent is > 0 and < 100 && p.Percent * 100 == decimal.Truncate(p.Percent * 100) ? (int)(p.Percent * 100) : 0, p.TakesRest))];

    private static object Facts(FundSplit split, IEnumerable<(Guid Fund, int BasisPoints, bool TakesRest)> shares) =>
        new { split.GroupId, split.Name, split.NameEn, split.IsActive, shares = shares.Select(s => new { s.Fund, percent = s.BasisPoints / 100m, s.TakesRest }) };
}
