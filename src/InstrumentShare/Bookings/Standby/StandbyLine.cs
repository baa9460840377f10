using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using NodaTime;

namespace InstrumentShare.Bookings.Standby;

/// <summary>Time of an instrument at which who waits is looked at. The database adds those of bookings that are given back.</summary>
public sealed class FreedTime
{
    public long Id { get; private set; }

    public required InstrumentId InstrumentId { get; init; }

    public required Instant StartsAt { get; init; }

    public required Instant EndsAt { get; init; }

    public static FreedTime Of(StandbyRequest request) => new() { InstrumentId = request.InstrumentId, StartsAt = request.StartsAt, EndsAt = request.EndsAt };
}

public sealed class FreedTimeMapping : IEntityTypeConfiguration<FreedTime>
{
    public void Configure(EntityTypeBuilder<FreedTime> builder)
    {
        builder.ToTable("freed_times");
        builder.Property(x => x.Id).ValueGeneratedOnAdd();
    }
}

/// <summary>How the waiting list of an instrument is kept in order.</summary>
internal static class StandbyLine
{
    /// <summary>The lock, by instrument, that every offer takes first.</summary>
    public const string Lock = "standby:";

    /// <summary>Ends an offer that was not taken, and has its time, and that of all it would take along, offered to the next in the line.</summary>
    public static async Task PassOnAsync(this AppDb db, StandbyRequest request, StandbyOffer offer, StandbyOfferState state, InstrumentRules instrument, Instant now, CancellationToken cancel)
    {
        offer.Close(state, now);
        var (booking, from, to) = (offer.BookingId.Value, request.StartsAt.ToDateTimeUtc(), request.EndsAt.ToDateTimeUtc());
        await db.Database.ExecuteSqlAsync($"""
            WITH gone AS (DELETE FROM bookings WHERE (id = {booking} OR main_id = {booking}) AND offered_until IS NOT NULL RETURNING instrument_id, held),
                rooms AS (DELETE FROM room_holds WHERE booking_id = {booking}), technicians AS (DELETE FROM technician_holds WHERE booking_id = {booking})
            INSERT INTO freed_times (instrument_id, starts_at, ends_at) SELECT instrument_id, least(lower(held), {from}), greatest(upper(held), {to}) FROM gone
            """, cancel);
        db.AddStandbyEvent("standby." + Word.Of(state), request, instrument, now, offer);
    }
}
