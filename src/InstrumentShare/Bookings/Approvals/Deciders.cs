using InstrumentShare.Access;
using InstrumentShare.Bookings.Notices;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Bookings.Approvals;

/// <summary>
/// Whom the present step of a request asks: the leaders of the group, the instrument's lab managers (those of the institution where
/// it has none of its own but who asks), or the institution's administrators; and who stands for them today. Never who asked.
/// </summary>
internal static class Deciders
{
    /// <summary>How many people hear of one request at most.</summary>
    public const int MostPeople = 20;

    private sealed record Row(Guid BookingId, Guid PersonId, string Name, string Email, string Language);

    /// <summary>Adds mail of this kind to all who may decide on the requests of a batch.</summary>
    public static async Task TellAsync(NoticeWriter.Batch batch, string kind, CancellationToken cancel)
    {
        // Of a series, one mail: it is decided at once.
        var (ids, now) = (batch.Bookings.DistinctBy(b => b.SeriesId?.Value ?? b.Id.Value).Select(b => b.Id.Value).ToArray(), batch.Now.ToDateTimeUtc());
        var rows = await batch.Db.Database.SqlQuery<Row>($"""
            SELECT b.id AS "BookingId", d.id AS "PersonId", d.name AS "Name", d.email AS "Email", d.language AS "Language"
            FROM bookings b JOIN instruments i ON i.id = b.instrument_id CROSS JOIN LATERAL (
                WITH asked AS (
                    SELECT g.person_id FROM role_grants g WHERE g.revoked_at IS NULL AND g.person_id NOT IN (b.person_id, b.created_by) AND CASE b.approval_by
                        WHEN 'groupLeader' THEN g.scope_kind = 'group' AND g.scope_id = b.group_id AND g.role = 'groupLeader'
                        WHEN 'institution' THEN g.scope_kind = 'institution' AND g.scope_id = i.institution_id AND g.role = 'institutionAdministrator'
                        WHEN 'instrumentOwner' THEN g.role = 'labManager' AND ((g.scope_kind = 'instrument' AND g.scope_id = b.instrument_id)
                            OR (g.scope_kind = 'institution' AND g.scope_id = i.institution_id AND NOT EXISTS (
                                SELECT 1 FROM role_grants own WHERE own.scope_id = b.instrument_id AND own.scope_kind = 'instrument' AND own.role = 'labManager' AND own.revoked_at IS NULL AND own.person_id NOT IN (b.person_id, b.created_by))))
                        END
                      AND g.scope_id IN (b.group_id, b.instrument_id, i.institution_id)
                )
                SELECT p.id, p.name, p.email, p.language FROM people p
                WHERE p.id NOT IN (b.person_id, b.created_by) AND p.is_active AND p.email IS NOT NULL AND p.id IN (
                    SELECT person_id FROM asked
                    UNION SELECT d.delegate_id FROM delegations d JOIN asked a ON a.person_id = d.person_id
                        WHERE d.permission = {BookingPermissions.Decide} AND d.revoked_at IS NULL AND d.starts_at <= {now} AND d.ends_at > {now})
                ORDER BY p.id LIMIT {MostPeople}) d
            WHERE b.id = ANY({ids}) AND b.status = 'requested'
            """).ToListAsync(cancel);
        var bookings = batch.Bookings.ToDictionary(b => b.Id.Value);
        var people = await BookingPeople.OfAsync(batch.Db, batch.Bookings.Select(b => b.PersonId), cancel);
        foreach (var row in rows)
        {
            var booking = bookings[row.BookingId];
            var to = new BookingNews.Recipient(new PersonId(row.PersonId), row.Name, row.Email, row.Language);
            batch.Db.AddBookingMail(kind, booking, batch.Places[booking.InstrumentId], to, batch.Now, requester: people[booking.PersonId].Name);
        }
    }
}
