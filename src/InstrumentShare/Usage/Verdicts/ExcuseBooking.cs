using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Usage.Verdicts;

/// <summary>A manager lets pass what a judgement found, for a reason that is kept with it. Nobody excuses their own.</summary>
public sealed class ExcuseBooking(AppDb db, Caller caller, InstrumentRulesQuery instruments, UsageDesk desk, EventPublisher events, IClock clock)
{
    public async Task<Outcome<Verdict>> RunAsync(BookingId id, string? reason, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var found = await db.Set<Booking>().AsNoTracking().Where(b => b.Id == id).Select(b => new { b.InstrumentId, b.PersonId }).SingleOrDefaultAsync(cancel);
        if (found is null || await instruments.OfAsync(found.InstrumentId, cancel: cancel) is not { } instrument) return Problem.NotFound();
        if (!caller.May(UsagePermissions.Excuse, instrument.Scope))
            return found.PersonId == caller.PersonId || caller.May(UsagePermissions.View, instrument.Scope) ? Problem.Forbidden() : Problem.NotFound();
        await desk.BookingAsync(found.InstrumentId, id, cancel); // its lock, before what it guards is read
        if (await db.Set<Verdict>().SingleOrDefaultAsync(v => v.InstrumentId == found.InstrumentId && v.BookingId == id && v.SupersededBy == null, cancel) is not { } before)
            return Problem.Refused("verdict.not-yet");
        if (VerdictRules.Excuse(before.Verdicts, before.IsExcused, found.PersonId == caller.PersonId, reason) is { Count: > 0 } problems) return problems;

        var now = clock.GetCurrentInstant();
        var excused = before.Excused(reason!.Trim(), caller.PersonId!.Value, now);
        before.SupersedeBy(excused);
        await db.SaveChangesAsync(cancel); // before the other, so that the two never stand together
        db.Add(excused);
        db.AddEvent("booking.excused", now, id.Value, instrument.Id.Value, instrument.InstitutionId.Value, excused.PersonId.Value, VerdictAnswer.Of(excused));
        caller.Audit(db, now, "booking.excuse", "booking", id.Value.ToString(), VerdictAnswer.Of(before), VerdictAnswer.Of(excused), excused.ExcuseReason, instrument.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await events.PublishAsync(new BookingsJudged([new Judged(excused, before)]), cancel);
        if (await db.TrySaveAsync(cancel) is { } second) return second;
        await transaction.CommitAsync(cancel);
        return excused;
    }
}
