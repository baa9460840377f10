using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Usage.Faults;

/// <summary>Keeps what somebody says is wrong with an instrument, with their booking around that time, and tells its staff.</summary>
public sealed class ReportFault(AppDb db, Caller caller, CalendarQuery calendar, FaultMail mail, IClock clock)
{
    public async Task<Outcome<Fault>> RunAsync(InstrumentId id, FaultSeverity? severity, string? text, CancellationToken cancel)
    {
        if (caller.PersonId is not { } person) return Problem.Forbidden("access.sign-in-needed");
        if (await calendar.InstrumentAsync(id, cancel) is not { } instrument) return Problem.NotFound();
        await using var transaction = await db.BeginAsync(cancel);
        await AdvisoryLocks.TakeAsync(db, cancel, "faults:" + person.Value);
        var waiting = await db.Set<Fault>().CountAsync(f => f.InstrumentId == id && f.ReportedBy == person && f.Status == FaultStatus.Reported, cancel);
        if (FaultRules.Report(severity, text, waiting) is { Count: > 0 } problems) return problems;

        var now = clock.GetCurrentInstant();
        var fault = new Fault
        {
            InstrumentId = id, ReportedBy = person, ReportedAt = now, Severity = severity!.Value, Text = text!.Trim(), BookingId = await BookingAsync(id, person, now, cancel), KioskId = caller.Device?.Id,
        };
        db.Add(fault);
        db.AddEvent("fault.reported", now, fault.Id.Value, id.Value, instrument.InstitutionId.Value, person.Value, new { fault.Severity, fault.BookingId, fault.KioskId });
        caller.Audit(db, now, "fault.report", "fault", fault.Id.Value.ToString(), after: new { fault.Severity, fault.Text }, institutionId: instrument.InstitutionId);
        await mail.TellStaffAsync(fault, instrument, now, cancel);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return fault;
    }

    // What the person is or was at the instrument for: begun, or about to, and not over for more than a day.
    private async Task<BookingId?> BookingAsync(InstrumentId id, PersonId person, Instant now, CancellationToken cancel)
    {
        var (from, to) = (now - Duration.FromDays(1), now + UsageRules.EarlyCheckIn);
        BookingStatus[] used = [BookingStatus.Confirmed, BookingStatus.InUse, BookingStatus.Completed];
        return await db.Set<Booking>().Where(b => b.InstrumentId == id && b.PersonId == person && b.StartsAt <= to && b.EndsAt > from && used.Contains(b.Status))
            .OrderByDescending(b => b.StartsAt).Select(b => (BookingId?)b.Id).FirstOrDefaultAsync(cancel);
    }
}
