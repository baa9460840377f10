using InstrumentShare.Access;
using InstrumentShare.Billing.Ledger;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Billing.Funds;

/// <summary>Puts money into a fund or takes it out, from and to its institution's bank, with a reason. What is held is not taken out.</summary>
public sealed class FillFund(AppDb db, EnterEntries enter, MoveMoney money, Caller caller)
{
    public async Task<Outcome<LedgerEntryId>> RunAsync(Guid id, LedgerEntryKind kind, Money? amount, string? reason, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        if (await db.Set<Fund>().AsNoTracking().SingleOrDefaultAsync(f => f.Id == id, cancel) is not { } fund) return Problem.NotFound();
        var scope = SaveFund.ScopeOf(fund.InstitutionId, fund.GroupId);
        if (!caller.May(FundPermissions.Manage, scope)) return caller.May(FundPermissions.View, scope) || caller.Groups.Contains(fund.GroupId) ? Problem.Forbidden() : Problem.NotFound();
        List<Problem> problems = [.. LedgerRules.Amount(amount), .. LedgerRules.Reason(reason)];
        if (problems.Count > 0) return problems;

        var accounts = await enter.LockAsync([AccountKey.Bank(fund.InstitutionId)], [id], cancel);
        var account = accounts[new AccountKey(fund.InstitutionId, LedgerAccountKind.Fund, id)];
        var fen = kind == LedgerEntryKind.TopUp ? amount!.Value.Fen : -amount!.Value.Fen;
        if (account.LeftFen + fen < 0) return FundRules.Lacking(fund.Number, account.LeftFen, amount.Value.Fen, "amount");
        var lines = new Dictionary<Guid, long> { [id] = fen, [accounts[AccountKey.Bank(fund.InstitutionId)].Id] = -fen };
        return await money.EnterAsync(new NewEntry(fund.InstitutionId, kind, lines, Reason: reason!.Trim()), amount.Value, transaction, cancel);
    }
}
