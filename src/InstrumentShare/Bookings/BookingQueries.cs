using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Bookings.Approvals;
using InstrumentShare.Bookings.Companions;
using InstrumentShare.Bookings.Series;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace InstrumentShare.Bookings;

/// <summary>A booking as lists show it. The person is named to those who may know.</summary>
public sealed record BookingRow(
    BookingId Id, InstrumentId InstrumentId, string InstrumentName, string InstrumentNameEn, string TimeZone, BookingStatus Status, Instant StartsAt, Instant EndsAt,
    ServiceMode ServiceMode, string Purpose, bool Mine, string Person, Money? Estimate, Instant CreatedAt, int Version, Approver? WaitsFor, SeriesId? SeriesId, BookingId? MainId, IReadOnlyList<AlongName> Along);

/// <param name="Mine">Only the caller's own.</param>
public sealed record BookingFilter(bool Mine, InstrumentId? Instrument = null, Instant? From = null, Instant? To = null, BookingStatus? Status = null, string? Cursor = null, int Limit = 50, bool Decidable = false, bool Newest = false);

/// <summary>Reads of bookings for people and programs: own ones, and those that a role of the caller covers.</summary>
public sealed class BookingQueries(NpgsqlDataSource database, AppDb db, InstrumentRulesQuery rules, Caller caller)
{
    private const string From = """
         FROM bookings b JOIN instruments i ON i.id = b.instrument_id JOIN institutions n ON n.id = i.institution_id JOIN people p ON p.id = b.person_id
         WHERE
        """;

    private const string Columns = """
        SELECT b.id, b.instrument_id, i.name, i.name_en, i.time_zone, b.status, b.starts_at, b.ends_at, b.service_mode, b.purpose, b.person_id, p.name,
               b.estimate_fen, b.estimate_currency, b.created_at, b.version, b.approval_by, b.series_id, b.main_id,
        """ + AlongName.Column;

    public async Task<PageOf<BookingRow>> ListAsync(BookingFilter filter, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        var page = batch.CreateBatchCommand();
        var where = Where(filter, page.Parameters);
        var after = filter.Cursor is { } cursor ? " AND " + After(cursor, filter.Newest, page.Parameters) : string.Empty;
        var order = filter.Newest ? " ORDER BY b.starts_at DESC, b.id DESC" : " ORDER BY b.starts_at, b.id";
        page.CommandText = Columns + From + " " + where + after + order + " LIMIT " + (filter.Limit + 1).ToString(CultureInfo.InvariantCulture);
        batch.BatchCommands.Add(page);
        var count = batch.CreateBatchCommand();
        count.CommandText = "SELECT count(*) FROM (SELECT 1" + From + " " + Where(filter, count.Parameters) + " LIMIT " + (PageOf<int>.CountedUpTo + 1).ToString(CultureInfo.InvariantCulture) + ") counted";
        batch.BatchCommands.Add(count);

        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var rows = new List<BookingRow>();
        while (await reader.ReadAsync(cancel)) rows.Add(Read(reader));
        await reader.NextResultAsync(cancel);
        await reader.ReadAsync(cancel);
        var total = (int)reader.GetInt64(0);
        var more = rows.Count > filter.Limit;
        if (more) rows.RemoveAt(rows.Count - 1);
        return new PageOf<BookingRow>(rows, more ? ListQuery.Encode(KeyOf(rows[^1])) : null, PageOf<int>.TotalOf(total));
    }

    /// <summary>A booking with its instrument, when it is the caller's to know.</summary>
    public async Task<(Booking Booking, InstrumentRules Instrument, string Person)?> FindAsync(BookingId id, CancellationToken cancel)
    {
        var booking = await db.Set<Booking>().AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, cancel);
        if (booking is null or { IsOffer: true } || await rules.OfAsync(booking.InstrumentId, cancel: cancel) is not { } instrument || !BookingDoor.MaySee(caller, booking, instrument)) return null;
        var person = await db.Set<Person>().Where(p => p.Id == booking.PersonId.Value).Select(p => p.Name).SingleAsync(cancel);
        return (booking, instrument, person);
    }

    /// <summary>Where an instrument's users go; empty when nobody has said.</summary>
    public Task<string> PlaceAsync(InstrumentId id, CancellationToken cancel) => db.Set<Instrument>().Where(i => i.Id == id).Select(i => i.Address).SingleAsync(cancel);

    private string Where(BookingFilter filter, NpgsqlParameterCollection parameters)
    {
        var me = Add(parameters, NpgsqlDbType.Uuid, caller.PersonId?.Value);
        var parts = new List<string> { filter.Mine ? $"b.person_id = {me}" : filter.Decidable ? $"{me} NOT IN (b.person_id, b.created_by) AND {Decidable(parameters)}" : $"(b.person_id = {me} OR {Covered(BookingPermissions.View, parameters)})" };
        parts.Add("b.offered_until IS NULL");
        // What is taken along stands with its main booking; of one instrument it tells what holds that.
        if (filter.Mine || filter.Instrument is null) parts.Add("b.main_id IS NULL");
        if (filter.Instrument is { } instrument) parts.Add($"b.instrument_id = {Add(parameters, NpgsqlDbType.Uuid, instrument.Value)}");
        if (filter.From is { } from) parts.Add($"b.ends_at > {Add(parameters, NpgsqlDbType.TimestampTz, from.ToDateTimeUtc())}");
        if (filter.To is { } to) parts.Add($"b.starts_at < {Add(parameters, NpgsqlDbType.TimestampTz, to.ToDateTimeUtc())}");
        // A word of our own enumeration, written out so that the partial indexes are known to hold it.
        if (filter.Status is { } status) parts.Add($"b.status = '{Word.Of(status)}'");
        return string.Join(" AND ", parts);
    }

    // Only names of parameters go into the text; every value is a parameter.
    private string Covered(string permission, NpgsqlParameterCollection parameters) => caller.IsJob ? "true" : Covered(caller.GrantsOf(permission).ToList(), parameters);

    /// <summary>What waits for the caller, or for somebody in whose place the caller may act, unless it is that person's own.</summary>
    private string Decidable(NpgsqlParameterCollection parameters)
    {
        var parts = Asked(caller.GrantsOf(BookingPermissions.Decide)).ToList();
        foreach (var lent in caller.LentFor(BookingPermissions.Decide))
            parts.AddRange(Asked(lent.Grants).Select(p => $"({Add(parameters, NpgsqlDbType.Uuid, lent.PersonId.Value)} NOT IN (b.person_id, b.created_by) AND {p})"));
        return parts.Count == 0 ? "false" : "(" + string.Join(" OR ", parts) + ")";

        IEnumerable<string> Asked(IEnumerable<RoleGrant> grants) => grants.GroupBy(g => g.Role).SelectMany(role => ApprovalDoor.All.Where(a => ApprovalDoor.RoleOf(a) == role.Key)
            .Select(a => $"(b.approval_by = '{Word.Of(a)}' AND {Covered(role.ToList(), parameters)})"));
    }

    private static string Covered(List<RoleGrant> grants, NpgsqlParameterCollection parameters)
    {
        if (grants.Any(g => g.ScopeKind == ScopeKind.All)) return "true";
        Guid[] Ids(ScopeKind kind) => grants.Where(g => g.ScopeKind == kind).Select(g => g.ScopeId!.Value).ToArray();
        var regions = grants.Where(g => g.ScopeKind == ScopeKind.Region).Select(g => g.ScopeRegion!.Value.Code + "%").ToArray();
        return $"(i.institution_id = ANY({Add(parameters, NpgsqlDbType.Array | NpgsqlDbType.Uuid, Ids(ScopeKind.Institution))})"
            + $" OR b.instrument_id = ANY({Add(parameters, NpgsqlDbType.Array | NpgsqlDbType.Uuid, Ids(ScopeKind.Instrument))})"
            + $" OR b.group_id = ANY({Add(parameters, NpgsqlDbType.Array | NpgsqlDbType.Uuid, Ids(ScopeKind.Group))})"
            + $" OR n.region LIKE ANY({Add(parameters, NpgsqlDbType.Array | NpgsqlDbType.Text, regions)}))";
    }

    private static string After(string cursor, bool newest, NpgsqlParameterCollection parameters)
    {
        var key = ReadKey(cursor)!.Value;
        return $"(b.starts_at, b.id) {(newest ? "<" : ">")} ({Add(parameters, NpgsqlDbType.TimestampTz, key.StartsAt.ToDateTimeUtc())}, {Add(parameters, NpgsqlDbType.Uuid, key.Id)})";
    }

    /// <summary>The position that a cursor names; null when it is not one of ours.</summary>
    public static (Instant StartsAt, Guid Id)? ReadKey(string cursor)
    {
        var parts = cursor.Split('|');
        return parts.Length == 2 && InstantJsonConverter.Parse(parts[0]) is { } at && Guid.TryParse(parts[1], out var id) ? (at, id) : null;
    }

    private static string KeyOf(BookingRow row) => $"{NodaTime.Text.InstantPattern.ExtendedIso.Format(row.StartsAt)}|{row.Id.Value}";

    private static string Add(NpgsqlParameterCollection parameters, NpgsqlDbType type, object? value)
    {
        parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value ?? DBNull.Value });
        return "$" + parameters.Count.ToString(CultureInfo.InvariantCulture);
    }

    private BookingRow Read(NpgsqlDataReader r) => new(
        new BookingId(r.GetGuid(0)), new InstrumentId(r.GetGuid(1)), r.GetString(2), r.GetString(3), r.GetString(4), Word.Parse<BookingStatus>(r.GetString(5)), At(r, 6), At(r, 7),
        Word.Parse<ServiceMode>(r.GetString(8)), r.GetString(9), caller.PersonId is { } me && r.GetGuid(10) == me.Value, r.GetString(11),
        r.IsDBNull(12) ? null : new Money(r.GetInt64(12), r.GetString(13)), At(r, 14), r.GetInt32(15),
        r.IsDBNull(16) ? null : Word.Parse<Approver>(r.GetString(16)), r.IsDBNull(17) ? null : new SeriesId(r.GetGuid(17)), r.IsDBNull(18) ? null : new BookingId(r.GetGuid(18)), AlongName.Read(r, 19));

    private static Instant At(NpgsqlDataReader r, int column) => Instant.FromDateTimeUtc(r.GetFieldValue<DateTime>(column));
}
