using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Bookings.Qualifications;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Usage.Chain;
using NodaTime;

namespace InstrumentShare.Usage;

/// <summary>Begins the use of a booking; takes the instrument over from who forgot to check out, when the booked time has come.</summary>
public sealed class CheckIn(AppDb db, Caller caller, UsageDesk desk, UseQualification qualified, LinkUsage link, EventPublisher events, IClock clock)
{
    public async Task<Outcome<UsageRecord>> RunAsync(BookingId id, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var opened = await desk.OpenAsync(id, cancel);
        if (!opened.IsOk) return Outcome<UsageRecord>.Refuse(opened.Problems);
        var (booking, instrument) = opened.Value;
        var other = await desk.OpenRecordAsync(booking.InstrumentId, booking.Unit, cancel);

        var now = clock.GetCurrentInstant();
        if (UsageRules.CheckIn(booking.Status, booking.Slot, now, other is not null) is { } refused) return refused;
        if (await qualified.CheckAsync(booking, instrument, cancel) is { } unqualified) return unqualified;
        if (booking.CheckIn() is { } state) return state;
        if (other is not null && await TakeOverAsync(other, instrument, now, cancel) is { } failed) return failed;

        var record = NewRecord(booking, Instant.Max(UsageRecord.WholeSecond(now), other?.EndedAt ?? Instant.MinValue), now);
        db.Add(record);
        await events.PublishAsync(new UsageOpened(record), cancel);
        db.AddEvent("usage.opened", now, record.Id.Value, record.InstrumentId.Value, instrument.InstitutionId.Value, record.PersonId.Value, UsageEventPayload.Of(record, caller.Device));
        if (caller.Device is not null) caller.Audit(db, now, "usage.check-in", "usage", record.Id.Value.ToString(), after: new { record.BookingId, device = caller.Device.Id }, institutionId: instrument.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return record;
    }

    private async Task<Problem?> TakeOverAsync(UsageRecord other, InstrumentRules instrument, Instant now, CancellationToken cancel)
    {
        var booking = other.BookingId is { } id ? await desk.BookingAsync(other.InstrumentId, id, cancel) : null;
        other.Close(now, other.Samples, other.Feedback, now, UsageProblem.TakenOver);
        booking?.Complete();
        await events.PublishAsync(new UsageRecorded(other, booking), cancel);
        await link.RunAsync(other, cancel);
        db.AddEvent("usage.recorded", now, other.Id.Value, other.InstrumentId.Value, instrument.InstitutionId.Value, other.PersonId.Value, UsageEventPayload.Of(other));
        return await db.TrySaveAsync(cancel);
    }

    private UsageRecord NewRecord(Booking booking, Instant startedAt, Instant now) => new()
    {
        InstrumentId = booking.InstrumentId,
        Unit = booking.Unit,
        BookingId = booking.Id,
        PersonId = booking.PersonId,
        GroupId = booking.GroupId,
        InstitutionId = booking.InstitutionId,
        ServiceMode = booking.ServiceMode,
        Purpose = booking.Purpose,
        Source = UsageSource.CheckIn,
        StartedAt = startedAt,
        EnteredBy = caller.PersonId ?? booking.PersonId,
        CreatedAt = now,
    };
}
