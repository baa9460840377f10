using InstrumentShare.Access;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Billing.Ledger;

/// <summary>
/// Enters an issued charge in the ledgers it touches, in its own transaction: what its booking held is released, its funds pay
/// as far as they can, and what is left is owed. A reversal takes exactly that back.
/// </summary>
public sealed class PostCharges(AppDb db, EnterEntries enter)
{
    private sealed record Share(Guid FundId, Guid InstitutionId, int BasisPoints, bool TakesRest);

    private sealed record Terms(int TaxBasisPoints, bool HasDeposit);

    private sealed record Hold(Guid AccountId, long Fen);

    public async Task IssueAsync(Charge charge, CancellationToken cancel)
    {
        var by = await PaymentAsync(charge, cancel);
        var holds = await HoldsAsync(charge, cancel);
        if (charge.Amount.Fen == 0)
        {
            await enter.LockAsync([], holds.Keys, cancel);
            await ReleaseAsync(charge, holds, cancel);
            return;
        }

        var accounts = await enter.LockAsync(PostingRules.Accounts(charge.InstitutionId, by.Tax, by.Payment), holds.Keys, cancel);
        await ReleaseAsync(charge, holds, cancel);
        var postings = PostingRules.Charge(charge.InstitutionId, charge.Amount.Fen, by.Tax, by.Payment, key => accounts[key].LeftFen + holds.GetValueOrDefault(accounts[key].Id));
        await enter.RunAsync(
            [.. postings.Select(p => new NewEntry(p.InstitutionId, LedgerEntryKind.Charge, p.Lines.ToDictionary(l => accounts[l.Key].Id, l => l.Value), charge.Id, charge.BookingId, Problem: p.Problem, Reason: charge.Reason))], cancel);
    }

    public async Task ReverseAsync(Charge charge, string? reason, CancellationToken cancel)
    {
        var ids = await db.Set<LedgerEntry>().Where(e => e.ChargeId == charge.Id && e.Kind == LedgerEntryKind.Charge).Select(e => e.Id).ToListAsync(cancel);
        if (ids.Count > 0) await enter.ReverseAsync(ids, reason, cancel);
    }

    private async Task<(Payment Payment, int Tax)> PaymentAsync(Charge charge, CancellationToken cancel)
    {
        var (instrument, booking, owner, on) = (charge.InstrumentId.Value, charge.BookingId?.Value ?? Guid.Empty, charge.InstitutionId.Value, charge.ServedOn.ToDateOnly());
        var shares = charge.BookingId is null ? [] : await db.Database.SqlQuery<Share>($"""
            SELECT f.id AS "FundId", f.institution_id AS "InstitutionId", coalesce(s.share, {PostingRules.Whole}) AS "BasisPoints", coalesce(s.takes_rest, true) AS "TakesRest"
            FROM bookings b CROSS JOIN LATERAL fund_parts(b.fund_id, 0) p JOIN funds f ON f.id = p.account_id LEFT JOIN fund_split_shares s ON s.split_id = b.fund_id AND s.fund_id = f.id
            WHERE b.instrument_id = {instrument} AND b.id = {booking} ORDER BY f.id
            """).ToListAsync(cancel);
        var debtor = charge.GroupId is { } group
            ? new AccountKey(charge.InstitutionId, LedgerAccountKind.Group, group.Value)
            : new AccountKey(charge.InstitutionId, LedgerAccountKind.Person, charge.PersonId.Value);
        var holder = debtor.HolderId!.Value;
        var terms = await db.Database.SqlQuery<Terms>($"""
            SELECT coalesce((SELECT tax_basis_points FROM billing_terms WHERE institution_id = {owner} AND valid_from <= {on} AND (valid_to IS NULL OR valid_to >= {on})), 0) AS "TaxBasisPoints",
                   EXISTS (SELECT FROM ledger_accounts WHERE institution_id = {owner} AND kind = 'deposit' AND holder_id = {holder} AND currency = 'CNY') AS "HasDeposit"
            """).SingleAsync(cancel);
        var funds = shares.ConvertAll(s => new FundShare(s.FundId, new InstitutionId(s.InstitutionId), s.BasisPoints, s.TakesRest));
        return (new Payment(funds, debtor, terms.HasDeposit ? debtor with { Kind = LedgerAccountKind.Deposit } : null), terms.TaxBasisPoints);
    }

    private async Task<Dictionary<Guid, long>> HoldsAsync(Charge charge, CancellationToken cancel)
    {
        if (charge.BookingId is not { } booking) return [];
        return await db.Database.SqlQuery<Hold>($"SELECT account_id AS \"AccountId\", fen AS \"Fen\" FROM fund_holds WHERE booking_id = {booking.Value}").ToDictionaryAsync(h => h.AccountId, h => h.Fen, cancel);
    }

    private async Task ReleaseAsync(Charge charge, Dictionary<Guid, long> holds, CancellationToken cancel)
    {
        if (holds.Count == 0) return;
        await db.Database.ExecuteSqlAsync($"""
            WITH gone AS (DELETE FROM fund_holds WHERE booking_id = {charge.BookingId!.Value.Value} RETURNING account_id, fen)
            UPDATE ledger_accounts a SET held_fen = a.held_fen - g.fen FROM gone g WHERE a.id = g.account_id
            """, cancel);
    }
}
