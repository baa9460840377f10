using System.Text.Json;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace InstrumentShare.Bookings;

/// <summary>
/// Writes a booking, its event and its mail in one statement and one round trip. The instrument's row is held for sharing at the
/// rules' version that the decision stood on, so a closure or new rule that commits meanwhile leaves nothing to insert.
/// </summary>
internal static class InsertBooking
{
    private const string Sql = """
        WITH instrument AS (
            SELECT id, institution_id FROM instruments WHERE id = $1 AND rules_version = $2 FOR SHARE
        ), booking AS (
            INSERT INTO bookings (instrument_id, id, unit, person_id, group_id, institution_id, fund_id, service_mode, purpose, status, starts_at, ends_at, held,
                                  user_class, price_policy_id, estimate_fen, estimate_currency, rules_version, override_reason, created_by, created_at, use_place, customs_notice, series_id,
                                  approvals, approval_by, approval_since, approval_due_at, main_id, takes_along)
            SELECT id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, tstzrange($14, $15), $16, $17, $18, $19, $2, $20, $5, $21, $28, $29, $30, $31::jsonb, $32, $33, $34, $35, $36 FROM instrument
            ON CONFLICT ON CONSTRAINT "booking.overlap" DO NOTHING
            RETURNING id, instrument_id
        ), event AS (
            INSERT INTO events (name, occurred_at, subject_id, instrument_id, institution_id, person_id, payload)
            SELECT $22, $21, b.id, i.id, i.institution_id, $5, $23::jsonb FROM booking b JOIN instrument i ON i.id = b.instrument_id
        ), mail AS (
            INSERT INTO outbox_messages (id, kind, recipient, person_id, language, data, created_at, next_attempt_at)
            SELECT $24, $22, $25, $5, $26, $27::jsonb, $21, $21 FROM booking WHERE $25 <> ''
        )
        SELECT id FROM booking
        """;

    /// <returns>False when nothing was written: the unit is taken, or the rules have a newer version.</returns>
    public static async Task<bool> RunAsync(NpgsqlConnection connection, Booking booking, BookingNews.Recipient to, string payload, string mail, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        Fill(command.Parameters, booking, to, payload, mail);
        return await command.ExecuteScalarAsync(cancel) is not null;
    }

    /// <summary>Writes many bookings in one round trip, without mail.</summary>
    /// <returns>How many were written; fewer than asked for when a unit is taken or the rules have a newer version.</returns>
    public static async Task<int> RunAllAsync(NpgsqlConnection connection, IEnumerable<Booking> bookings, BookingNews.Recipient to, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection);
        foreach (var booking in bookings)
        {
            var command = new NpgsqlBatchCommand(Sql);
            Fill(command.Parameters, booking, to with { Email = null }, BookingNews.Payload(booking.Status, booking.Slot, booking.Unit), "{}");
            batch.BatchCommands.Add(command);
        }

        var written = 0;
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        do
        {
            while (await reader.ReadAsync(cancel)) written++;
        }
        while (await reader.NextResultAsync(cancel));
        return written;
    }

    private static void Fill(NpgsqlParameterCollection p, Booking booking, BookingNews.Recipient to, string payload, string mail)
    {
        p.Add(Of(booking.InstrumentId.Value));
        p.Add(Of(booking.RulesVersion));
        p.Add(Of(booking.Id.Value));
        p.Add(Of(booking.Unit));
        p.Add(Of(booking.PersonId.Value));
        p.Add(Maybe(NpgsqlDbType.Uuid, booking.GroupId?.Value));
        p.Add(Maybe(NpgsqlDbType.Uuid, booking.InstitutionId?.Value));
        p.Add(Maybe(NpgsqlDbType.Uuid, booking.FundId));
        p.Add(Of(Word.Of(booking.ServiceMode)));
        p.Add(Of(booking.Purpose));
        p.Add(Of(Word.Of(booking.Status)));
        p.Add(Of(booking.StartsAt));
        p.Add(Of(booking.EndsAt));
        p.Add(new NpgsqlParameter<DateTime> { TypedValue = booking.Held.LowerBound });
        p.Add(new NpgsqlParameter<DateTime> { TypedValue = booking.Held.UpperBound });
        p.Add(Of(Word.Of(booking.UserClass)));
        p.Add(Maybe(NpgsqlDbType.Uuid, booking.PricePolicyId?.Value));
        p.Add(Maybe(NpgsqlDbType.Bigint, booking.EstimateFen));
        p.Add(Maybe(NpgsqlDbType.Text, booking.EstimateCurrency));
        p.Add(Maybe(NpgsqlDbType.Text, booking.OverrideReason));
        p.Add(Of(booking.CreatedAt));
        p.Add(Of(BookingNews.NameOf(booking.Status)));
        p.Add(Of(payload));
        p.Add(Of(Guid.CreateVersion7()));
        p.Add(Of(to.Email ?? string.Empty));
        p.Add(Of(to.Language));
        p.Add(Of(mail));
        p.Add(Maybe(NpgsqlDbType.Text, booking.UsePlace));
        p.Add(Maybe(NpgsqlDbType.Text, booking.CustomsNotice));
        p.Add(Maybe(NpgsqlDbType.Uuid, booking.SeriesId?.Value));
        p.Add(Of(JsonSerializer.Serialize(booking.Approvals, Json.Options)));
        p.Add(Maybe(NpgsqlDbType.Text, booking.ApprovalBy is { } by ? Word.Of(by) : null));
        p.Add(Maybe(NpgsqlDbType.TimestampTz, booking.ApprovalSince?.ToDateTimeUtc()));
        p.Add(Maybe(NpgsqlDbType.TimestampTz, booking.ApprovalDueAt?.ToDateTimeUtc()));
        p.Add(Maybe(NpgsqlDbType.Uuid, booking.MainId?.Value));
        p.Add(Of(booking.TakesAlong));
    }

    private static NpgsqlParameter<T> Of<T>(T value) => new() { TypedValue = value };

    private static NpgsqlParameter<DateTime> Of(Instant value) => new() { TypedValue = value.ToDateTimeUtc() };

    private static NpgsqlParameter Maybe(NpgsqlDbType type, object? value) => new() { NpgsqlDbType = type, Value = value ?? DBNull.Value };
}
