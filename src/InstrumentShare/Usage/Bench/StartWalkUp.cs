using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;

namespace InstrumentShare.Usage.Bench;

/// <summary>Books free time and checks in at once: both or neither.</summary>
public sealed class StartWalkUp(AppDb db, Caller caller, BookInstrument book, CheckIn checkIn, IClock clock)
{
    public async Task<Outcome<UsageRecord>> RunAsync(InstrumentId id, Instant startsAt, Instant endsAt, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var booked = await book.RunAsync(new BookInstrument.Request(id, startsAt, endsAt, ServiceMode.SelfOperated), cancel);
        if (!booked.IsOk) return Outcome<UsageRecord>.Refuse(booked.Problems);
        if (booked.Value.Status != BookingStatus.Confirmed) return Problem.Refused("bench.approval");
        var opened = await checkIn.RunAsync(booked.Value.Id, cancel);
        if (!opened.IsOk) return opened;
        if (caller.Device is { } device)
        {
            caller.Audit(db, clock.GetCurrentInstant(), "booking.make", "booking", booked.Value.Id.Value.ToString(), after: new { booked.Value.StartsAt, booked.Value.EndsAt, device = device.Id });
            await db.SaveChangesAsync(cancel);
        }

        await transaction.CommitAsync(cancel);
        return opened;
    }
}
