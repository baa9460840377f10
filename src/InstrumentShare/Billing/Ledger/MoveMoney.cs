using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Billing.Ledger;

/// <summary>What an administrator enters by hand: money from one account of the ledger to another, or an entry taken back.</summary>
public sealed class MoveMoney(AppDb db, EnterEntries enter, Caller caller, IClock clock)
{
    /// <param name="From">An account of the ledger; null for the institution's bank, for money that comes in.</param>
    /// <param name="To">The same, for money that goes out.</param>
    public sealed record Transfer(InstitutionId InstitutionId, Guid? From, Guid? To, Money? Amount, string? Reason);

    public async Task<Outcome<LedgerEntryId>> TransferAsync(Transfer wish, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        if (await db.Set<Institution>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == wish.InstitutionId, cancel) is not { } institution) return Problem.NotFound();
        if (!caller.May(LedgerPermissions.Enter, institution.LedgerScope())) return Problem.Forbidden();
        List<Problem> problems = [.. LedgerRules.Amount(wish.Amount), .. LedgerRules.Reason(wish.Reason)];
        if (wish.From == wish.To) problems.Add(Problem.Invalid("ledger.same-account", "toAccountId"));
        if (problems.Count > 0) return problems;

        var bank = AccountKey.Bank(institution.Id);
        var accounts = await enter.LockAsync([bank], new[] { wish.From, wish.To }.OfType<Guid>(), cancel);
        var (from, to) = (Find(wish.From), Find(wish.To));
        if (from is null) problems.Add(Unknown("fromAccountId", wish.From));
        if (to is null) problems.Add(Unknown("toAccountId", wish.To));
        if (problems.Count == 0 && from!.LimitFen is not null && from.LeftFen < wish.Amount!.Value.Fen) problems.Add(Problem.Refused("ledger.account-short", "amount"));
        if (problems.Count > 0) return problems;
        var lines = new Dictionary<Guid, long> { [from!.Id] = -wish.Amount!.Value.Fen, [to!.Id] = wish.Amount.Value.Fen };
        return await EnterAsync(new NewEntry(institution.Id, LedgerEntryKind.Transfer, lines, Reason: wish.Reason!.Trim()), wish.Amount.Value, transaction, cancel);

        LedgerAccount? Find(Guid? id) => accounts.Values.FirstOrDefault(a => id is null ? a.Kind == bank.Kind && a.HolderId == bank.HolderId : a.Id == id && a.InstitutionId == institution.Id);
        static Problem Unknown(string field, Guid? id) => Problem.Invalid("ledger.account-unknown", field, ("value", id));
    }

    /// <summary>Takes an entry back. One that follows from a charge goes with the charge and is refused here.</summary>
    public async Task<Outcome<LedgerEntryId>> ReverseAsync(LedgerEntryId id, string? reason, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var entry = await db.Set<LedgerEntry>().AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, cancel);
        if (entry is null || await db.Set<Institution>().AsNoTracking().SingleAsync(i => i.Id == entry.InstitutionId, cancel) is not { } institution) return Problem.NotFound();
        if (!caller.May(LedgerPermissions.Enter, institution.LedgerScope())) return caller.May(LedgerPermissions.View, institution.LedgerScope()) ? Problem.Forbidden() : Problem.NotFound();
        if (LedgerRules.Reason(reason) is { Count: > 0 } problems) return problems;
        if (entry.ChargeId is not null || entry.Kind == LedgerEntryKind.Reversal) return Problem.Refused("ledger.not-by-hand");
        try
        {
            var reversed = await enter.ReverseAsync([id], reason!.Trim(), cancel);
            if (reversed.Count == 0) return Problem.Refused("ledger.reversed-once");
            caller.Audit(db, clock.GetCurrentInstant(), "ledger.reverse", "ledgerEntry", id.Value.ToString(), reason: reason.Trim(), institutionId: entry.InstitutionId);
            if (await db.TrySaveAsync(cancel) is { } problem) return problem;
            await transaction.CommitAsync(cancel);
            return reversed[0];
        }
        catch (PostgresException failure) when (failure.ToProblem() is { } problem)
        {
            return problem.Code == "fund.short" ? Problem.Refused("ledger.account-short") : problem;
        }
    }

    /// <summary>Writes an entry that was decided on, with its trace, and ends the transaction.</summary>
    internal async Task<Outcome<LedgerEntryId>> EnterAsync(NewEntry entry, Money amount, UseCaseTransaction transaction, CancellationToken cancel)
    {
        try
        {
            var id = (await enter.RunAsync([entry], cancel))[0];
            caller.Audit(db, clock.GetCurrentInstant(), "ledger.enter", "ledgerEntry", id.Value.ToString(), after: new { entry.Kind, amount, accounts = entry.Lines }, reason: entry.Reason, institutionId: entry.InstitutionId);
            if (await db.TrySaveAsync(cancel) is { } problem) return problem;
            await transaction.CommitAsync(cancel);
            return id;
        }
        catch (PostgresException failure) when (failure.ToProblem() is { } problem)
        {
            return problem;
        }
    }
}
