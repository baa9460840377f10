using InstrumentShare.Access;
using InstrumentShare.Access.Accounts;
using InstrumentShare.Kernel;
using InstrumentShare.Orders.Items;
using InstrumentShare.Orders.Quotes;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace InstrumentShare.Orders;

/// <summary>An order as lists show it.</summary>
public sealed record OrderRow(
    OrderId Id, long Number, OrderStatus Status, NamedPlace Institution, NamedPlace? Instrument, string Person, OrderCustomer Customer, string Purpose, int Samples, LocalDate? WishedOn, Money? Price, Instant CreatedAt, Instant? SubmittedAt, string TimeZone);

/// <param name="Mine">Only the caller's own.</param>
public sealed record OrderFilter(bool Mine, OrderStatus? Status = null, Guid? Instrument = null, long? Before = null, int Limit = 50);

/// <summary>One order, whole.</summary>
public sealed record OrderDetail(OrderDoor Door, OrderRow Row, NamedPlace? Group, NamedPlace? UserInstitution, IReadOnlyList<OrderLine> Lines, IReadOnlyList<Quote> Quotes)
{
    public Order Order => Door.Order;

    public Quote? OpenQuote => Quotes.FirstOrDefault(q => q.Status == QuoteStatus.Open);

    public Quote? Agreed => Quotes.FirstOrDefault(q => q.Id == Order.QuoteId);

    public DateTimeZone Zone => DateTimeZoneProviders.Tzdb[Row.TimeZone];
}

/// <summary>Reads of orders: one's own and those that a role covers, newest first.</summary>
public sealed class OrderQueries(NpgsqlDataSource database, AppDb db, Caller caller) : IPersonalDataSource
{
    private const int PersonalRows = 1000;

    private const string Columns = """
        SELECT o.id, o.number, o.status, n.id, n.name, n.name_en, i.id, i.name, i.name_en, p.name, o.customer, o.purpose, (SELECT coalesce(sum(l.samples), 0)::integer FROM order_lines l WHERE l.order_id = o.id),
               o.wished_on, q.total_fen, q.total_currency, o.created_at, o.submitted_at, n.time_zone
        FROM orders o JOIN institutions n ON n.id = o.institution_id JOIN people p ON p.id = o.person_id LEFT JOIN instruments i ON i.id = o.instrument_id LEFT JOIN order_quotes q ON q.id = o.quote_id
        """;

    private const string Seen = $"(@mine AND o.person_id = @self OR NOT @mine AND o.status <> 'draft' AND {OrderSight.OfOrders})";

    private const string Filters = " AND (@status IS NULL OR o.status = @status) AND (@instrument IS NULL OR o.instrument_id = @instrument)";

    string IPersonalDataSource.Name => "orders";

    async Task<object> IPersonalDataSource.OfAsync(PersonId personId, CancellationToken cancel) => (await ListAsync(new OrderFilter(Mine: true, Limit: PersonalRows), cancel)).Items;

    public async Task<PageOf<OrderRow>> ListAsync(OrderFilter filter, CancellationToken cancel)
    {
        var sight = await OrderSight.OfAsync(db, caller, OrderPermissions.View, cancel);
        await using var batch = database.CreateBatch();
        Add(batch, $"{Columns} WHERE {Seen}{Filters} AND (@before IS NULL OR o.number < @before) ORDER BY o.number DESC LIMIT @limit", filter, sight);
        Add(batch, $"SELECT count(*)::integer FROM (SELECT 1 FROM orders o WHERE {Seen}{Filters} LIMIT 10001) counted", filter, sight);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var rows = new List<OrderRow>();
        while (await reader.ReadAsync(cancel)) rows.Add(Read(reader));
        await reader.NextResultAsync(cancel);
        await reader.ReadAsync(cancel);
        var total = PageOf<OrderRow>.TotalOf(reader.GetInt32(0));
        var more = rows.Count > filter.Limit;
        if (more) rows.RemoveAt(filter.Limit);
        return new PageOf<OrderRow>(rows, more ? ListQuery.Encode(rows[^1].Number.ToString(System.Globalization.CultureInfo.InvariantCulture)) : null, total);
    }

    /// <summary>How many orders that a role covers stand in each state.</summary>
    public async Task<IReadOnlyDictionary<OrderStatus, int>> CountsAsync(CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        Add(batch, $"SELECT o.status, count(*)::integer FROM orders o WHERE {Seen} GROUP BY o.status", new OrderFilter(Mine: false), await OrderSight.OfAsync(db, caller, OrderPermissions.View, cancel));
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var counts = new Dictionary<OrderStatus, int>();
        while (await reader.ReadAsync(cancel)) counts[Word.Parse<OrderStatus>(reader.GetString(0))] = reader.GetInt32(1);
        return counts;
    }

    /// <summary>Null when it is not the caller's to know.</summary>
    public async Task<OrderDetail?> OneAsync(OrderId id, CancellationToken cancel)
    {
        if (await db.Set<Order>().AsNoTracking().SingleOrDefaultAsync(o => o.Id == id, cancel) is not { } order) return null;
        var door = await OrderDoor.OfAsync(db, caller, order, cancel);
        if (!door.MaySee) return null;
        // On the request's own connection: a repeated request is answered before it is committed.
        await db.Database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand(Columns + " WHERE o.id = @id", (NpgsqlConnection)db.Database.GetDbConnection()) { Parameters = { new("id", id.Value) } };
        OrderRow row;
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            await reader.ReadAsync(cancel);
            row = Read(reader);
        }

        var lines = await db.Set<OrderLine>().AsNoTracking().Where(l => l.OrderId == id).OrderBy(l => l.Position).ToListAsync(cancel);
        var quotes = await db.Set<Quote>().AsNoTracking().Where(q => q.OrderId == id).OrderByDescending(q => q.Number).ToListAsync(cancel);
        var group = order.GroupId is { } g ? await db.Set<Group>().Where(x => x.Id == g).Select(x => new NamedPlace((Guid)(object)x.Id, x.Name, x.NameEn)).SingleAsync(cancel) : null;
        var institution = order.UserInstitutionId is { } i ? await db.Set<Institution>().Where(x => x.Id == i).Select(x => new NamedPlace((Guid)(object)x.Id, x.Name, x.NameEn)).SingleAsync(cancel) : null;
        return new OrderDetail(door, row, group, institution, lines, quotes);
    }

    private void Add(NpgsqlBatch batch, string sql, OrderFilter filter, OrderSight sight)
    {
        var command = new NpgsqlBatchCommand(sql);
        sight.AddTo(command.Parameters);
        command.Parameters.AddWithValue("mine", filter.Mine);
        command.Parameters.AddWithValue("self", caller.PersonId?.Value ?? Guid.Empty);
        command.Parameters.Add(new NpgsqlParameter("status", NpgsqlDbType.Text) { Value = filter.Status is { } status ? Word.Of(status) : DBNull.Value });
        command.Parameters.Add(new NpgsqlParameter("instrument", NpgsqlDbType.Uuid) { Value = (object?)filter.Instrument ?? DBNull.Value });
        command.Parameters.Add(new NpgsqlParameter("before", NpgsqlDbType.Bigint) { Value = (object?)filter.Before ?? DBNull.Value });
        command.Parameters.AddWithValue("limit", filter.Limit + 1);
        batch.BatchCommands.Add(command);
    }

    private static OrderRow Read(NpgsqlDataReader r) => new(
        new OrderId(r.GetGuid(0)), r.GetInt64(1), Word.Parse<OrderStatus>(r.GetString(2)), new NamedPlace(r.GetGuid(3), r.GetString(4), r.GetString(5)),
        r.IsDBNull(6) ? null : new NamedPlace(r.GetGuid(6), r.GetString(7), r.GetString(8)), r.GetString(9), Word.Parse<OrderCustomer>(r.GetString(10)), r.GetString(11), r.GetInt32(12),
        r.IsDBNull(13) ? null : LocalDate.FromDateOnly(r.GetFieldValue<DateOnly>(13)), r.IsDBNull(14) ? null : new Money(r.GetInt64(14), r.GetString(15)),
        Instant.FromDateTimeUtc(r.GetFieldValue<DateTime>(16)), r.IsDBNull(17) ? null : Instant.FromDateTimeUtc(r.GetFieldValue<DateTime>(17)), r.GetString(18));
}
