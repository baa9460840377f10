using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Billing.Funds;

/// <param name="HeldFen">What the booking holds of it now; null once it is settled or given up.</param>
public sealed record PayingFund(Guid Id, string Number, string Name, string NameEn, Guid GroupId, Guid InstitutionId, long? HeldFen)
{
    public Money? Held => HeldFen is { } fen ? new Money(fen) : null;
}

/// <summary>Which funds pay for a booking, on its page, for those who may see these funds.</summary>
public sealed class FundOfBooking(AppDb db, Caller caller) : ViewComponent
{
    public async Task<IViewComponentResult> InvokeAsync(Guid id)
    {
        var funds = await db.Database.SqlQuery<PayingFund>($"""
            SELECT f.id AS "Id", f.number AS "Number", f.name AS "Name", f.name_en AS "NameEn", f.group_id AS "GroupId", f.institution_id AS "InstitutionId", h.fen AS "HeldFen"
            FROM bookings b CROSS JOIN LATERAL fund_parts(b.fund_id, 0) p JOIN funds f ON f.id = p.account_id LEFT JOIN fund_holds h ON h.booking_id = b.id AND h.account_id = f.id WHERE b.id = {id} AND b.fund_id IS NOT NULL ORDER BY f.number
            """).ToListAsync(HttpContext.RequestAborted);
        var seen = funds.Where(f => caller.Groups.Contains(new GroupId(f.GroupId)) || caller.May(FundPermissions.View, new Scope(InstitutionId: f.InstitutionId, GroupId: f.GroupId))).ToList();
        return seen.Count > 0 ? View("/Billing/Funds/Pages/_FundOfBooking.cshtml", seen) : Content(string.Empty);
    }
}
