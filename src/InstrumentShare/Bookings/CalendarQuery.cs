using System.Text.Json.Serialization;
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

    /// <summary>A booking that a class holds.</summary>
    Class,
    Closure,
    Maintenance,
}

/// <param name="Id">Given for what the reader may open.</param>
/// <param name="Title">Who it is or why it is closed; null where that is not the reader's to know.</param>
/// <param name="Offered">Held for somebody on the waiting list, who has not answered yet.</param>
/// <param name="MayMove">Whether the reader may move it, as far as state and roles go; the rules are asked when they try.</param>
public sealed record CalendarItem(CalendarKind Kind, Instant StartsAt, Instant EndsAt, BookingStatus? Status, bool Mine, string? Title, Guid? Id = null, int Unit = 1, bool MayMove = false, bool Offered = false)
{
    /// <summary>Whether it takes a unit; else the whole instrument is closed.</summary>
    [JsonIgnore]
    public bool IsBooking => Kind is CalendarKind.Booking or CalendarKind.Class;
}

/// <summary>One of several instruments on a calendar: when it is open in the range, and what lies on it.</summary>
public sealed record InstrumentTimes(InstrumentRules Instrument, TimeSlot Range, IReadOnlyList<CalendarItem> Items)
{
    public IReadOnlyList<TimeSlot> OpenSpans() => Instrument.OpenSpans(Range);
}

/// <summary>
/// What lies on the calendars of instruments, in one round trip however many they are. Bookings are read through the covering index: a booking is at most 31 days long, so what
/// began that long before the range is all that can still run in it.
/// </summary>
public sealed class CalendarQuery([FromKeyedServices(Databases.KeptPlans)] NpgsqlDataSource database, InstrumentRulesQuery rules, Companions.Companions companions, Caller caller, IClock clock)
{
    public static readonly Duration LongestRange = Duration.FromDays(62);

    public const int MostInstruments = 50;

    private const string Standing = """
        b.instrument_id = ANY($1) AND b.starts_at < $3 AND b.starts_at > $2 - interval '31 days' AND b.ends_at > $2
        AND b.status IN ('requested', 'confirmed', 'inUse', 'completed')
        """;

    /// <summary>The bookings of a range without names: every column stands in the covering index.</summary>
    public const string WeekSql = $"SELECT b.starts_at, b.ends_at, b.status, b.person_id, b.unit, b.id, b.instrument_id, NULL::text FROM bookings b WHERE {Standing} ORDER BY b.instrument_id, b.starts_at, b.unit";

    private const string Named = $"SELECT b.starts_at, b.ends_at, b.status, b.person_id, b.unit, b.id, b.instrument_id, p.name FROM bookings b LEFT JOIN people p ON p.id = b.person_id AND b.instrument_id = ANY($4) WHERE {Standing} ORDER BY b.instrument_id, b.starts_at, b.unit";

    private const string Closed = "SELECT kind, starts_at, ends_at, title, instrument_id FROM closures WHERE instrument_id = ANY($1) AND cancelled_at IS NULL AND tstzrange(starts_at, ends_at) && tstzrange($2, $3) ORDER BY starts_at";

    /// <summary>What of the bookings only holds time for somebody who has been asked, and what a class holds.</summary>
    private const string Marked = """
        SELECT booking_id, false FROM standby_offers WHERE instrument_id = ANY($1) AND state = 'open' AND starts_at < $3 AND ends_at > $2
        UNION ALL SELECT c.booking_id, true FROM class_sessions s JOIN class_bookings c ON c.session_id = s.id
        WHERE s.institution_id = ANY($4) AND s.cancelled_at IS NULL AND s.starts_at < $3 AND s.starts_at > $2 - interval '31 days' AND s.ends_at > $2
        """;

    /// <summary>The instrument's rules, when the reader may know that it is there.</summary>
    public async Task<InstrumentRules?> InstrumentAsync(InstrumentId id, CancellationToken cancel) =>
        await rules.OfAsync(id, cancel: cancel) is { } instrument && MaySee(caller, instrument) ? instrument : null;

    /// <summary>As much of the instrument as its calendar needs, when the reader may know that it is there.</summary>
    public async Task<InstrumentHead?> HeadAsync(InstrumentId id, CancellationToken cancel) =>
        await rules.HeadOfAsync(id, cancel) is { } instrument && MaySee(caller, instrument) ? instrument : null;

    public static bool MaySee(Caller caller, InstrumentHead instrument) => instrument.IsVisible || SeesNames(caller, instrument);

    /// <summary>Those of the instruments that the reader may know of, in the order asked for.</summary>
    public async Task<List<InstrumentRules>> InstrumentsAsync(IReadOnlyCollection<InstrumentId> ids, CancellationToken cancel)
    {
        var found = await rules.ManyAsync(ids, cancel);
        return ids.Select(i => found.GetValueOrDefault(i)).OfType<InstrumentRules>().Where(i => MaySee(caller, i)).ToList();
    }

    /// <summary>Bookings, closures and maintenance that touch the range, ascending.</summary>
    public async Task<IReadOnlyList<CalendarItem>> OfAsync(InstrumentHead instrument, TimeSlot range, CancellationToken cancel) => (await ItemsAsync([instrument], range, cancel))(instrument.Id);

    /// <summary>The same of several, with their open hours in the range.</summary>
    public async Task<List<InstrumentTimes>> OfAsync(IReadOnlyList<InstrumentRules> instruments, TimeSlot range, CancellationToken cancel)
    {
        var items = await ItemsAsync(instruments, range, cancel);
        return instruments.Select(i => new InstrumentTimes(i, range, items(i.Id))).ToList();
    }

    private async Task<Func<InstrumentId, List<CalendarItem>>> ItemsAsync(IReadOnlyList<InstrumentHead> instruments, TimeSlot range, CancellationToken cancel)
    {
        var byId = instruments.ToDictionary(i => i.Id.Value, i => (Instrument: i, Items: new List<CalendarItem>(), MayManage: caller.May(BookingPermissions.Manage, i.Scope)));
        var named = instruments.Where(i => SeesNames(caller, i)).Select(i => i.Id.Value).ToHashSet();
        await using var batch = database.CreateBatch();
        Guid[] institutions = [.. instruments.Select(i => i.InstitutionId.Value).Distinct()];
        Add(batch, IdList.In(Marked, 4, institutions), byId.Keys, range);
        batch.BatchCommands[0].Parameters.Add(IdList.Parameter(institutions));
        Add(batch, named.Count > 0 ? Named : WeekSql, byId.Keys, range);
        if (named.Count > 0) batch.BatchCommands[1].Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. named] });
        Add(batch, Closed, byId.Keys, range);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var (offered, classes) = (new HashSet<Guid>(), new HashSet<Guid>());
        while (await reader.ReadAsync(cancel)) (reader.GetBoolean(1) ? classes : offered).Add(reader.GetGuid(0));
        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var (instrument, items, mayManage) = byId[reader.GetGuid(6)];
            var kind = classes.Contains(reader.GetGuid(5)) ? CalendarKind.Class : CalendarKind.Booking;
            items.Add(Booking(reader, kind, named.Contains(instrument.Id.Value), mayManage, offered.Contains(reader.GetGuid(5))));
        }

        await reader.NextResultAsync(cancel);
        while (await reader.ReadAsync(cancel))
            byId[reader.GetGuid(4)].Items.Add(new CalendarItem(Word.Parse<CalendarKind>(reader.GetString(0)), At(reader, 1), At(reader, 2), null, false, reader.GetString(3)));
        return id => byId[id.Value].Items;
    }

    /// <summary>What a search for free time stands on, read in one go.</summary>
    public async Task<FreeSlots> FreeAsync(InstrumentRules instrument, TimeSlot range, CancellationToken cancel, ServiceMode mode = ServiceMode.SelfOperated)
    {
        var wide = range.Widen(Duration.FromDays(2), Duration.FromDays(2));
        await using var connection = await database.OpenConnectionAsync(cancel);
        var taken = await BookingReads.HeldAsync(connection, instrument.Id, wide, [], cancel);
        var (booker, now) = (Booker.Of(caller, instrument), clock.GetCurrentInstant());
        var around = caller.PersonId is { } person
            ? await BookingReads.AroundAsync(connection, instrument, NeighbourNeeds.Of(instrument, booker, wide, now), person, booker, [], cancel)
            : Neighbours.None;
        var along = await companions.OfAsync(instrument, mode, cancel: cancel);
        return new FreeSlots(instrument, booker, taken, around, now) { Along = along is null ? null : await along.TimesAsync(connection, booker, wide, cancel) };
    }

    private static bool SeesNames(Caller caller, InstrumentHead instrument) => caller.May(BookingPermissions.View, instrument.Scope) || caller.May(BookingPermissions.Manage, instrument.Scope);

    private CalendarItem Booking(NpgsqlDataReader reader, CalendarKind kind, bool seesNames, bool mayManage, bool offered)
    {
        var mine = caller.PersonId is { } me && reader.GetGuid(3) == me.Value;
        var title = mine ? caller.Name : reader.IsDBNull(7) ? null : reader.GetString(7);
        var (startsAt, status) = (At(reader, 0), Word.Parse<BookingStatus>(reader.GetString(2)));
        var mayMove = !offered && (mine || mayManage) && status is (BookingStatus.Requested or BookingStatus.Confirmed) && startsAt > clock.GetCurrentInstant();
        return new CalendarItem(kind, startsAt, At(reader, 1), status, mine, title, !offered && (mine || seesNames) ? reader.GetGuid(5) : null, reader.GetInt16(4), mayMove, offered);
    }

    private static void Add(NpgsqlBatch batch, string sql, IReadOnlyCollection<Guid> instruments, TimeSlot range) => batch.BatchCommands.Add(new NpgsqlBatchCommand(IdList.In(sql, 1, instruments))
    {
        Parameters =
        {
            IdList.Parameter(instruments),
            new NpgsqlParameter<DateTime> { TypedValue = range.StartsAt.ToDateTimeUtc() },
            new NpgsqlParameter<DateTime> { TypedValue = range.EndsAt.ToDateTimeUtc() },
        },
    });

    private static Instant At(NpgsqlDataReader reader, int column) => Instant.FromDateTimeUtc(reader.GetFieldValue<DateTime>(column));
}
