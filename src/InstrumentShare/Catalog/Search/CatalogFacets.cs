using InstrumentShare.Access;
using InstrumentShare.Kernel;
using Npgsql;

namespace InstrumentShare.Catalog.Search;

/// <summary>What the visible catalogue can be narrowed by.</summary>
/// <param name="Classes">Instruments by class, with those of all classes below it.</param>
/// <param name="Institutions">Those with most instruments first.</param>
/// <param name="Regions">Provinces and cities that have instruments.</param>
public sealed record CatalogFacets(
    IReadOnlyDictionary<string, int> Classes, IReadOnlyList<(InstitutionId Id, string Name, string NameEn, int Count)> Institutions, IReadOnlyList<(Region Region, int Count)> Regions);

/// <summary>Counts over the whole catalogue, at most a minute old.</summary>
public sealed class CatalogFacetsQuery(NpgsqlDataSource database, SearchCache cache)
{
    private const int ListedInstitutions = 100;

    public Task<CatalogFacets> GetAsync(CancellationToken cancel) => cache.GetAsync("facets", () => LoadAsync(cancel), TimeSpan.FromMinutes(1));

    private async Task<CatalogFacets> LoadAsync(CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT classification, count(*)::int FROM instruments WHERE is_visible GROUP BY 1"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            SELECT n.id, n.name, n.name_en, c.count FROM (SELECT institution_id, count(*)::int FROM instruments WHERE is_visible GROUP BY 1 ORDER BY 2 DESC LIMIT $1) c
            JOIN institutions n ON n.id = c.institution_id ORDER BY c.count DESC, n.name
            """) { Parameters = { new NpgsqlParameter<int> { TypedValue = ListedInstitutions } } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT left(region, 7), count(*)::int FROM instruments WHERE is_visible GROUP BY 1 ORDER BY 1"));
        await using var reader = await batch.ExecuteReaderAsync(cancel);

        var classes = new Dictionary<string, int>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancel))
            foreach (var entry in ClassificationTree.National.PathTo(reader.GetString(0))) classes[entry.Code] = classes.GetValueOrDefault(entry.Code) + reader.GetInt32(1);
        await reader.NextResultAsync(cancel);
        var institutions = new List<(InstitutionId, string, string, int)>();
        while (await reader.ReadAsync(cancel)) institutions.Add((new InstitutionId(reader.GetGuid(0)), reader.GetString(1), reader.GetString(2), reader.GetInt32(3)));
        await reader.NextResultAsync(cancel);
        var regions = new SortedDictionary<string, int>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancel))
            foreach (var code in new[] { reader.GetString(0)[..5], reader.GetString(0) }.Distinct(StringComparer.Ordinal)) regions[code] = regions.GetValueOrDefault(code) + reader.GetInt32(1);
        return new CatalogFacets(classes, institutions, regions.Select(r => (new Region(r.Key), r.Value)).ToList());
    }
}
