using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings;

public enum CalendarKind
{
    Booking,
    Closure,
    Maintenance,
}

/// <param name="Id">Given for what the reader may open.</param>
/// <param name="Title">Who it is or why it is closed; null where that is not the reader's to know.</param>
public sealed record CalendarItem(CalendarKind Kind, Instant StartsAt, Instant EndsAt, BookingStatus? Status, bool Mine, string? Title, Guid? Id = null, int Unit = 1);

/// <summary>
/// What lies on an instrument's calendar. Bookings are read through the covering index: a booking is at most 31 days long, so what
/// began that long before the range is all that can still run in it.
/// </summary>
public sealed class CalendarQuery(NpgsqlDataSource database, InstrumentRulesQuery rules, Caller caller, IClock clock)
{
    public static readonly Duration LongestRange = Duration.FromDays(62);

    private const string Standing = """
        b.instrument_id = $1 AND b.starts_at < $3 AND b.starts_at > $2 - interval '31 days' AND b.ends_at > $2
        AND b.status IN ('requested', 'confirmed', 'inUse', 'completed')
        """;

    /// <summary>The bookings of a range without names: every column stands in the covering index.</summary>
    public const string WeekSql = $"SELECT b.starts_at, b.ends_at, b.status, b.person_id, b.unit, b.id, NULL::text FROM bookings b WHERE {Standing} ORDER BY b.starts_at, b.unit";

    private const string Named = $"SELECT b.starts_at, b.ends_at, b.status, b.person_id, b.unit, b.id, p.name FROM bookings b JOIN people p ON p.id = b.person_id WHERE {Standing} ORDER BY b.starts_at, b.unit";

    private const string Closed = "SELECT kind, starts_at, ends_at, title FROM closures WHERE instrument_id = $1 AND cancelled_at IS NULL AND tstzrange(starts_at, ends_at) && tstzrange($2, $3) ORDER BY starts_at";

    /// <summary>The instrument's rules, when the reader may know that it is there.</summary>
    public async Task<InstrumentRules?> InstrumentAsync(InstrumentId id, CancellationToken cancel) =>
        await rules.OfAsync(id, cancel: cancel) is { } instrument && MaySee(caller, instrument) ? instrument : null;

    public static bool MaySee(Caller caller, InstrumentRules instrument) => instrument.IsVisible || SeesNames(caller, instrument);

    private static bool SeesNames(Caller caller, InstrumentRules instrument) => caller.May(BookingPermissions.View, instrument.Scope) || caller.May(BookingPermissions.Manage, instrument.Scope);

    /// <summary>Bookings, closures and maintenance that touch the range, ascending.</summary>
    public async Task<List<CalendarItem>> OfAsync(InstrumentRules instrument, TimeSlot range, CancellationToken cancel)
    {
        var seesNames = SeesNames(caller, instrument);
        await using var batch = database.CreateBatch();
        Add(batch, seesNames ? Named : WeekSql, instrument.Id, range);
        Add(batch, Closed, instrument.Id, range);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var items = new List<CalendarItem>();
        while (await reader.ReadAsync(cancel)) items.Add(Booking(reader, seesNames));
        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel))
            items.Add(new CalendarItem(Word.Parse<CalendarKind>(reader.GetString(0)), At(reader, 1), At(reader, 2), null, false, reader.GetString(3)));
        return items;
    }

    /// <summary>What a search for free time stands on, read in one go.</summary>
    public async Task<FreeSlots> FreeAsync(InstrumentRules instrument, TimeSlot range, CancellationToken cancel)
    {
        var wide = range.Widen(Duration.FromDays(2), Duration.FromDays(2));
        await using var connection = await database.OpenConnectionAsync(cancel);
        var taken = await BookingReads.HeldAsync(connection, instrument.Id, wide, [], cancel);
        var (booker, now) = (Booker.Of(caller, instrument), clock.GetCurrentInstant());
        var around = caller.PersonId is { } person
            ? await BookingReads.AroundAsync(connection, instrument, NeighbourNeeds.Of(instrument, booker, wide, now), person, booker, [], cancel)
            : Neighbours.None;
        return new FreeSlots(instrument, booker, taken, around, now);
    }

    private CalendarItem Booking(NpgsqlDataReader reader, bool seesNames)
    {
        var mine = caller.PersonId is { } me && reader.GetGuid(3) == me.Value;
        var title = mine ? caller.Name : reader.IsDBNull(6) ? null : reader.GetString(6);
        return new CalendarItem(CalendarKind.Booking, At(reader, 0), At(reader, 1), Word.Parse<BookingStatus>(reader.GetString(2)), mine, title, mine || seesNames ? reader.GetGuid(5) : null, reader.GetInt16(4));
    }

    private static void Add(NpgsqlBatch batch, string sql, InstrumentId instrument, TimeSlot range) => batch.BatchCommands.Add(new NpgsqlBatchCommand(sql)
    {
        Parameters =
        {
            new NpgsqlParameter<Guid> { TypedValue = instrument.Value },
            new NpgsqlParameter<DateTime> { TypedValue = range.StartsAt.ToDateTimeUtc() },
            new NpgsqlParameter<DateTime> { TypedValue = range.EndsAt.ToDateTimeUtc() },
        },
    });

    private static Instant At(NpgsqlDataReader reader, int column) => Instant.FromDateTimeUtc(reader.GetFieldValue<DateTime>(column));
}
