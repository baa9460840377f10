using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Npgsql;

namespace InstrumentShare.Catalog.Search;

/// <summary>
/// The catalogue as a list, one query a page. With words, hits come best first: the first <see cref="Ranked"/> are ranked,
/// later ones follow in order of entry. Without words the order is by name.
/// </summary>
public sealed class InstrumentSearch(NpgsqlDataSource database, SearchCache cache, Caller caller)
{
    /// <summary>Ranking reads every token of a hit, so only as many are ranked as anyone pages through.</summary>
    public const int Ranked = 300;

    private const char KeySeparator = '\u001f';

    private const string Columns = """
        i.id, i.name, i.name_en, i.model, i.manufacturer, i.classification, i.institution_id, n.name, n.name_en, i.original_value_fen, i.original_value_currency,
        i.sharing, i.status, i.region, i.street, i.time_zone, i.is_visible, i.takes_bookings, i.inner_id
        """;

    // A parameter that is null filters nothing; the planner sees the values, so an absent filter costs nothing.
    private const string Where = """
        ($2::text[] IS NULL OR i.classification = ANY($2)) AND ($3::uuid IS NULL OR i.institution_id = $3) AND ($4::text IS NULL OR i.region LIKE $4)
        AND ($5::text IS NULL OR i.sharing = $5) AND (($6 AND i.is_visible) OR i.institution_id = ANY($7) OR i.id = ANY($8))
        """;

    private const string ByRank = $"""
        WITH hits AS MATERIALIZED (SELECT h.id, row_number() OVER () AS n FROM (SELECT i.id FROM instruments i WHERE i.search @@ $1::tsquery AND {Where} LIMIT 10001) h),
        ranked AS (SELECT h.id, h.n, ts_rank(i.search, $1::tsquery) AS rank FROM hits h JOIN instruments i ON i.id = h.id WHERE h.n <= $9
                   UNION ALL SELECT id, n, 0 FROM hits WHERE n > $9),
        page AS (SELECT * FROM ranked ORDER BY n > $9, rank DESC, n LIMIT $10 OFFSET $11)
        SELECT (SELECT count(*) FROM hits), {Columns}
        FROM page JOIN instruments i ON i.id = page.id JOIN institutions n ON n.id = i.institution_id ORDER BY page.n > $9, page.rank DESC, page.n
        """;

    private const string ByName = $"""
        SELECT (SELECT count(*) FROM (SELECT 1 FROM instruments i WHERE {Where} LIMIT 10001) c), {Columns}
        FROM instruments i JOIN institutions n ON n.id = i.institution_id
        WHERE {Where} AND ($9::text IS NULL OR (i.name, i.id) > ($9, $10)) AND $1::text IS NULL ORDER BY i.name, i.id LIMIT $11
        """;

    public async Task<Outcome<PageOf<InstrumentListItem>>> FindAsync(InstrumentFilter filter, CancellationToken cancel)
    {
        if (filter.Q?.Length > InstrumentFilter.MaxQueryLength) return Problem.Invalid("catalog.query-too-long", "q", ("max", InstrumentFilter.MaxQueryLength));
        if (filter.Classification is { } code && ClassificationTree.National.Find(code) is null) return Problem.Invalid("instrument.unknown-classification", "classification", ("value", code));
        var words = string.IsNullOrWhiteSpace(filter.Q) ? null : SearchTokens.Query(filter.Q);
        if (!string.IsNullOrWhiteSpace(filter.Q) && words is null) return new PageOf<InstrumentListItem>([], null, 0);
        if (!IsCursor(filter.Cursor, words is not null)) return Problem.Invalid("request.cursor", "cursor", ("value", filter.Cursor));

        var managed = ManagedInstruments.ManagedBy(caller);
        var key = string.Join(KeySeparator, words, filter with { Q = null }, string.Join(',', managed.Institutions), string.Join(',', managed.Instruments));
        return await cache.GetAsync(key, () => LoadAsync(filter, words, managed, cancel));
    }

    private async Task<PageOf<InstrumentListItem>> LoadAsync(InstrumentFilter filter, string? words, (Guid[] Institutions, Guid[] Instruments) managed, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(words is null ? ByName : ByRank);
        var p = command.Parameters;
        Add(p, words);
        Add(p, filter.Classification is null ? null : ClassificationTree.National.WithDescendants(filter.Classification).ToArray());
        p.Add(new NpgsqlParameter { Value = (object?)filter.Institution ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        Add(p, filter.Region is { } region ? region.Code + "%" : null);
        Add(p, filter.Sharing is { } sharing ? Word.Of(sharing) : null);
        p.Add(new NpgsqlParameter<bool> { TypedValue = !filter.Managed });
        p.Add(new NpgsqlParameter<Guid[]> { TypedValue = managed.Institutions });
        p.Add(new NpgsqlParameter<Guid[]> { TypedValue = managed.Instruments });
        var offset = 0;
        if (words is null)
        {
            var key = filter.Cursor?.Split(KeySeparator);
            Add(p, key?[0]);
            p.Add(new NpgsqlParameter<Guid> { TypedValue = key is null ? Guid.Empty : Guid.Parse(key[1]) });
            p.Add(new NpgsqlParameter<int> { TypedValue = filter.Limit + 1 });
        }
        else
        {
            offset = filter.Cursor is null ? 0 : int.Parse(filter.Cursor, CultureInfo.InvariantCulture);
            p.Add(new NpgsqlParameter<int> { TypedValue = Ranked });
            p.Add(new NpgsqlParameter<int> { TypedValue = filter.Limit + 1 });
            p.Add(new NpgsqlParameter<int> { TypedValue = offset });
        }

        var (items, total) = await ReadAsync(command, cancel);
        if (items.Count == 0 && filter.Cursor is not null) total = null;
        if (items.Count <= filter.Limit) return new PageOf<InstrumentListItem>(items, null, total);
        items.RemoveAt(filter.Limit);
        var next = words is null ? $"{items[^1].Name}{KeySeparator}{items[^1].Id.Value}" : (offset + filter.Limit).ToString(CultureInfo.InvariantCulture);
        return new PageOf<InstrumentListItem>(items, ListQuery.Encode(next), total);
    }

    private static void Add(NpgsqlParameterCollection parameters, string? text) =>
        parameters.Add(new NpgsqlParameter { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });

    private static void Add(NpgsqlParameterCollection parameters, string[]? texts) =>
        parameters.Add(new NpgsqlParameter { Value = (object?)texts ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text });

    private static async Task<(List<InstrumentListItem> Items, int? Total)> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        var items = new List<InstrumentListItem>();
        int? total = 0;
        await using var r = await command.ExecuteReaderAsync(cancel);
        while (await r.ReadAsync(cancel))
        {
            total = PageOf<InstrumentListItem>.TotalOf((int)r.GetInt64(0));
            items.Add(new InstrumentListItem(
                new InstrumentId(r.GetGuid(1)), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), r.GetString(6), new InstitutionId(r.GetGuid(7)), r.GetString(8),
                r.GetString(9), new Money(r.GetInt64(10), r.GetString(11)), Word.Parse<Sharing>(r.GetString(12)), Word.Parse<InstrumentStatus>(r.GetString(13)),
                new Region(r.GetString(14)), r.GetString(15), r.GetString(16), r.GetBoolean(17), r.GetBoolean(18), r.GetString(19)));
        }

        return (items, total);
    }

    private static bool IsCursor(string? cursor, bool ranked) => cursor is null || (ranked
        ? int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) && offset <= PageOf<InstrumentListItem>.CountedUpTo
        : cursor.Split(KeySeparator) is [_, var id] && Guid.TryParse(id, out _));
}
