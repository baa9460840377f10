using InstrumentShare.Access;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Quartz;

namespace InstrumentShare.Bookings.Notices;

/// <summary>
/// Tells the people in charge of an instrument, once, that a request waits: its lab managers and technicians, or the managers of
/// the institution's instruments where it has none of its own, and the leaders of the group that asks. Never who asked themselves.
/// </summary>
public sealed class TellDeciders(NoticeWriter notices)
{
    /// <summary>How many people hear of one request at most.</summary>
    public const int MostPeople = 20;

    private sealed record Row(Guid BookingId, Guid PersonId, string Name, string Email, string Language);

    public Task<int> RunAsync(CancellationToken cancel = default) => notices.RunAsync(Waiting, b => TellAsync(b, cancel), cancel);

    private static IQueryable<Guid> Waiting(AppDb db, Instant now)
    {
        var at = now.ToDateTimeUtc();
        return db.Database.SqlQuery<Guid>($"""
            INSERT INTO booking_notices (booking_id, kind, about, told_at)
            SELECT b.id, 'toDecide', b.created_at, {at} FROM bookings b
            WHERE b.status = 'requested' AND NOT EXISTS (SELECT 1 FROM booking_notices n WHERE n.booking_id = b.id AND n.kind = 'toDecide' AND n.about = b.created_at)
            ORDER BY b.created_at LIMIT {NoticeWriter.BatchSize}
            ON CONFLICT DO NOTHING RETURNING booking_id AS "Value"
            """);
    }

    private static async Task TellAsync(NoticeWriter.Batch batch, CancellationToken cancel)
    {
        // Of a series, one mail: it is decided at once.
        var ids = batch.Bookings.DistinctBy(b => b.SeriesId?.Value ?? b.Id.Value).Select(b => b.Id.Value).ToArray();
        var rows = await batch.Db.Database.SqlQuery<Row>($"""
            SELECT b.id AS "BookingId", d.id AS "PersonId", d.name AS "Name", d.email AS "Email", d.language AS "Language"
            FROM bookings b JOIN instruments i ON i.id = b.instrument_id CROSS JOIN LATERAL (
                SELECT p.id, p.name, p.email, p.language FROM people p
                WHERE p.id <> b.person_id AND p.is_active AND p.email IS NOT NULL AND p.id IN (
                    SELECT g.person_id FROM role_grants g WHERE g.revoked_at IS NULL AND (
                        (g.scope_kind = 'instrument' AND g.scope_id = b.instrument_id AND g.role IN ('labManager', 'technician'))
                        OR (g.scope_kind = 'group' AND g.scope_id = b.group_id AND g.role = 'groupLeader')
                        OR (g.scope_kind = 'institution' AND g.scope_id = i.institution_id AND g.role = 'labManager' AND NOT EXISTS (
                            SELECT 1 FROM role_grants own WHERE own.scope_id = b.instrument_id AND own.scope_kind = 'instrument' AND own.role = 'labManager' AND own.revoked_at IS NULL AND own.person_id <> b.person_id))))
                ORDER BY p.id LIMIT {MostPeople}) d
            WHERE b.id = ANY({ids})
            """).ToListAsync(cancel);
        var bookings = batch.Bookings.ToDictionary(b => b.Id.Value);
        var people = await BookingPeople.OfAsync(batch.Db, batch.Bookings.Select(b => b.PersonId), cancel);
        foreach (var row in rows)
        {
            var booking = bookings[row.BookingId];
            var to = new BookingNews.Recipient(new PersonId(row.PersonId), row.Name, row.Email, row.Language);
            batch.Db.AddBookingMail(NoticeRules.ToDecide, booking, batch.Places[booking.InstrumentId], to, batch.Now, requester: people[booking.PersonId].Name);
        }
    }
}

public sealed class TellDecidersJob(TellDeciders tell) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await tell.RunAsync(cancellationToken);
}
