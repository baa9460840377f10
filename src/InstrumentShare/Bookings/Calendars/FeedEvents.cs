using System.Security.Cryptography;
using System.Text;
using InstrumentShare.Access;
using InstrumentShare.Bookings.Companions;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings.Calendars;

/// <summary>The entries of a feed, read at once: the bookings that stand or have been used, and an instrument's closures.</summary>
public sealed class FeedEvents(NpgsqlDataSource database, PublicAddress address)
{
    /// <summary>What a feed holds at most; the farthest are left out.</summary>
    public const int MostEvents = 2000;

    private const string Bookings = $"""
        SELECT b.id, b.version, b.status, b.starts_at, b.ends_at, b.person_id, i.name, i.name_en, i.time_zone, i.address, p.name, {AlongName.Column}
        FROM bookings b JOIN instruments i ON i.id = b.instrument_id JOIN people p ON p.id = b.person_id
        WHERE b.starts_at < $2 AND b.starts_at > $1 - interval '31 days' AND b.ends_at > $1 AND b.status IN ('requested', 'confirmed', 'inUse', 'completed') AND b.offered_until IS NULL AND
        """;

    // What a booking takes along is told with it; apart only where the reader has not the booking itself to read.
    private const string Main = " AND b.main_id IS NULL";

    private const string MainOrAlone = """
         AND (b.main_id IS NULL OR NOT EXISTS (SELECT 1 FROM bookings m JOIN instruments x ON x.id = m.instrument_id WHERE m.id = b.main_id AND (x.id = ANY($4) OR x.institution_id = ANY($5))))
        """;

    private const string Order = " ORDER BY b.starts_at, b.id LIMIT $3";

    private const string Closures = """
        SELECT c.id, c.starts_at, c.ends_at, c.title, i.name, i.name_en, i.time_zone, i.address FROM closures c JOIN instruments i ON i.id = c.instrument_id
        WHERE c.instrument_id = $4 AND c.cancelled_at IS NULL AND tstzrange(c.starts_at, c.ends_at) && tstzrange($1, $2) ORDER BY c.starts_at LIMIT $3
        """;

    /// <param name="stampedAt">When the feed says what it says.</param>
    public async Task<List<CalendarEvent>> OfAsync(CalendarFeed feed, Caller owner, TimeSlot range, Words words, Instant stampedAt, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        Add(batch, range, feed.Kind switch
        {
            FeedKind.Mine => Bookings + " b.person_id = $4" + Main + Order,
            // Through the members, whose bookings have an index that those of a group have not.
            FeedKind.Group => Bookings + " b.group_id = $4 AND b.person_id IN (SELECT m.person_id FROM memberships m WHERE m.group_id = $4)" + Main + Order,
            FeedKind.Managed => Bookings + " b.instrument_id IN (SELECT x.id FROM instruments x WHERE x.id = ANY($4) OR x.institution_id = ANY($5))" + MainOrAlone + Order,
            FeedKind.Assisted => Bookings + " (b.instrument_id, b.id) IN (SELECT h.instrument_id, h.booking_id FROM technician_holds h WHERE h.technician_id = $4 AND h.held && tstzrange($1, $2))" + Order,
            _ => Bookings + " b.instrument_id = $4" + Order,
        });
        var parameters = batch.BatchCommands[0].Parameters;
        if (feed.Kind == FeedKind.Managed)
            foreach (var scope in new[] { ScopeKind.Instrument, ScopeKind.Institution })
                parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = FeedDoor.Managed(owner).Where(g => g.ScopeKind == scope).Select(g => g.ScopeId!.Value).ToArray() });
        else parameters.Add(new NpgsqlParameter<Guid> { TypedValue = feed.TargetId ?? owner.PersonId!.Value.Value });
        if (feed.Kind == FeedKind.Instrument) Add(batch, range, Closures).Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = feed.TargetId!.Value });

        var seesNames = feed.Kind is FeedKind.Managed or FeedKind.Assisted || (feed.Kind == FeedKind.Group && FeedDoor.SeesNamesOfGroup(owner, feed.TargetId!.Value));
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var entries = new List<CalendarEvent>();
        while (await reader.ReadAsync(cancel)) entries.Add(Booking(reader, feed, owner, seesNames, words, stampedAt));
        if (feed.Kind != FeedKind.Instrument) return entries;
        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel)) entries.Add(Closure(reader, words, stampedAt));
        return entries;
    }

    private CalendarEvent Booking(NpgsqlDataReader r, CalendarFeed feed, Caller owner, bool seesNames, Words words, Instant stampedAt)
    {
        var own = r.GetGuid(5) == owner.PersonId!.Value.Value && feed.Kind != FeedKind.Instrument;
        var row = new CalendarRow(
            new BookingId(r.GetGuid(0)), r.GetInt32(1), Word.Parse<BookingStatus>(r.GetString(2)), new TimeSlot(At(r, 3), At(r, 4)), r.GetString(6), r.GetString(7), r.GetString(8), r.GetString(9),
            own || !seesNames ? null : r.GetString(10)) { Along = own || seesNames ? AlongName.Read(r, 11) : [] };
        return own || seesNames ? BookingCalendar.EntryOf(row, words, address.Value, stampedAt) : BookingCalendar.TakenOf(row, Veiled(feed, row.Id), words, stampedAt);
    }

    private static CalendarEvent Closure(NpgsqlDataReader r, Words words, Instant stampedAt) =>
        new($"{r.GetGuid(0)}@instrumentshare", 0, CalendarStatus.Confirmed, new TimeSlot(At(r, 1), At(r, 2)), words["calendar-file.closed", ("instrument", words.Name(r.GetString(4), r.GetString(5))), ("title", r.GetString(3))], stampedAt)
        {
            Location = r.GetString(7),
        };

    // The same for as long as the feed lives, of no use in another place, and no way back to the booking.
    private static string Veiled(CalendarFeed feed, BookingId id) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(feed.Id.ToByteArray(), Encoding.ASCII.GetBytes(id.Value.ToString())))[..32] + "@instrumentshare";

    private static NpgsqlBatchCommand Add(NpgsqlBatch batch, TimeSlot range, string sql)
    {
        var command = new NpgsqlBatchCommand(sql)
        {
            Parameters =
            {
                new NpgsqlParameter<DateTime> { TypedValue = range.StartsAt.ToDateTimeUtc() }, new NpgsqlParameter<DateTime> { TypedValue = range.EndsAt.ToDateTimeUtc() }, new NpgsqlParameter<int> { TypedValue = MostEvents },
            },
        };
        batch.BatchCommands.Add(command);
        return command;
    }

    private static Instant At(NpgsqlDataReader r, int column) => Instant.FromDateTimeUtc(r.GetFieldValue<DateTime>(column));
}
