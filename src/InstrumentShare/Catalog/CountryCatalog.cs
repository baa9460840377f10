using System.Collections.Frozen;
using InstrumentShare.Persistence;

namespace InstrumentShare.Catalog;

/// <param name="Code">Two letters of ISO 3166-1.</param>
public sealed record Country(string Code, string Name, string NameEn);

/// <summary>产地国别: the countries and regions of ISO 3166-1, by the Chinese name that the national record takes.</summary>
public static class CountryCatalog
{
    public static IReadOnlyList<Country> All { get; } = DataFile.Rows("Catalog/Data/countries.csv").Select(r => new Country(r[0], r[1], r[2])).ToList();

    // Hong Kong, Macao and Taiwan are written with and without 中国 before them.
    private static readonly FrozenDictionary<string, Country> ByText = All.SelectMany(c => new[] { c.Code, c.Name, c.NameEn, c.Code is "HK" or "MO" or "TW" ? c.Name[2..] : c.Name }.Distinct().Select(text => (text, c)))
        .ToFrozenDictionary(p => p.text, p => p.c, StringComparer.OrdinalIgnoreCase);

    /// <summary>The country of a Chinese or English name or a code; null when it is none of these.</summary>
    public static Country? Find(string text) => ByText.GetValueOrDefault(text);

    public static string NameIn(string name, bool chinese) => chinese || Find(name) is not { } country ? name : country.NameEn;
}
