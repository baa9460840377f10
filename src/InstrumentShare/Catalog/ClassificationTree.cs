using InstrumentShare.Persistence;

namespace InstrumentShare.Catalog;

/// <param name="Parent">Code of the class above; null at the top.</param>
public sealed record ClassificationEntry(string Code, string Name, string NameEn, string? Parent);

/// <summary>The national classification of instruments as a tree of any depth, in memory.</summary>
public sealed class ClassificationTree
{
    private readonly Dictionary<string, ClassificationEntry> byCode;
    private readonly ILookup<string?, ClassificationEntry> children;

    /// <exception cref="ArgumentException">A code stands twice, or a parent is missing.</exception>
    public ClassificationTree(IEnumerable<ClassificationEntry> entries)
    {
        byCode = entries.ToDictionary(e => e.Code, StringComparer.Ordinal);
        children = byCode.Values.OrderBy(e => e.Code, StringComparer.Ordinal).ToLookup(e => e.Parent, StringComparer.Ordinal);
        if (byCode.Values.FirstOrDefault(e => e.Parent is not null && !byCode.ContainsKey(e.Parent)) is { } orphan)
            throw new ArgumentException($"{orphan.Code} lies below {orphan.Parent}, which is not there.", nameof(entries));
    }

    /// <summary>The classification that is part of the program.</summary>
    public static ClassificationTree National { get; } = new(DataFile.Rows("Catalog/Data/classification.csv")
        .Select(r => new ClassificationEntry(r[0], r[1], r[2], r[3].Length == 0 ? null : r[3])));

    public int Count => byCode.Count;

    public IEnumerable<ClassificationEntry> Roots => children[null];

    public ClassificationEntry? Find(string? code) => code is null ? null : byCode.GetValueOrDefault(code);

    public IEnumerable<ClassificationEntry> ChildrenOf(string code) => children[code];

    /// <summary>The class itself and all classes below it; empty for an unknown code.</summary>
    public IReadOnlyList<string> WithDescendants(string code)
    {
        if (!byCode.ContainsKey(code)) return [];
        var codes = new List<string> { code };
        for (var i = 0; i < codes.Count; i++) codes.AddRange(children[codes[i]].Select(e => e.Code));
        return codes;
    }

    /// <summary>From the top down to the class itself; empty for an unknown code.</summary>
    public IReadOnlyList<ClassificationEntry> PathTo(string code)
    {
        var path = new List<ClassificationEntry>();
        for (var at = Find(code); at is not null; at = Find(at.Parent)) path.Insert(0, at);
        return path;
    }

    /// <summary>The code of a leaf by its Chinese name; null when no class or several classes have that name.</summary>
    public string? CodeOf(string name) => byCode.Values.Where(e => e.Name == name).Take(2).ToList() is [var only] ? only.Code : null;
}
