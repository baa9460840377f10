using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Npgsql;

namespace InstrumentShare.Catalog.Search;

/// <summary>
/// The catalogue as a list: with words best hits first, without by name. The index in memory says which instruments a page
/// shows, the database how they stand.
/// </summary>
public sealed class InstrumentSearch(NpgsqlDataSource database, CatalogIndex index, SearchCache cache, Caller caller)
{
    private const char KeySeparator = '\u001f';

    // What was hidden since the index looked is left out.
    private const string ByIds = """
        SELECT i.id, i.name, i.name_en, i.model, i.manufacturer, i.classification, i.institution_id, n.name, n.name_en, i.original_value_fen, i.original_value_currency,
               i.sharing, i.status, i.region, i.street, i.time_zone, i.is_visible, i.takes_bookings, i.inner_id
        FROM unnest($1) WITH ORDINALITY AS page (id, place) JOIN instruments i ON i.id = page.id JOIN institutions n ON n.id = i.institution_id
        WHERE ($2 AND i.is_visible) OR i.institution_id = ANY($3) OR i.id = ANY($4) ORDER BY page.place
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
        return await cache.GetAsync(key, () => LoadAsync(filter, terms, scope, cancel));
    }

    private async Task<PageOf<InstrumentListItem>> LoadAsync(InstrumentFilter filter, List<SearchTerm>? terms, SearchScope scope, CancellationToken cancel)
    {
        var (ids, total, next) = terms is null
            ? Listed(await index.CurrentAsync(cancel), filter, scope)
            : Found(await index.CurrentAsync(cancel), filter, terms, scope);
        var items = ids.Length == 0 ? [] : await ReadAsync(ids, scope, cancel);
        return new PageOf<InstrumentListItem>(items, next is null ? null : ListQuery.Encode(next), PageOf<InstrumentListItem>.TotalOf(total));
    }

    private static (Guid[] Ids, int Total, string? Next) Found(SearchIndex index, InstrumentFilter filter, List<SearchTerm> terms, SearchScope scope)
    {
        var offset = filter.Cursor is null ? 0 : int.Parse(filter.Cursor, CultureInfo.InvariantCulture);
        var (ids, total) = index.Find(terms, scope, offset, filter.Limit);
        var next = offset + filter.Limit;
        return (ids, total, next < total ? next.ToString(CultureInfo.InvariantCulture) : null);
    }

    private static (Guid[] Ids, int Total, string? Next) Listed(SearchIndex index, InstrumentFilter filter, SearchScope scope)
    {
        var after = filter.Cursor?.Split(KeySeparator);
        var (ids, total, last) = index.List(scope, after is null ? null : (after[0], Guid.Parse(after[1])), filter.Limit);
        return (ids, total, last is null ? null : $"{last}{KeySeparator}{ids[^1]}");
    }

    private async Task<List<InstrumentListItem>> ReadAsync(Guid[] ids, SearchScope scope, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(ByIds);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = ids });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = scope.Visible });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. scope.Institutions] });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. scope.Instruments] });
        var items = new List<InstrumentListItem>(ids.Length);
        await using var r = await command.ExecuteReaderAsync(cancel);
        while (await r.ReadAsync(cancel))
        {
            items.Add(new InstrumentListItem(
                new InstrumentId(r.GetGuid(0)), r.GetString(1), r.GetString(2), r.GetString(3), r.GetString(4), r.GetString(5), new InstitutionId(r.GetGuid(6)), r.GetString(7),
                r.GetString(8), new Money(r.GetInt64(9), r.GetString(10)), Word.Parse<Sharing>(r.GetString(11)), Word.Parse<InstrumentStatus>(r.GetString(12)),
                new Region(r.GetString(13)), r.GetString(14), r.GetString(15), r.GetBoolean(16), r.GetBoolean(17), r.GetString(18)));
        }

        return items;
    }

    private static bool IsCursor(string? cursor, bool ranked) => cursor is null || (ranked
        ? int.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) && offset <= PageOf<InstrumentListItem>.CountedUpTo
        : cursor.Split(KeySeparator) is [_, var id] && Guid.TryParse(id, out _));
}
