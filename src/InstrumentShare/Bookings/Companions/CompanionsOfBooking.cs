using InstrumentShare.Access;
using InstrumentShare.Bookings.Technicians;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Companions;

/// <summary>What a booking takes along, or whose companion it is, on its page.</summary>
public sealed class CompanionsOfBooking(AppDb db, BookingQueries bookings, TechnicianQueries technicians, Caller caller) : ViewComponent
{
    public sealed record Taken(Guid? BookingId, string Name, string NameEn, Instant StartsAt, Instant EndsAt, string TimeZone);

    private sealed record Row(Guid? BookingId, string Name, string NameEn, DateTime StartsAt, DateTime EndsAt, string TimeZone);

    public sealed record Shown(Booking Booking, IReadOnlyList<Taken> Others, TechnicianChoice? Technician, bool MayReassign);

    public async Task<IViewComponentResult> InvokeAsync(Guid id)
    {
        if (await bookings.FindAsync(new BookingId(id), HttpContext.RequestAborted) is not var (booking, instrument, _) || (!booking.TakesAlong && booking.MainId is null)) return Content(string.Empty);
        if (booking.MainId is not null) return View("/Bookings/Companions/Pages/_CompanionsOfBooking.cshtml", new Shown(booking, [], null, false));
        var rows = await db.Database.SqlQuery<Row>($"""
            SELECT b.id AS "BookingId", i.name AS "Name", i.name_en AS "NameEn", b.starts_at AS "StartsAt", b.ends_at AS "EndsAt", i.time_zone AS "TimeZone" FROM bookings b JOIN instruments i ON i.id = b.instrument_id WHERE b.main_id = {id} AND (b.status <> 'cancelled' OR {!booking.HoldsSlot})
            UNION ALL SELECT DISTINCT NULL::uuid, r.name, r.name_en, lower(h.held), upper(h.held), n.time_zone FROM room_holds h JOIN rooms r ON r.id = h.room_id JOIN institutions n ON n.id = r.institution_id WHERE h.booking_id = {id}
            ORDER BY 2
            """).ToListAsync(HttpContext.RequestAborted);
        var technician = await technicians.OfBookingAsync(booking.Id, HttpContext.RequestAborted);
        return View("/Bookings/Companions/Pages/_CompanionsOfBooking.cshtml", new Shown(booking, rows.ConvertAll(r => new Taken(r.BookingId, r.Name, r.NameEn, Instant.FromDateTimeUtc(r.StartsAt), Instant.FromDateTimeUtc(r.EndsAt), r.TimeZone)), technician,
            technician is not null && booking.HoldsSlot && caller.May(TechnicianPermissions.Manage, instrument.Scope)));
    }
}
