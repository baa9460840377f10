using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Access.Accounts;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using NodaTime;
using NodaTime.Text;
using Npgsql;

namespace InstrumentShare.Bookings.Qualifications;

public enum CertificateState
{
    Valid,

    /// <summary>Valid, with 30 days or less to go.</summary>
    Expiring,
    Expired,
    Revoked,
}

public sealed record Holder(Guid Id, string Name, string? NameEn, string? Email, string? Institution, string? InstitutionEn);

public sealed record CertificateRow(
    CertificateId Id, QualificationId QualificationId, string Qualification, string QualificationEn, Holder Person, QualificationLevel Level, LocalDate ValidFrom, LocalDate? ValidTo, CertificateState State,
    TrainingSessionId? SessionId, string Reason, Instant IssuedAt, string IssuedBy, Instant? RevokedAt, string? RevokeReason);

/// <param name="Mine">Only the caller's own.</param>
/// <param name="ExpiringDays">Only those that end within so many days from today and have not ended.</param>
public sealed record CertificateFilter(bool Mine, QualificationId? Qualification = null, int? ExpiringDays = null, bool? Current = null, string? Cursor = null, int Limit = 50);

/// <summary>Reads certificates: one's own, and those that a role covers; what ends first stands first.</summary>
public sealed class CertificateQueries(NpgsqlDataSource database, AppDb db, Caller caller, IClock clock) : IPersonalDataSource
{
    private const int PersonalRows = 1000;

    private const string From = """
         FROM certificates c JOIN qualifications q ON q.id = c.qualification_id JOIN institutions n ON n.id = q.institution_id
         JOIN people p ON p.id = c.person_id LEFT JOIN institutions o ON o.id = p.institution_id LEFT JOIN people b ON b.id = c.issued_by
         WHERE
        """;

    // Both sides of the list stand on one key: the last day, or the end of time, and the id.
    private const string Key = "(COALESCE(c.valid_to, date '9999-12-31'), c.id)";

    string IPersonalDataSource.Name => "certificates";

    async Task<object> IPersonalDataSource.OfAsync(PersonId personId, CancellationToken cancel) => (await ListAsync(new CertificateFilter(Mine: true, Limit: PersonalRows), cancel)).Items;

    public async Task<PageOf<CertificateRow>> ListAsync(CertificateFilter filter, CancellationToken cancel)
    {
        var sight = filter.Mine ? new QualificationSight(false, [], []) : await QualificationSight.OfAsync(db, caller, QualificationPermissions.View, cancel);
        var where = $"(c.person_id = @me AND @mine OR NOT @mine AND ({QualificationSight.Sql} OR c.person_id = @me))";
        if (filter.Qualification is not null) where += " AND c.qualification_id = @qualification";
        const string Today = "(@now AT TIME ZONE n.time_zone)::date";
        if (filter.ExpiringDays is not null) where += $" AND c.revoked_at IS NULL AND c.valid_to BETWEEN {Today} AND {Today} + @days";
        if (filter.Current is { } current) where += current ? $" AND c.revoked_at IS NULL AND (c.valid_to IS NULL OR c.valid_to >= {Today})" : $" AND (c.revoked_at IS NOT NULL OR c.valid_to < {Today})";
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Command(filter, sight, $"""
            SELECT c.id, c.qualification_id, q.name, q.name_en, p.id, p.name, p.name_en, p.email, o.name, o.name_en, c.level, c.valid_from, c.valid_to, c.session_id, c.reason, c.issued_at, b.name, c.revoked_at, c.revoke_reason, n.time_zone
            {From} {where} {(filter.Cursor is null ? string.Empty : $"AND {Key} > (@afterDate, @afterId)")} ORDER BY COALESCE(c.valid_to, date '9999-12-31'), c.id LIMIT @limit
            """));
        batch.BatchCommands.Add(Command(filter, sight, $"SELECT count(*) FROM (SELECT 1 {From} {where} LIMIT {(PageOf<int>.CountedUpTo + 1).ToString(CultureInfo.InvariantCulture)}) counted"));
        await using var r = await batch.ExecuteReaderAsync(cancel);
        var rows = new List<CertificateRow>();
        while (await r.ReadAsync(cancel)) rows.Add(Read(r));
        await r.NextResultAsync(cancel);
        await r.ReadAsync(cancel);
        var total = (int)r.GetInt64(0);
        var more = rows.Count > filter.Limit;
        if (more) rows.RemoveAt(filter.Limit);
        return new PageOf<CertificateRow>(rows, more ? ListQuery.Encode($"{LocalDatePattern.Iso.Format(rows[^1].ValidTo ?? EndOfTime)}|{rows[^1].Id.Value}") : null, PageOf<int>.TotalOf(total));
    }

    /// <summary>The place in the list that a cursor names; null when it is not one of ours.</summary>
    public static (LocalDate Date, Guid Id)? ReadKey(string? cursor) =>
        cursor?.Split('|') is [var date, var id] && LocalDatePattern.Iso.Parse(date) is { Success: true } on && Guid.TryParse(id, out var guid) ? (on.Value, guid) : null;

    private static LocalDate EndOfTime => new(9999, 12, 31);

    private NpgsqlBatchCommand Command(CertificateFilter filter, QualificationSight sight, string sql)
    {
        var command = new NpgsqlBatchCommand(sql);
        sight.AddTo(command.Parameters);
        command.Parameters.AddWithValue("me", caller.PersonId?.Value ?? Guid.Empty);
        command.Parameters.AddWithValue("mine", filter.Mine);
        command.Parameters.AddWithValue("now", clock.GetCurrentInstant().ToDateTimeUtc());
        command.Parameters.AddWithValue("qualification", filter.Qualification?.Value ?? Guid.Empty);
        command.Parameters.AddWithValue("days", filter.ExpiringDays ?? 0);
        command.Parameters.AddWithValue("limit", filter.Limit + 1);
        if (ReadKey(filter.Cursor) is var (date, id))
        {
            command.Parameters.AddWithValue("afterDate", date.ToDateOnly());
            command.Parameters.AddWithValue("afterId", id);
        }

        return command;
    }

    private CertificateRow Read(NpgsqlDataReader r)
    {
        var validTo = r.IsDBNull(12) ? (LocalDate?)null : LocalDate.FromDateOnly(r.GetFieldValue<DateOnly>(12));
        var today = clock.GetCurrentInstant().InZone(DateTimeZoneProviders.Tzdb[r.GetString(19)]).Date;
        var state = !r.IsDBNull(17) ? CertificateState.Revoked : validTo < today ? CertificateState.Expired : validTo <= today.PlusDays(CertificateReminderRules.FirstDays) ? CertificateState.Expiring : CertificateState.Valid;
        return new CertificateRow(
            new CertificateId(r.GetGuid(0)), new QualificationId(r.GetGuid(1)), r.GetString(2), r.GetString(3), new Holder(r.GetGuid(4), r.GetString(5), Text(r, 6), Text(r, 7), Text(r, 8), Text(r, 9)),
            Word.Parse<QualificationLevel>(r.GetString(10)), LocalDate.FromDateOnly(r.GetFieldValue<DateOnly>(11)), validTo, state, r.IsDBNull(13) ? null : new TrainingSessionId(r.GetGuid(13)), r.GetString(14),
            At(r, 15), Text(r, 16) ?? string.Empty, r.IsDBNull(17) ? null : At(r, 17), Text(r, 18));
    }

    private static string? Text(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);

    private static Instant At(NpgsqlDataReader r, int column) => Instant.FromDateTimeUtc(r.GetFieldValue<DateTime>(column));
}
