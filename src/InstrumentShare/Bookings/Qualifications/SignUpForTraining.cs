using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>Takes a seat in a training and gives it back, for oneself or, by the lab, for somebody by address. The training's row is held meanwhile, so the last seat is taken once.</summary>
public sealed class SignUpForTraining(AppDb db, Caller caller, IClock clock)
{
    public Task<Outcome<TrainingSession>> SignUpAsync(TrainingSessionId id, CancellationToken cancel) => RunAsync(id, caller.PersonId, SignUp, cancel);

    public Task<Outcome<TrainingSession>> LeaveAsync(TrainingSessionId id, CancellationToken cancel) => RunAsync(id, caller.PersonId, Leave, cancel);

    public async Task<Outcome<TrainingSession>> SignUpAsync(TrainingSessionId id, string? email, CancellationToken cancel) =>
        await db.PersonByEmailAsync(email, cancel) is { } person ? await RunAsync(id, new PersonId(person.Id), SignUp, cancel, byLab: true) : Problem.Invalid("qualification.person", "email", ("value", email));

    public Task<Outcome<TrainingSession>> LeaveAsync(TrainingSessionId id, PersonId person, CancellationToken cancel) => RunAsync(id, person, Leave, cancel, byLab: true);

    private delegate Problem? Step(TrainingSession session, PersonId person, TrainingAttendee? attendee, bool byLab, Instant now);

    private Problem? SignUp(TrainingSession session, PersonId person, TrainingAttendee? attendee, bool byLab, Instant now)
    {
        if (TrainingRules.SignUp(session, attendee is { LeftAt: null }, byLab, now) is { } refused) return refused;
        session.TakeSeat();
        if (attendee is null) db.Add(new TrainingAttendee { SessionId = session.Id, PersonId = person, SignedUpAt = now });
        else (attendee.SignedUpAt, attendee.LeftAt) = (now, null);
        return null;
    }

    private Problem? Leave(TrainingSession session, PersonId person, TrainingAttendee? attendee, bool byLab, Instant now)
    {
        if (TrainingRules.Leave(session, attendee is { LeftAt: null }, attendee?.Result is not null, byLab, now) is { } refused) return refused;
        session.GiveSeatBack();
        attendee!.LeftAt = now;
        return null;
    }

    private async Task<Outcome<TrainingSession>> RunAsync(TrainingSessionId id, PersonId? who, Step step, CancellationToken cancel, bool byLab = false)
    {
        if (who is not { } person) return Problem.Forbidden("access.sign-in-needed");
        await using var transaction = await db.BeginAsync(cancel);
        if (await db.LockTrainingAsync(id, cancel) is not var (session, qualification)) return Problem.NotFound();
        if (byLab && !caller.May(QualificationPermissions.Train, qualification.Scope)) return Problem.Forbidden();
        var (now, attendee) = (clock.GetCurrentInstant(), await db.Set<TrainingAttendee>().SingleOrDefaultAsync(a => a.SessionId == id && a.PersonId == person, cancel));
        if (step(session, person, attendee, byLab, now) is { } refused) return refused;
        if (byLab) caller.Audit(db, now, attendee?.LeftAt == now ? "training.remove" : "training.add", "training", id.Value.ToString(), after: new { person }, institutionId: qualification.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem.Code == "training.full" ? TrainingRules.Full(session) : problem;
        await transaction.CommitAsync(cancel);
        return session;
    }
}
