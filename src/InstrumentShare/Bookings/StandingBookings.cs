using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Bookings;

/// <summary>Tells the catalogue which bookings a change of closures or hours leaves standing, in the transaction of that change.</summary>
public sealed class StandingBookings(AppDb db) : IStandingBookings
{
    private sealed record Row(Guid Id, DateTime StartsAt, DateTime EndsAt, string Person);

    public async Task<IReadOnlyList<StandingBooking>> OverAsync(InstrumentId instrumentId, TimeSlot slot, int limit, CancellationToken cancel)
    {
        var (id, from, to) = (instrumentId.Value, slot.StartsAt.ToDateTimeUtc(), slot.EndsAt.ToDateTimeUtc());
        var rows = await db.Database.SqlQuery<Row>($"""
            SELECT b.id AS "Id", b.starts_at AS "StartsAt", b.ends_at AS "EndsAt", p.name AS "Person" FROM bookings b JOIN people p ON p.id = b.person_id
            WHERE b.instrument_id = {id} AND b.starts_at < {to} AND b.ends_at > {from} AND b.held && tstzrange({from}, {to}) AND b.status IN ('requested', 'confirmed', 'inUse')
            ORDER BY b.starts_at LIMIT {limit}
            """).ToListAsync(cancel);
        return rows.Select(r => new StandingBooking(r.Id, NodaTime.Instant.FromDateTimeUtc(r.StartsAt), NodaTime.Instant.FromDateTimeUtc(r.EndsAt), r.Person)).ToList();
    }
}
