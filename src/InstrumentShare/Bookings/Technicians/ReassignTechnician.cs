using InstrumentShare.Access;
using InstrumentShare.Bookings.Companions;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings.Technicians;

/// <summary>Lets another technician assist a booking, for a reason that is kept; the other must be free then.</summary>
public sealed class ReassignTechnician(BookingChange change, Companions.Companions companions, TechnicianQueries queries, Caller caller, IClock clock)
{
    public Task<Outcome<Booking>> RunAsync(BookingId id, PersonId? technician, string? reason, CancellationToken cancel = default) => change.RunAsync(id, null, async open =>
    {
        var (db, booking, instrument) = open;
        if (!caller.May(TechnicianPermissions.Manage, instrument.Scope)) return Problem.Forbidden();
        var problems = new List<Problem>();
        var kept = BookingText.Check(problems, reason, "reason", required: true);
        if (!booking.HoldsSlot) problems.Add(Problem.Refused("booking.state", "status", ("status", booking.Status)));
        if (technician is null) problems.Add(Problem.Invalid("booking.technician-unknown", "technicianId", ("value", technician?.Value)));
        if (problems.Count > 0) return problems;
        if (await queries.OfBookingAsync(id, cancel) is not { } before || await companions.OfAsync(instrument, booking.ServiceMode, technician, id, cancel) is not { } along) return Problem.Refused("booking.no-technician", "technicianId");
        if (along.Unknown is { } unknown) return unknown;

        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await along.LockAsync(connection, booking.PersonId, cancel);
        var times = await along.TimesAsync(connection, Booker.Of(booking), booking.Slot, cancel);
        if (times.PlanAt(booking.Slot).Problems.FirstOrDefault(p => p.Code == "booking.technician-busy") is { } busy) return busy;
        await CompanionWrites.ReassignAsync(connection, id, technician!.Value, cancel);
        caller.Audit(db, clock.GetCurrentInstant(), "booking.technician", "booking", id.Value.ToString(), new { technician = before.Id }, new { technician }, kept, instrument.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } refused) return refused;
        await transaction.CommitAsync(cancel);
        return booking;
    }, cancel);
}
