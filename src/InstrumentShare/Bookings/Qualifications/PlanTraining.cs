using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>Plans a training and changes its terms. One that uses an instrument books its time in the same transaction, by the same use case as everybody.</summary>
public sealed class PlanTraining(AppDb db, BookInstrument book, Caller caller, IClock clock)
{
    /// <param name="Level">What passing gives; independent where absent.</param>
    /// <param name="TrainerEmail">The caller where absent.</param>
    /// <param name="SignUpUntil">The start where absent.</param>
    /// <param name="LeaveUntil">A day before the start where absent.</param>
    public sealed record Request(
        Guid? QualificationId = null, Guid? InstrumentId = null, Instant? StartsAt = null, Instant? EndsAt = null, string? Place = null, string? TrainerEmail = null, int? Seats = null, string? Level = null,
        Instant? SignUpUntil = null, Instant? LeaveUntil = null, string? Note = null, string? OverrideReason = null);

    public async Task<Outcome<TrainingSession>> RunAsync(Request request, CancellationToken cancel)
    {
        if (request.QualificationId is not { } id) return Problem.Invalid("booking.field-missing", "qualificationId", ("field", "qualificationId"));
        var found = await db.FindQualificationAsync(new QualificationId(id), QualificationPermissions.Train, caller, cancel);
        if (!found.IsOk) return Outcome<TrainingSession>.Refuse(found.Problems);
        var (qualification, now) = (found.Value, clock.GetCurrentInstant());
        var problems = new List<Problem>();
        if (request.StartsAt is not { } startsAt || request.EndsAt is not { } endsAt)
            return new[] { ("startsAt", request.StartsAt), ("endsAt", request.EndsAt) }.Where(f => f.Item2 is null).Select(f => Problem.Invalid("booking.time-missing", f.Item1)).ToList();
        problems.AddRange(TrainingRules.CheckTime(startsAt, endsAt, now));
        var (signUpUntil, leaveUntil) = (request.SignUpUntil ?? startsAt, request.LeaveUntil ?? TrainingRules.DefaultLeaveUntil(startsAt, now));
        problems.AddRange(TrainingRules.CheckTerms(request.Place, request.Note, request.Seats, 0, signUpUntil, leaveUntil, startsAt));
        var level = QualificationLevel.Independent;
        if (request.Level is not null && !Word.TryParse(request.Level, out level)) problems.Add(UnknownLevel(request.Level));
        var trainer = await TrainerAsync(request.TrainerEmail, problems, cancel);
        var instrument = request.InstrumentId is { } given ? new InstrumentId(given) : (InstrumentId?)null;
        if (instrument is { } used && !(await db.InstrumentsOfAsync(qualification.InstrumentId, qualification.GroupId, cancel)).Contains(used.Value)) problems.Add(Problem.Invalid("training.instrument", "instrumentId"));
        if (problems.Count > 0) return problems;

        await using var transaction = await db.BeginAsync(cancel);
        var booked = instrument is null ? null : await book.RunAsync(new(instrument.Value, startsAt, endsAt, ServiceMode.Assisted, qualification.Name, OverrideReason: request.OverrideReason, ForTraining: true), cancel);
        if (booked is { IsOk: false }) return Outcome<TrainingSession>.Refuse(booked.Problems);
        var session = new TrainingSession
        {
            QualificationId = qualification.Id, InstrumentId = instrument, BookingId = booked?.Value!.Id, TrainerId = trainer, Level = level, StartsAt = startsAt, EndsAt = endsAt, Place = request.Place!.Trim(),
            Note = request.Note?.Trim() ?? string.Empty, Seats = request.Seats!.Value, SignUpUntil = signUpUntil, LeaveUntil = leaveUntil, CreatedBy = caller.PersonId!.Value, CreatedAt = now,
        };
        db.Add(session);
        caller.Audit(db, now, "training.plan", "training", session.Id.Value.ToString(), after: session, institutionId: qualification.InstitutionId);
        db.AddEvent("training.planned", now, session.Id.Value, instrument?.Value, qualification.InstitutionId.Value, trainer.Value, new { session.StartsAt, session.EndsAt, session.Seats });
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return session;
    }

    /// <summary>Changes place, trainer, seats, deadlines and note; absent ones stay. Another time is a move, of which people are told.</summary>
    /// <param name="seenVersion">The version the change was made upon; null to change whatever stands.</param>
    public async Task<Outcome<TrainingSession>> ChangeAsync(TrainingSessionId id, Request request, long? seenVersion, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        if (await db.LockTrainingAsync(id, cancel) is not var (session, qualification)) return Problem.NotFound();
        if (!caller.May(QualificationPermissions.Train, qualification.Scope)) return Problem.Forbidden();
        if (ETags.Stale(seenVersion, session.Version) is { } stale) return stale;
        if (session.CancelledAt is not null) return Problem.Refused("training.cancelled");
        var (place, note, seats) = (request.Place ?? session.Place, request.Note ?? session.Note, request.Seats ?? session.Seats);
        var (signUpUntil, leaveUntil) = (request.SignUpUntil ?? session.SignUpUntil, request.LeaveUntil ?? session.LeaveUntil);
        var problems = TrainingRules.CheckTerms(place, note, seats, session.SeatsTaken, signUpUntil, leaveUntil, session.StartsAt);
        if ((request.StartsAt is { } start && start != session.StartsAt) || (request.EndsAt is { } end && end != session.EndsAt)) problems.Add(Problem.Invalid("training.time-fixed", "startsAt"));
        var trainer = request.TrainerEmail is null ? session.TrainerId : await TrainerAsync(request.TrainerEmail, problems, cancel);
        if (problems.Count > 0) return problems;

        var before = Terms(session);
        (session.Place, session.Note, session.Seats, session.SignUpUntil, session.LeaveUntil, session.TrainerId) = (place.Trim(), note.Trim(), seats, signUpUntil, leaveUntil, trainer);
        session.Version++;
        caller.Audit(db, clock.GetCurrentInstant(), "training.change", "training", id.Value.ToString(), before, Terms(session), institutionId: qualification.InstitutionId);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return session;
    }

    public static Problem UnknownLevel(string? level) => Problem.Invalid("qualification.level", "level", ("value", level), ("known", string.Join(", ", Word.All<QualificationLevel>())));

    private async Task<PersonId> TrainerAsync(string? email, List<Problem> problems, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(email)) return caller.PersonId!.Value;
        if (await db.PersonByEmailAsync(email, cancel) is { } person) return new PersonId(person.Id);
        problems.Add(Problem.Invalid("qualification.person", "trainerEmail", ("value", email)));
        return default;
    }

    private static object Terms(TrainingSession s) => new { s.Place, s.Note, s.Seats, s.SignUpUntil, s.LeaveUntil, s.TrainerId };
}
