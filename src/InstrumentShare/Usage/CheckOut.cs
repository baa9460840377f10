using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Pricing;
using InstrumentShare.Usage.Chain;
using NodaTime;

namespace InstrumentShare.Usage;

/// <summary>Ends the use of a booking. Where samples are what costs, their count must be told: never free by silence.</summary>
public sealed class CheckOut(AppDb db, Caller caller, UsageDesk desk, PricePolicies prices, LinkUsage link, EventPublisher events, IClock clock)
{
    public async Task<Outcome<UsageRecord>> RunAsync(BookingId id, int? samples, string? feedback, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var opened = await desk.OpenAsync(id, cancel);
        if (!opened.IsOk) return Outcome<UsageRecord>.Refuse(opened.Problems);
        var (booking, instrument) = opened.Value;
        var record = await desk.OpenRecordAsync(booking.InstrumentId, booking.Unit, cancel);
        if (record?.BookingId != id) return Problem.Refused("usage.not-in-use");

        if (UsageRules.Closing(samples ?? 0, feedback) is { Count: > 0 } wrong) return wrong;
        if (samples is null && await CountsSamplesAsync(booking, instrument, cancel)) return Problem.Invalid("usage.samples-needed", "samples");

        var now = clock.GetCurrentInstant();
        record!.Close(now, samples ?? 0, feedback?.Trim() ?? string.Empty, now);
        if (booking.Complete() is { } state) return state;
        await events.PublishAsync(new UsageRecorded(record, booking), cancel);
        await link.RunAsync(record, cancel);
        db.AddEvent("usage.recorded", now, record.Id.Value, record.InstrumentId.Value, instrument.InstitutionId.Value, record.PersonId.Value, UsageEventPayload.Of(record, caller.Device));
        if (caller.Device is not null) caller.Audit(db, now, "usage.check-out", "usage", record.Id.Value.ToString(), after: new { record.BookingId, device = caller.Device.Id }, institutionId: instrument.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return record;
    }

    private async Task<bool> CountsSamplesAsync(Booking booking, InstrumentRules instrument, CancellationToken cancel)
    {
        var on = booking.StartsAt.InZone(instrument.InstitutionZone).Date;
        var policy = await prices.InForceAsync(instrument.Id, instrument.RulesVersion, booking.UserClass, on, cancel);
        return policy.Value?.ChargeFor == ChargeFor.Samples;
    }
}
