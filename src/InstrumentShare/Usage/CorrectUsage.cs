using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Usage.Chain;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Usage;

/// <summary>
/// Replaces a closed record by another with a reason; the first stays as it was, no longer current. The same values again
/// accept a record that had a problem.
/// </summary>
public sealed class CorrectUsage(AppDb db, Caller caller, UsageDesk desk, LinkUsage link, EventPublisher events, IClock clock)
{
    /// <summary>What is left out stays as it was.</summary>
    public sealed record Correction(Instant? StartsAt, Instant? EndsAt, int? Samples, string? Feedback, ServiceMode? ServiceMode, string? Reason);

    public async Task<Outcome<UsageRecord>> RunAsync(UsageId id, Correction correction, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var instrumentId = await db.Set<UsageRecord>().Where(u => u.Id == id).Select(u => (Guid?)u.InstrumentId.Value).SingleOrDefaultAsync(cancel);
        if (instrumentId is null || await desk.TakeTurnAsync(new InstrumentId(instrumentId.Value), cancel) is not { } instrument) return Problem.NotFound();
        var first = await db.Set<UsageRecord>().SingleAsync(u => u.InstrumentId == instrument.Id && u.Id == id, cancel);
        if (!caller.May(UsagePermissions.Record, instrument.Scope))
            return caller.May(UsagePermissions.View, instrument.Scope) || first.PersonId == caller.PersonId ? Problem.Forbidden() : Problem.NotFound();
        if (!first.IsCurrent) return Problem.Refused("usage.not-current");
        if (first.Status == UsageStatus.Open) return Problem.Refused("usage.still-open");

        var now = clock.GetCurrentInstant();
        var (start, end) = (correction.StartsAt ?? first.StartedAt, correction.EndsAt ?? first.EndedAt!.Value);
        if (UsageRules.Entry(start, end, correction.Samples ?? first.Samples, correction.Feedback ?? first.Feedback, correction.Reason, now) is { Count: > 0 } wrong) return wrong;

        var booking = first.BookingId is { } bookingId ? await desk.BookingAsync(instrument.Id, bookingId, cancel) : null;
        var second = Second(first, correction, start, now).Close(end, correction.Samples ?? first.Samples, correction.Feedback?.Trim() ?? first.Feedback, now);
        first.Supersede();
        await db.SaveChangesAsync(cancel); // before the second, so that the two are never current together
        db.Add(second);
        await events.PublishAsync(new UsageCorrected(first, second, booking), cancel);
        await link.RunAsync(second, cancel);
        db.AddEvent("usage.corrected", now, second.Id.Value, second.InstrumentId.Value, instrument.InstitutionId.Value, second.PersonId.Value, UsageEventPayload.Of(second));
        caller.Audit(db, now, "usage.correct", "usage", first.Id.Value.ToString(), UsageEventPayload.Of(first), UsageEventPayload.Of(second), second.Reason, instrument.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return second;
    }

    private UsageRecord Second(UsageRecord first, Correction correction, Instant start, Instant now) => new()
    {
        InstrumentId = first.InstrumentId,
        Unit = first.Unit,
        BookingId = first.BookingId,
        PersonId = first.PersonId,
        GroupId = first.GroupId,
        InstitutionId = first.InstitutionId,
        ServiceMode = correction.ServiceMode ?? first.ServiceMode,
        Purpose = first.Purpose,
        Source = first.Source,
        StartedAt = UsageRecord.WholeSecond(start),
        Reason = correction.Reason!.Trim(),
        CorrectsId = first.Id,
        EnteredBy = caller.PersonId!.Value,
        CreatedAt = now,
    };
}
