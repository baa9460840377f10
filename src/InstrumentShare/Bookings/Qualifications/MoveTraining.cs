using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>
/// Moves a training that has not begun, with its deadlines. An instrument's time is given back and booked anew in the same transaction,
/// or the training stays where it was. Everybody who has a seat keeps it and is told, with an entry that moves in their calendar.
/// </summary>
public sealed class MoveTraining(AppDb db, BookInstrument book, FreeTrainingTime free, Caller caller, IClock clock)
{
    public sealed record Request(Instant? StartsAt = null, Instant? EndsAt = null, string? OverrideReason = null);

    /// <param name="seenVersion">The version the change was made upon; null to change whatever stands.</param>
    public async Task<Outcome<TrainingSession>> RunAsync(TrainingSessionId id, Request request, long? seenVersion, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        if (await db.LockTrainingAsync(id, cancel) is not var (session, qualification)) return Problem.NotFound();
        if (!caller.May(QualificationPermissions.Train, qualification.Scope)) return Problem.Forbidden();
        if (ETags.Stale(seenVersion, session.Version) is { } stale) return stale;
        var (problems, now) = (new List<Problem>(), clock.GetCurrentInstant());
        if (request.StartsAt is null) problems.Add(Problem.Invalid("booking.time-missing", "startsAt"));
        if (request.EndsAt is null) problems.Add(Problem.Invalid("booking.time-missing", "endsAt"));
        if (request is { StartsAt: { } start, EndsAt: { } end }) problems.AddRange(TrainingRules.CheckTime(start, end, now));
        if (session.CancelledAt is not null) problems.Add(Problem.Refused("training.cancelled"));
        else if (session.StartsAt <= now) problems.Add(Problem.Refused("training.begun", null, ("startsAt", session.StartsAt)));
        if (problems.Count > 0) return problems;

        var (startsAt, endsAt) = (request.StartsAt!.Value, request.EndsAt!.Value);
        if (session.InstrumentId is { } instrument)
        {
            // The instrument's turn before its rows, as every booking takes them.
            await BookingReads.LockAsync((NpgsqlConnection)db.Database.GetDbConnection(), new NeighbourNeeds(Own: true, OnInstrument: true, default), instrument, caller.PersonId!.Value, cancel);
            if (await free.RunAsync(instrument, session.BookingId!.Value, null, now, cancel) is { } kept) return kept;
            await db.SaveChangesAsync(cancel);
            var booked = await book.RunAsync(new(instrument, startsAt, endsAt, ServiceMode.Assisted, qualification.Name, OverrideReason: request.OverrideReason, ForTraining: true), cancel);
            if (!booked.IsOk) return Outcome<TrainingSession>.Refuse(booked.Problems);
            session.BookingId = booked.Value.Id;
        }

        caller.Audit(db, now, "training.move", "training", id.Value.ToString(), new { session.StartsAt, session.EndsAt }, new { startsAt, endsAt }, request.OverrideReason, qualification.InstitutionId);
        session.Move(startsAt, endsAt);
        await TellAsync(session, qualification, now, cancel);
        db.AddEvent("training.moved", now, id.Value, session.InstrumentId?.Value, qualification.InstitutionId.Value, session.TrainerId.Value, new { session.StartsAt, session.EndsAt });
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return session;
    }

    private async Task TellAsync(TrainingSession session, Qualification qualification, Instant now, CancellationToken cancel)
    {
        var zone = await db.ZoneOfAsync(qualification.InstitutionId, cancel);
        var people = await db.Set<TrainingAttendee>().Where(a => a.SessionId == session.Id && a.LeftAt == null).Select(a => a.PersonId).ToListAsync(cancel);
        foreach (var to in (await BookingPeople.OfAsync(db, people, cancel)).Values) db.AddTrainingMail("training.moved", to, session, qualification, zone, now);
    }
}

/// <summary>Gives back the time of an instrument that a training holds.</summary>
public sealed class FreeTrainingTime(AppDb db, InstrumentRulesQuery rules, Caller caller)
{
    public async Task<Problem?> RunAsync(InstrumentId instrument, BookingId id, string? reason, Instant now, CancellationToken cancel)
    {
        var booking = await db.Set<Booking>().SingleAsync(b => b.InstrumentId == instrument && b.Id == id, cancel);
        // Somebody may have cancelled the time itself before.
        if (!booking.HoldsSlot) return null;
        if (booking.Cancel(reason, now, caller.PersonId) is { } refused) return refused;
        db.AddBookingNews("booking.cancelled", booking, BookingNews.Place.Of((await rules.OfAsync(instrument, cancel: cancel))!), await BookingPeople.OfAsync(db, booking.PersonId, cancel), now, reason);
        return null;
    }
}
