using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Npgsql;
using NpgsqlTypes;

namespace InstrumentShare.Catalog.Search;

/// <summary>
/// The catalogue as a list. With words, the index in memory says which instruments a page shows, best hits first, and the
/// database how they stand; without words the database lists them by name.
/// </summary>
public sealed class InstrumentSearch(NpgsqlDataSource database, CatalogIndex index, SearchCache cache, Caller caller)
{
    private const char KeySeparator = '\u001f';

    private const string Columns = """
        i.id, i.name, i.name_en, i.model, i.manufacturer, i.classification, i.institution_id, n.name, n.name_en, i.original_value_fen, i.original_value_currency,
        i.sharing, i.status, i.region, i.street, i.time_zone, i.is_visible, i.takes_bookings, i.inner_id
        """;

    private const string MaySee = "(($1 AND i.is_visible) OR i.institution_id = ANY($2) OR i.id = ANY($3))";

    // A parameter that is null filters nothing; the planner sees the values, so an absent filter costs nothing.
    private const string Where = $"""
        ($4::text[] IS NULL OR i.classification = ANY($4)) AND ($5::uuid IS NULL OR i.institution_id = $5) AND ($6::text IS NULL OR i.region LIKE $6)
        AND ($7::text IS NULL OR i.sharing = $7) AND {MaySee}
        """;

    private const string ByIds = $"""
        SELECT {Columns}, 0::bigint FROM unnest($4) WITH ORDINALITY AS page (id, n) JOIN instruments i ON i.id = page.id JOIN institutions n ON n.id = i.institution_id
        WHERE {MaySee} ORDER BY page.n
        """;

    private const string ByName = $"""
        SELECT {Columns}, (SELECT count(*) FROM (SELECT 1 FROM instruments i WHERE {Where} LIMIT 10001) c)
        FROM instruments i JOIN institutions n ON n.id = i.institution_id
        WHERE {Where} AND ($8::text IS NULL OR (i.name, i.id) > ($8, $9)) ORDER BY i.name, i.id LIMIT $10
        """;

    public async Task<Outcome<PageOf<InstrumentListItem>>> FindAsync(InstrumentFilter filter, CancellationToken cancel)
    {
        if (filter.Q?.Length > InstrumentFilter.MaxQueryLength) return Problem.Invalid("catalog.query-too-long", "q", ("max", InstrumentFilter.MaxQueryLength));
        if (filter.Classification is { } code && ClassificationTree.National.Find(code) is null) return Problem.Invalid("instrument.unknown-classification", "classification", ("value", code));
        var terms = string.IsNullOrWhiteSpace(filter.Q) ? null : SearchTokens.Terms(filter.Q);
        if (terms is { Count: 0 }) return new PageOf<InstrumentListItem>([], null, 0);
        if (!IsCursor(filter.Cursor, terms is not null)) return Problem.Invalid("request.cursor", "cursor", ("value", filter.Cursor));

        var (institutions, instruments) = ManagedInstruments.ManagedBy(caller);
        var scope = new SearchScope(
            filter.Classification is null ? null : ClassificationTree.National.WithDescendants(filter.Classification).ToHashSet(StringComparer.Ordinal), filter.Institution, filter.Region?.Code,
            filter.Sharing is { } sharing ? Word.Of(sharing) : null, !filter.Managed, institutions, instruments);
        var words = terms is null ? null : string.Join(' ', terms.Select(t => t.ToString()).Order(StringComparer.Ordinal));
        var key = string.Join(KeySeparator, words, filter with { Q = null }, string.Join(',', institutions), string.Join(',', instruments));
        return await cache.GetAsync(key, () => terms is null ? ListAsync(filter, scope, cancel) : SearchAsync(filter, terms, scope, cancel));
    }

    private async Task<PageOf<InstrumentListItem>> SearchAsync(InstrumentFilter filter, List<SearchTerm> terms, SearchScope scope, CancellationToken cancel)
    {
        var offset = filter.Cursor is null ? 0 : int.Parse(filter.Cursor, CultureInfo.InvariantCulture);
        var (ids, total) = (await index.CurrentAsync(cancel)).Find(terms, scope, offset, filter.Limit);
        var (items, _) = ids.Length == 0 ? ([], null) : await ReadAsync(ByIds, scope, p => p.Add(new NpgsqlParameter<Guid[]> { TypedValue = ids }), cancel);
        var next = offset + filter.Limit;
        return new PageOf<InstrumentListItem>(items, next < total ? ListQuery.Encode(next.ToString(CultureInfo.InvariantCulture)) : null, PageOf<InstrumentListItem>.TotalOf(total));
    }

    private async Task<PageOf<InstrumentListItem>> ListAsync(InstrumentFilter filter, SearchScope scope, CancellationToken cancel)
    {
        var after = filter.Cursor?.Split(KeySeparator);
        var (items, total) = await ReadAsync(ByName, scope, p =>
        {
            p.Add(new NpgsqlParameter { Value = (object?)scope.Classes?.ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
            p.Add(new NpgsqlParameter { Value = (object?)scope.Institution ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
            p.Add(TextOf(scope.Region is null ? null : scope.Region + "%"));
            p.Add(TextOf(scope.Sharing));
            p.Add(TextOf(after?[0]));
            p.Add(new NpgsqlParameter<Guid> { TypedValue = after is null ? Guid.Empty : Guid.Parse(after[1]) });
            p.Add(new NpgsqlParameter<int> { TypedValue = filter.Limit + 1 });
        }, cancel);
        if (items.Count == 0 && filter.Cursor is not null) total = null;
        if (items.Count <= filter.Limit) return new PageOf<InstrumentListItem>(items, null, total);
        items.RemoveAt(filter.Limit);
        return new PageOf<InstrumentListItem>(items, ListQuery.Encode($"{items[^1].Name}{KeySeparator}{items[^1].Id.Value}"), total);
    }

    private static NpgsqlParameter TextOf(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private async Task<(List<InstrumentListItem> Items, int? Total)> ReadAsync(string sql, SearchScope scope, Action<NpgsqlParameterCollection> add, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = scope.Visible });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. scope.Institutions] });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. scope.Instruments] });
        add(command.Parameters);
        var items = new List<InstrumentListItem>();
        int? total = 0;
        await using var r = await command.ExecuteReaderAsync(cancel);
        while (await r.ReadAsync(cancel))
        {
            total = PageOf<InstrumentListItem>.TotalOf((int)r.GetInt64(19));
            items.Add(new InstrumentListItem(
                new InstrumentId(r.GetGuid(0)), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), new InstitutionId(r.GetGuid(6)), r.GetString(7),
                r.GetString(8), new Money(r.GetInt64(9), r.GetString(10)), Word.Parse<Sharing>(r.GetString(11)), Word.Parse<InstrumentStatus>(r.GetString(12)),
                new Region(r.GetString(13)), r.GetString(14), r.GetString(15), r.GetBoolean(16), r.GetBoolean(17), r.GetString(18)));
        }

        return (items, total);
    }

    private static bool IsCursor(string? cursor, bool ranked) => cursor is null || (ranked
        ? int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) && offset <= PageOf<InstrumentListItem>.CountedUpTo
        : cursor.Split(KeySeparator) is [_, var id] && Guid.TryParse(id, out _));
}
