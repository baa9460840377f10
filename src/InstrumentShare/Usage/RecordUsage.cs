using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Usage.Chain;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Usage;

/// <summary>A use that nobody checked in, entered by who looks after the instrument, with a reason.</summary>
public sealed class RecordUsage(AppDb db, Caller caller, UsageDesk desk, LinkUsage link, EventPublisher events, IClock clock)
{
    /// <param name="PersonId">Who used it; taken from the booking when one is named.</param>
    public sealed record Entry(
        InstrumentId InstrumentId, PersonId? PersonId, BookingId? BookingId, short Unit, Instant? StartsAt, Instant? EndsAt, ServiceMode ServiceMode, string Purpose, int Samples, string Feedback, string? Reason);

    public async Task<Outcome<UsageRecord>> RunAsync(Entry entry, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        if (await desk.TakeTurnAsync(entry.InstrumentId, cancel) is not { } instrument) return Problem.NotFound();
        if (!caller.May(UsagePermissions.Record, instrument.Scope)) return caller.May(UsagePermissions.View, instrument.Scope) ? Problem.Forbidden() : Problem.NotFound();

        var now = clock.GetCurrentInstant();
        var problems = UsageRules.Entry(entry.StartsAt, entry.EndsAt, entry.Samples, entry.Feedback, entry.Reason, now);
        if (entry.Purpose.Length > UsageRules.MaxText) problems.Add(Problem.Invalid("usage.text-length", "purpose", ("most", UsageRules.MaxText)));
        if (entry.Unit < 1 || entry.Unit > instrument.Capacity) problems.Add(Problem.Invalid("usage.unit", "unit", ("units", instrument.Capacity)));
        var booking = await BookingAsync(entry, problems, cancel);
        var user = (booking?.PersonId ?? entry.PersonId) is { } id
            ? await db.Set<Person>().AsNoTracking().Where(p => p.Id == id.Value).Select(p => new { p.InstitutionId }).SingleOrDefaultAsync(cancel)
            : null;
        if (user is null && entry.BookingId is null) problems.Add(Problem.Invalid("usage.person-unknown", "personId"));
        if (problems.Count > 0) return problems;

        var record = NewRecord(entry, booking, booking?.InstitutionId ?? user!.InstitutionId, now);
        db.Add(record);
        await events.PublishAsync(new UsageRecorded(record, booking), cancel);
        await link.RunAsync(record, cancel);
        db.AddEvent("usage.recorded", now, record.Id.Value, record.InstrumentId.Value, instrument.InstitutionId.Value, record.PersonId.Value, UsageEventPayload.Of(record));
        caller.Audit(db, now, "usage.record", "usage", record.Id.Value.ToString(), after: UsageEventPayload.Of(record), reason: record.Reason, institutionId: instrument.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return record;
    }

    // The booking that the use belongs to, which it completes; it has one use only.
    private async Task<Booking?> BookingAsync(Entry entry, List<Problem> problems, CancellationToken cancel)
    {
        if (entry.BookingId is not { } id) return null;
        var booking = await db.Set<Booking>().FromSql($"SELECT * FROM bookings WHERE instrument_id = {entry.InstrumentId.Value} AND id = {id.Value} FOR UPDATE").SingleOrDefaultAsync(cancel);
        if (booking is null) problems.Add(Problem.Invalid("usage.booking-unknown", "bookingId"));
        else if (entry.PersonId is { } person && person != booking.PersonId) problems.Add(Problem.Invalid("usage.booking-of-another", "personId"));
        else if (await db.Set<UsageRecord>().AnyAsync(u => u.BookingId == id && u.IsCurrent, cancel)) problems.Add(Problem.Refused("usage.booking-recorded", "bookingId"));
        else if (booking.Status is not (BookingStatus.Confirmed or BookingStatus.Completed)) problems.Add(Problem.Refused("usage.booking-state", "bookingId", ("status", booking.Status)));
        else if (booking.Status == BookingStatus.Confirmed) booking.Complete();
        return booking;
    }

    private UsageRecord NewRecord(Entry entry, Booking? booking, InstitutionId? institution, Instant now) => new UsageRecord
    {
        InstrumentId = entry.InstrumentId,
        Unit = booking?.Unit ?? entry.Unit,
        BookingId = booking?.Id,
        PersonId = booking?.PersonId ?? entry.PersonId!.Value,
        GroupId = booking?.GroupId,
        InstitutionId = institution,
        ServiceMode = entry.ServiceMode,
        Purpose = entry.Purpose,
        Source = UsageSource.Manual,
        StartedAt = UsageRecord.WholeSecond(entry.StartsAt!.Value),
        Reason = entry.Reason!.Trim(),
        EnteredBy = caller.PersonId!.Value,
        CreatedAt = now,
    }.Close(entry.EndsAt!.Value, entry.Samples, entry.Feedback, now);
}
