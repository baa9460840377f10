using InstrumentShare.Access;
using InstrumentShare.Bookings.Series;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>What would come of a booking or a move: the same refusals, the price, and nothing written.</summary>
public static class PreviewApi
{
    /// <param name="Overridden">The rules that the reason given goes over.</param>
    /// <param name="Conditions">What is said of it though it may be made.</param>
    public sealed record Preview(Instant StartsAt, Instant EndsAt, Money? Estimate, bool NeedsApproval, Instant CancelUntil, IReadOnlyList<string> Overridden, IReadOnlyList<BookingApi.Condition> Conditions);

    /// <param name="EstimateBefore">What the present time was estimated at.</param>
    public sealed record PreviewOfMove(Instant StartsAt, Instant EndsAt, Money? Estimate, Instant StartsAtBefore, Instant EndsAtBefore, Money? EstimateBefore, IReadOnlyList<string> Overridden);

    /// <param name="MayBeMoved">Whether the move would be done: one date that cannot be keeps all.</param>
    public sealed record PreviewOfSeriesMove(bool MayBeMoved, int Failing, IReadOnlyList<MovedDate> Dates);

    /// <param name="StartsAt">Null where clocks skip the time.</param>
    public sealed record MovedDate(BookingId BookingId, Instant StartsAtBefore, Instant EndsAtBefore, LocalDateTime LocalStart, Instant? StartsAt, Instant? EndsAt, IReadOnlyList<SeriesApi.Reason> Problems, IReadOnlyList<string> Overridden);

    public static void Map(RouteGroupBuilder bookings)
    {
        bookings.MapPost("/preview", BookAsync).WithName("PreviewBooking").WithSummary("What booking a time would come to; nothing is written").Produces<Preview>().RequirePermission(BookingPermissions.Create);
        bookings.MapPost("/{id:guid}/reschedule/preview", MoveAsync).WithName("PreviewReschedule").WithSummary("What moving a booking would come to; nothing is written").Produces<PreviewOfMove>().RequirePermission(BookingPermissions.Create);
        bookings.MapPost("/{id:guid}/reschedule/series-preview", MoveSeriesAsync).WithName("PreviewSeriesReschedule").WithSummary("What moving many dates of a series would come to, date by date; nothing is written").Produces<PreviewOfSeriesMove>().RequirePermission(BookingPermissions.Create);
    }

    private static async Task<IResult> MoveSeriesAsync(Guid id, BookingApi.RescheduleRequest body, MoveSeries move, ProblemAnswers answers, Words words, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var (startsAt, endsAt) = (BookingInput.Time(body.StartsAt, "startsAt", problems), BookingInput.Time(body.EndsAt, "endsAt", problems));
        var scope = SeriesInput.Scope(body.Scope, problems);
        if (problems.Count > 0) return answers.Of(problems);
        var look = await move.PreviewAsync(new(new BookingId(id), startsAt, endsAt, scope, null, body.OverrideReason), cancel);
        if (!look.IsOk) return answers.Of(look);
        return TypedResults.Ok(new PreviewOfSeriesMove(look.Value.MayBeMoved, look.Value.Failing, look.Value.Dates.Select(d => new MovedDate(
            d.Booking.Id, d.Booking.StartsAt, d.Booking.EndsAt, d.To.Local, d.To.Slot?.StartsAt, d.To.Slot?.EndsAt,
            d.To.Problems.In(look.Value.Instrument).Select(p => new SeriesApi.Reason(p.Code, words.Of(p))).ToList(), d.To.Overridden.Select(p => p.Code).ToList())).ToList()));
    }

    private static async Task<IResult> BookAsync(BookingApi.BookRequest body, PreviewBooking preview, Words words, ProblemAnswers answers, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        if (BookingInput.Read(body, problems) is not { } wish) return answers.Of(problems);
        var outcome = await preview.RunAsync(wish, cancel);
        if (!outcome.IsOk) return answers.Of(outcome);
        var (_, slot, price, needsApproval, cancelUntil, overridden, conditions) = outcome.Value;
        return TypedResults.Ok(new Preview(slot.StartsAt, slot.EndsAt, price?.Amount, needsApproval, cancelUntil, overridden.Select(p => p.Code).ToList(), BookingApi.Condition.Of(conditions, words)));
    }

    private static async Task<IResult> MoveAsync(Guid id, BookingApi.RescheduleRequest body, RescheduleBooking reschedule, ProblemAnswers answers, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var (startsAt, endsAt) = (BookingInput.Time(body.StartsAt, "startsAt", problems), BookingInput.Time(body.EndsAt, "endsAt", problems));
        if (problems.Count > 0) return answers.Of(problems);
        var outcome = await reschedule.PreviewAsync(new(new BookingId(id), startsAt, endsAt, null, body.OverrideReason), cancel);
        if (!outcome.IsOk) return answers.Of(outcome);
        var (_, booking, slot, price, overridden) = outcome.Value;
        return TypedResults.Ok(new PreviewOfMove(slot.StartsAt, slot.EndsAt, price?.Amount, booking.StartsAt, booking.EndsAt, booking.Estimate, overridden.Select(p => p.Code).ToList()));
    }
}
