using InstrumentShare.Bookings;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Usage.Feedback;

/// <summary>Feedback after a use, and for which uses it is owed.</summary>
public static class FeedbackRules
{
    /// <summary>What is wrong with a feedback: an unknown kind, a fault without words, a rating outside of 1 to 5, a text of more than 500 characters.</summary>
    public static List<Problem> Check(FeedbackKind? kind, string? text, int? rating)
    {
        var problems = new List<Problem>();
        if (kind is null) problems.Add(Problem.Invalid("usage.feedback-kind", "kind"));
        var kept = BookingText.Check(problems, text, "text");
        if (kind == FeedbackKind.Fault && kept is null) problems.Add(Problem.Invalid("usage.feedback-fault", "text"));
        if (rating is < 1 or > 5) problems.Add(Problem.Invalid("usage.feedback-rating", "rating", ("value", rating)));
        return problems;
    }

    /// <summary>
    /// The uses whose feedback is overdue: those that ended since the rule holds, more than so many days ago; null when there can be none.
    /// </summary>
    /// <param name="days">How many days there are for it.</param>
    /// <param name="since">The first day of the rule, in the zone given.</param>
    public static (Instant From, Instant Until)? Overdue(int days, LocalDate since, DateTimeZone zone, Instant now)
    {
        var (from, until) = (since.AtStartOfDayInZone(zone).ToInstant(), now - Duration.FromDays(days));
        return from < until ? (from, until) : null;
    }
}
