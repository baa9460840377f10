using InstrumentShare.Access;
using InstrumentShare.Billing.Ledger;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Billing.Funds;

/// <summary>Makes or changes a fund card of a group, by who administers the group's institution. Its group and institution never change.</summary>
public sealed class SaveFund(AppDb db, EnterEntries enter, Caller caller, IClock clock)
{
    /// <summary>Of a change, what is null stays as it is.</summary>
    public sealed record Request(
        Guid? GroupId, string? Number, string? Name, string? NameEn, Guid? ResponsibleId, LocalDate? ValidFrom, LocalDate? ValidTo, IReadOnlyList<string>? Expenses, Money? Limit, FundState? State = null);

    public async Task<Outcome<Fund>> CreateAsync(Request wish, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        if (await db.Set<Group>().AsNoTracking().SingleOrDefaultAsync(g => g.Id == new GroupId(wish.GroupId ?? Guid.Empty), cancel) is not { } group) return Problem.Invalid("fund.group", "groupId");
        if (!caller.May(FundPermissions.Manage, ScopeOf(group.InstitutionId, group.Id))) return Problem.Forbidden();
        var responsible = wish.ResponsibleId is { } id ? new PersonId(id) : group.LeaderId;
        var problems = FundRules.Wrong(wish.Number?.Trim(), wish.Name?.Trim(), wish.NameEn?.Trim(), wish.ValidFrom, wish.ValidTo, wish.Expenses ?? [], wish.Limit ?? Money.Zero);
        if (!await IsMemberAsync(group.Id, responsible, cancel)) problems.Add(Problem.Invalid("fund.responsible", "responsibleId"));
        if (problems.Count > 0) return problems;

        var now = clock.GetCurrentInstant();
        var key = Guid.CreateVersion7();
        db.Add(new LedgerAccount { Id = key, InstitutionId = group.InstitutionId, Kind = LedgerAccountKind.Fund, HolderId = key, LimitFen = (wish.Limit ?? Money.Zero).Fen, CreatedAt = now });
        var fund = new Fund
        {
            Id = key, InstitutionId = group.InstitutionId, GroupId = group.Id, Number = wish.Number!.Trim(), Name = wish.Name!.Trim(), NameEn = wish.NameEn!.Trim(), ResponsibleId = responsible,
            ValidFrom = wish.ValidFrom!.Value, ValidTo = wish.ValidTo!.Value, Expenses = [.. wish.Expenses!.Distinct(StringComparer.Ordinal)], State = wish.State ?? FundState.Active, CreatedBy = caller.PersonId, CreatedAt = now,
        };
        db.Add(fund);
        caller.Audit(db, now, "fund.create", "fund", key.ToString(), after: Facts(fund, (wish.Limit ?? Money.Zero).Fen), institutionId: fund.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return fund;
    }

    public async Task<Outcome<Fund>> ChangeAsync(Guid id, Request wish, long? ifVersion, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        // The account first, as every booking takes it: nothing is held or spent while the card changes.
        await enter.LockAsync([], [id], cancel);
        if (await db.Set<Fund>().SingleOrDefaultAsync(f => f.Id == id, cancel) is not { } fund) return Problem.NotFound();
        if (!caller.May(FundPermissions.Manage, ScopeOf(fund.InstitutionId, fund.GroupId))) return caller.May(FundPermissions.View, ScopeOf(fund.InstitutionId, fund.GroupId)) || caller.Groups.Contains(fund.GroupId) ? Problem.Forbidden() : Problem.NotFound();
        if (ifVersion is { } seen && seen != fund.Version) return Problem.Stale();
        var account = await db.Set<LedgerAccount>().SingleAsync(a => a.Id == id, cancel);
        var before = Facts(fund, account.LimitFen);
        var responsible = wish.ResponsibleId is { } given ? new PersonId(given) : fund.ResponsibleId;
        var (number, name, nameEn) = (wish.Number?.Trim() ?? fund.Number, wish.Name?.Trim() ?? fund.Name, wish.NameEn?.Trim() ?? fund.NameEn);
        var (from, to, expenses, limit) = (wish.ValidFrom ?? fund.ValidFrom, wish.ValidTo ?? fund.ValidTo, wish.Expenses ?? fund.Expenses, wish.Limit ?? new Money(account.LimitFen ?? 0));
        var problems = FundRules.Wrong(number, name, nameEn, from, to, expenses, limit);
        if (responsible != fund.ResponsibleId && !await IsMemberAsync(fund.GroupId, responsible, cancel)) problems.Add(Problem.Invalid("fund.responsible", "responsibleId"));
        if (wish.State == FundState.Closed && account.HeldFen > 0) problems.Add(Problem.Refused("fund.still-held", "state", ("held", new Money(account.HeldFen))));
        if (account.BalanceFen - account.HeldFen + limit.Fen < 0) problems.Add(FundRules.Lacking(fund.Number, account.LeftFen, (account.LimitFen ?? 0) - limit.Fen, "limit"));
        if (problems.Count > 0) return problems;

        (fund.Number, fund.Name, fund.NameEn, fund.ResponsibleId, fund.ValidFrom, fund.ValidTo) = (number, name, nameEn, responsible, from, to);
        (fund.Expenses, fund.State, account.LimitFen, fund.Version) = ([.. expenses.Distinct(StringComparer.Ordinal)], wish.State ?? fund.State, limit.Fen, fund.Version + 1);
        caller.Audit(db, clock.GetCurrentInstant(), "fund.change", "fund", id.ToString(), before, Facts(fund, account.LimitFen), institutionId: fund.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return fund;
    }

    internal static Scope ScopeOf(InstitutionId institution, GroupId group) => new(InstitutionId: institution.Value, GroupId: group.Value);

    private async Task<bool> IsMemberAsync(GroupId group, PersonId person, CancellationToken cancel)
    {
        var today = clock.GetCurrentInstant().InUtc().Date;
        return await db.Set<Membership>().AnyAsync(m => m.GroupId == group && m.PersonId == person && (m.EndsOn == null || m.EndsOn >= today), cancel);
    }

    private static object Facts(Fund f, long? limit) => new { f.Number, f.Name, f.NameEn, f.ResponsibleId, f.ValidFrom, f.ValidTo, f.Expenses, f.State, limit = new Money(limit ?? 0) };
}
