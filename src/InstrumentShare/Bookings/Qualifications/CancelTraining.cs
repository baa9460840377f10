using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>Calls a training off before it begins: the instrument's time is free again and everybody who had a seat is told why.</summary>
public sealed class CancelTraining(AppDb db, InstrumentRulesQuery rules, Caller caller, IClock clock)
{
    public async Task<Outcome<TrainingSession>> RunAsync(TrainingSessionId id, string? reason, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        if (await db.LockTrainingAsync(id, cancel) is not var (session, qualification)) return Problem.NotFound();
        if (!caller.May(QualificationPermissions.Train, qualification.Scope)) return Problem.Forbidden();
        var (problems, now) = (new List<Problem>(), clock.GetCurrentInstant());
        var kept = BookingText.Check(problems, reason, "reason", required: true);
        if (session.CancelledAt is not null) problems.Add(Problem.Refused("training.cancelled"));
        else if (session.StartsAt <= now) problems.Add(Problem.Refused("training.begun", null, ("startsAt", session.StartsAt)));
        if (problems.Count > 0) return problems;

        session.Cancel(kept!, now);
        if (session.InstrumentId is { } instrument && await FreeAsync(instrument, session.BookingId!.Value, kept!, now, cancel) is { } refused) return refused;
        var zone = await db.ZoneOfAsync(qualification.InstitutionId, cancel);
        var people = await db.Set<TrainingAttendee>().Where(a => a.SessionId == id && a.LeftAt == null).Select(a => a.PersonId).ToListAsync(cancel);
        foreach (var to in (await BookingPeople.OfAsync(db, people, cancel)).Values) db.AddTrainingCancelled(to, session, qualification, zone, now);
        caller.Audit(db, now, "training.cancel", "training", id.Value.ToString(), reason: kept, institutionId: qualification.InstitutionId);
        db.AddEvent("training.cancelled", now, id.Value, session.InstrumentId?.Value, qualification.InstitutionId.Value);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return session;
    }

    private async Task<Problem?> FreeAsync(InstrumentId instrument, BookingId id, string reason, Instant now, CancellationToken cancel)
    {
        var booking = await db.Set<Booking>().SingleAsync(b => b.InstrumentId == instrument && b.Id == id, cancel);
        // Somebody may have cancelled the time itself before.
        if (!booking.HoldsSlot) return null;
        if (booking.Cancel(reason, now, caller.PersonId) is { } refused) return refused;
        db.AddBookingNews("booking.cancelled", booking, BookingNews.Place.Of((await rules.OfAsync(instrument, cancel: cancel))!), await BookingPeople.OfAsync(db, booking.PersonId, cancel), now, reason);
        return null;
    }
}
