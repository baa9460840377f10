using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>Calls a training off before it begins: the instrument's time is free again and everybody who had a seat is told why.</summary>
public sealed class CancelTraining(AppDb db, FreeTrainingTime free, Caller caller, IClock clock)
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
        if (session.InstrumentId is { } instrument && await free.RunAsync(instrument, session.BookingId!.Value, kept!, now, cancel) is { } refused) return refused;
        var zone = await db.ZoneOfAsync(qualification.InstitutionId, cancel);
        var people = await db.Set<TrainingAttendee>().Where(a => a.SessionId == id && a.LeftAt == null).Select(a => a.PersonId).ToListAsync(cancel);
        foreach (var to in (await BookingPeople.OfAsync(db, people, cancel)).Values) db.AddTrainingMail("training.cancelled", to, session, qualification, zone, now);
        caller.Audit(db, now, "training.cancel", "training", id.Value.ToString(), reason: kept, institutionId: qualification.InstitutionId);
        db.AddEvent("training.cancelled", now, id.Value, session.InstrumentId?.Value, qualification.InstitutionId.Value);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return session;
    }
}
