using System.Collections.Frozen;
using InstrumentShare.Persistence;

namespace InstrumentShare.Catalog;

/// <summary>学科领域: the first-level subjects of GB/T 13745 that the national platform takes, by Chinese name.</summary>
public static class SubjectCatalog
{
    /// <summary>How many an instrument may name.</summary>
    public const int MaxPerInstrument = 4;

    private static readonly FrozenDictionary<string, string> English = DataFile.Rows("Catalog/Data/subjects.csv").ToFrozenDictionary(r => r[1], r => r[2], StringComparer.Ordinal);
    private static readonly FrozenDictionary<string, string> ByCode = DataFile.Rows("Catalog/Data/subjects.csv").ToFrozenDictionary(r => r[0], r => r[1], StringComparer.Ordinal);

    public static IEnumerable<string> Names => ByCode.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => p.Value);

    public static bool Knows(string name) => English.ContainsKey(name);

    public static string NameIn(string name, bool chinese) => chinese ? name : English.GetValueOrDefault(name, name);

    /// <summary>The name behind a name or code; null when it is neither.</summary>
    public static string? Find(string nameOrCode) => Knows(nameOrCode) ? nameOrCode : ByCode.GetValueOrDefault(nameOrCode);
}
