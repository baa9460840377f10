using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace InstrumentShare.Bookings.Qualifications;

public sealed record TrainingInstrument(Guid Id, string Name, string NameEn, BookingStatus BookingStatus);

/// <summary>The reader's own part in a training.</summary>
public sealed record MyPart(bool IsIn, TrainingResult? Result, QualificationLevel? Level);

public sealed record TrainingRow(
    TrainingSessionId Id, QualificationId QualificationId, string Qualification, string QualificationEn, InstitutionId InstitutionId, string Institution, string InstitutionEn, string TimeZone, TrainingInstrument? Instrument, Guid? ForInstrumentId,
    string Trainer, string? TrainerEn, string TrainerEmail, QualificationLevel Level, Instant StartsAt, Instant EndsAt, string Place, string Note, int Seats, int SeatsTaken, Instant SignUpUntil, Instant LeaveUntil, Instant? CancelledAt, string? CancelReason, long Version, MyPart? Mine)
{
    public Scope Scope => new(ForInstrumentId, InstitutionId.Value);

    public DateTimeZone Zone => DateTimeZoneProviders.Tzdb[TimeZone];

    /// <summary>Whether a seat can still be had by signing up.</summary>
    public bool TakesSignUps(Instant now) => CancelledAt is null && now <= SignUpUntil && SeatsTaken < Seats;
}

public sealed record AttendeeRow(Guid PersonId, string Name, string? NameEn, string? Email, Instant SignedUpAt, TrainingResult? Result, QualificationLevel? Level, string Remark, Guid? CertificateId);

/// <param name="Mine">Only those the caller signed up for.</param>
/// <param name="Permission">Only those that this permission of the caller covers.</param>
public sealed record TrainingFilter(bool Mine = false, string? Permission = null, QualificationId? Qualification = null, InstrumentId? Instrument = null, Instant? From = null, Instant? To = null, bool Newest = false, bool Standing = false, string? Cursor = null, int Limit = 50);

/// <summary>Reads trainings: what anybody who is signed in may join, and for the lab who comes.</summary>
public sealed class TrainingQueries(NpgsqlDataSource database, AppDb db, Caller caller)
{
    private const string Columns = """
        SELECT s.id, q.id, q.name, q.name_en, n.id, n.name, n.name_en, COALESCE(i.time_zone, n.time_zone), i.id, i.name, i.name_en, k.status, q.instrument_id, t.name, t.name_en, t.email, s.level, s.starts_at, s.ends_at, s.place, s.note,
               s.seats, s.seats_taken, s.sign_up_until, s.leave_until, s.cancelled_at, s.cancel_reason, s.version, a.left_at IS NULL, a.result, a.level, a.person_id
        """;

    private const string From = """
         FROM training_sessions s JOIN qualifications q ON q.id = s.qualification_id JOIN institutions n ON n.id = q.institution_id JOIN people t ON t.id = s.trainer_id
         LEFT JOIN instruments i ON i.id = s.instrument_id LEFT JOIN bookings k ON k.instrument_id = s.instrument_id AND k.id = s.booking_id
         LEFT JOIN training_attendees a ON a.session_id = s.id AND a.person_id = @me
         WHERE
        """;

    public async Task<PageOf<TrainingRow>> ListAsync(TrainingFilter filter, CancellationToken cancel)
    {
        var sight = filter.Permission is { } permission ? await QualificationSight.OfAsync(db, caller, permission, cancel) : new QualificationSight(true, [], []);
        var where = QualificationSight.Sql + (filter.Mine ? " AND a.person_id IS NOT NULL AND (a.left_at IS NULL OR a.result IS NOT NULL)" : string.Empty);
        if (filter.Qualification is not null) where += " AND s.qualification_id = @qualification";
        if (filter.Instrument is not null) where += " AND (q.instrument_id = @instrument OR EXISTS (SELECT 1 FROM instrument_group_members m WHERE m.group_id = q.group_id AND m.instrument_id = @instrument))";
        if (filter.From is not null) where += " AND s.ends_at > @from";
        if (filter.To is not null) where += " AND s.starts_at < @to";
        if (filter.Standing) where += " AND s.cancelled_at IS NULL";
        var order = filter.Newest ? "DESC" : "ASC";
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Command(filter, sight, $"{Columns} {From} {where} {(filter.Cursor is null ? string.Empty : $"AND (s.starts_at, s.id) {(filter.Newest ? "<" : ">")} (@afterTime, @afterId)")} ORDER BY s.starts_at {order}, s.id {order} LIMIT @limit"));
        batch.BatchCommands.Add(Command(filter, sight, $"SELECT count(*) FROM (SELECT 1 {From} {where} LIMIT {(PageOf<int>.CountedUpTo + 1).ToString(CultureInfo.InvariantCulture)}) counted"));
        await using var r = await batch.ExecuteReaderAsync(cancel);
        var rows = new List<TrainingRow>();
        while (await r.ReadAsync(cancel)) rows.Add(Read(r));
        await r.NextResultAsync(cancel);
        await r.ReadAsync(cancel);
        var total = (int)r.GetInt64(0);
        var more = rows.Count > filter.Limit;
        if (more) rows.RemoveAt(filter.Limit);
        return new PageOf<TrainingRow>(rows, more ? ListQuery.Encode($"{NodaTime.Text.InstantPattern.ExtendedIso.Format(rows[^1].StartsAt)}|{rows[^1].Id.Value}") : null, PageOf<int>.TotalOf(total));
    }

    public async Task<TrainingRow?> OfAsync(TrainingSessionId id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand($"{Columns} {From} s.id = @id");
        command.Parameters.AddWithValue("id", id.Value);
        command.Parameters.AddWithValue("me", caller.PersonId?.Value ?? Guid.Empty);
        await using var r = await command.ExecuteReaderAsync(cancel);
        return await r.ReadAsync(cancel) ? Read(r) : null;
    }

    /// <summary>Who has a seat, by name; a training has at most as many as its seats.</summary>
    public async Task<IReadOnlyList<AttendeeRow>> AttendeesAsync(TrainingSessionId id, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            SELECT p.id, p.name, p.name_en, p.email, a.signed_up_at, a.result, a.level, a.remark, a.certificate_id
            FROM training_attendees a JOIN people p ON p.id = a.person_id WHERE a.session_id = $1 AND a.left_at IS NULL ORDER BY p.name, p.id
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id.Value });
        await using var r = await command.ExecuteReaderAsync(cancel);
        var rows = new List<AttendeeRow>();
        while (await r.ReadAsync(cancel))
            rows.Add(new AttendeeRow(r.GetGuid(0), r.GetString(1), Text(r, 2), Text(r, 3), At(r, 4), Maybe<TrainingResult>(r, 5), Maybe<QualificationLevel>(r, 6), r.GetString(7), r.IsDBNull(8) ? null : r.GetGuid(8)));
        return rows;
    }

    /// <summary>The place in the list that a cursor names; null when it is not one of ours.</summary>
    public static (Instant At, Guid Id)? ReadKey(string? cursor) => cursor is null ? null : BookingQueries.ReadKey(cursor);

    private NpgsqlBatchCommand Command(TrainingFilter filter, QualificationSight sight, string sql)
    {
        var command = new NpgsqlBatchCommand(sql);
        var p = command.Parameters;
        sight.AddTo(p);
        p.AddWithValue("me", caller.PersonId?.Value ?? Guid.Empty);
        p.AddWithValue("limit", filter.Limit + 1);
        p.AddWithValue("qualification", filter.Qualification?.Value ?? Guid.Empty);
        p.AddWithValue("instrument", filter.Instrument?.Value ?? Guid.Empty);
        p.Add(new NpgsqlParameter("from", NpgsqlDbType.TimestampTz) { Value = (object?)filter.From?.ToDateTimeUtc() ?? DBNull.Value });
        p.Add(new NpgsqlParameter("to", NpgsqlDbType.TimestampTz) { Value = (object?)filter.To?.ToDateTimeUtc() ?? DBNull.Value });
        if (ReadKey(filter.Cursor) is var (at, id))
        {
            p.AddWithValue("afterTime", at.ToDateTimeUtc());
            p.AddWithValue("afterId", id);
        }

        return command;
    }

    private static TrainingRow Read(NpgsqlDataReader r) => new(
        new TrainingSessionId(r.GetGuid(0)), new QualificationId(r.GetGuid(1)), r.GetString(2), r.GetString(3), new InstitutionId(r.GetGuid(4)), r.GetString(5), r.GetString(6), r.GetString(7),
        r.IsDBNull(8) ? null : new TrainingInstrument(r.GetGuid(8), r.GetString(9), r.GetString(10), Word.Parse<BookingStatus>(r.GetString(11))), r.IsDBNull(12) ? null : r.GetGuid(12), r.GetString(13), Text(r, 14), Text(r, 15) ?? string.Empty,
        Word.Parse<QualificationLevel>(r.GetString(16)), At(r, 17), At(r, 18), r.GetString(19), r.GetString(20), r.GetInt32(21), r.GetInt32(22), At(r, 23), At(r, 24), r.IsDBNull(25) ? null : At(r, 25), Text(r, 26), r.GetInt64(27),
        r.IsDBNull(31) ? null : new MyPart(r.GetBoolean(28), Maybe<TrainingResult>(r, 29), Maybe<QualificationLevel>(r, 30)));

    private static TEnum? Maybe<TEnum>(NpgsqlDataReader r, int column) where TEnum : struct, Enum => r.IsDBNull(column) ? null : Word.Parse<TEnum>(r.GetString(column));

    private static string? Text(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);

    private static Instant At(NpgsqlDataReader r, int column) => Instant.FromDateTimeUtc(r.GetFieldValue<DateTime>(column));
}
