using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>Trainings: what may be planned, until when a seat may be taken and given back, when results may be written.</summary>
public static class TrainingRules
{
    public const int MaxSeats = 500;
    public const int MaxPlace = 200;

    /// <summary>Results are at most this many at once: as many as a training has seats.</summary>
    public const int MaxResults = MaxSeats;

    /// <summary>What is wrong with the time of a new training.</summary>
    public static List<Problem> CheckTime(Instant startsAt, Instant endsAt, Instant now)
    {
        var problems = new List<Problem>();
        if (startsAt < now) problems.Add(Problem.Invalid("training.past", "startsAt", ("startsAt", startsAt)));
        if (endsAt <= startsAt) problems.Add(Problem.Invalid("booking.end-before-start", "endsAt", ("startsAt", startsAt), ("endsAt", endsAt)));
        else if (endsAt - startsAt > BookingRules.Longest) problems.Add(Problem.Invalid("booking.too-long", "endsAt", ("days", BookingRules.Longest.Days)));
        return problems;
    }

    /// <summary>What is wrong with what may be changed later too: place, note, seats from 1 to 500 and no fewer than are taken, deadlines until the start.</summary>
    public static List<Problem> CheckTerms(string? place, string? note, int? seats, int taken, Instant signUpUntil, Instant leaveUntil, Instant startsAt)
    {
        var problems = new List<Problem>();
        BookingText.Check(problems, place, "place", required: true, MaxPlace);
        BookingText.Check(problems, note, "note", required: false, BookingText.MaxLength);
        if (seats is null or < 1 or > MaxSeats) problems.Add(Problem.Invalid("training.seats", "seats", ("max", MaxSeats), ("value", seats)));
        else if (seats < taken) problems.Add(Problem.Refused("training.seats-taken", "seats", ("taken", taken)));
        if (signUpUntil > startsAt) problems.Add(Problem.Invalid("training.deadline", "signUpUntil", ("startsAt", startsAt)));
        if (leaveUntil > startsAt) problems.Add(Problem.Invalid("training.deadline", "leaveUntil", ("startsAt", startsAt)));
        return problems;
    }

    /// <summary>A day before the start, or the start itself where that has passed.</summary>
    public static Instant DefaultLeaveUntil(Instant startsAt, Instant now) => startsAt - Duration.FromDays(1) is var day && day > now ? day : startsAt;

    /// <param name="byLab">The lab may sign somebody up after the deadline, at the door too; not beyond the seats.</param>
    public static Problem? SignUp(TrainingSession session, bool isIn, bool byLab, Instant now)
    {
        if (session.CancelledAt is not null) return Problem.Refused("training.cancelled");
        if (isIn) return Problem.Refused("training.already");
        if (!byLab && now > session.SignUpUntil) return Problem.Refused("training.closed", null, ("until", session.SignUpUntil));
        return session.SeatsTaken >= session.Seats ? Full(session) : null;
    }

    public static Problem Full(TrainingSession session) => Problem.Refused("training.full", null, ("seats", session.Seats));

    /// <param name="hasResult">Whether a result stands already; then the seat was used.</param>
    public static Problem? Leave(TrainingSession session, bool isIn, bool hasResult, bool byLab, Instant now)
    {
        if (!isIn || hasResult) return Problem.Refused("training.not-attending");
        return !byLab && now > session.LeaveUntil ? Problem.Refused("training.leave-closed", null, ("until", session.LeaveUntil)) : null;
    }

    public static Problem? Results(TrainingSession session, Instant now)
    {
        if (session.CancelledAt is not null) return Problem.Refused("training.cancelled");
        return now < session.StartsAt ? Problem.Refused("training.not-begun", null, ("startsAt", session.StartsAt)) : null;
    }
}
