using System.Buffers;
using System.Runtime.InteropServices;

namespace InstrumentShare.Catalog.Search;

/// <summary>The part of the catalogue that is searched; null narrows nothing.</summary>
/// <param name="Visible">Whether instruments that everybody sees are asked for.</param>
/// <param name="Institutions">Those whose instruments are asked for, hidden ones too.</param>
/// <param name="Instruments">Single ones that are asked for, hidden or not.</param>
public sealed record SearchScope(
    IReadOnlyCollection<string>? Classes, Guid? Institution, string? Region, string? Sharing, bool Visible, IReadOnlyCollection<Guid> Institutions, IReadOnlyCollection<Guid> Instruments);

/// <summary>
/// The words of the catalogue in memory. A term is looked for among the distinct texts, which lead to the instruments that
/// have them. Hits come best first, by where their terms were found; equal ones in order of entry. Searches run side by
/// side; a change waits for those under way.
/// </summary>
public sealed class SearchIndex : IDisposable
{
    // As PostgreSQL weighs: name and model, class, maker, institution.
    private static readonly int[] Weights = [.. Enumerable.Range(0, 16).Select(f => (f & 1) * 10 + (f >> 1 & 1) * 4 + (f >> 2 & 1) * 2 + (f >> 3 & 1))];

    private readonly ReaderWriterLockSlim access = new();
    private readonly IndexedTexts texts = new();
    private readonly List<Entry> entries = [];
    private readonly Dictionary<Guid, int> places = [];
    private readonly Numbers<Guid> institutions = new();
    private readonly Numbers<string> classes = new();
    private readonly Numbers<string> regions = new();
    private readonly Numbers<string> sharings = new();
    private readonly Dictionary<Guid, Named> institutionNames = [];
    private readonly Dictionary<string, Named> classNames = new(StringComparer.Ordinal);

    private readonly record struct Entry(Guid Id, int Name, int NameEn, int Model, int Manufacturer, int Institution, int Class, int Region, int Sharing, bool IsVisible);

    /// <summary>What has two names and many instruments.</summary>
    private sealed record Named(List<int> Holders, int Name, int NameEn);

    public void Put(IEnumerable<(Guid Id, string Name, string NameEn)> named, IEnumerable<IndexedInstrument> instruments)
    {
        access.EnterWriteLock();
        try
        {
            foreach (var (id, name, nameEn) in named) Name(id, name, nameEn);
            foreach (var instrument in instruments) Put(instrument);
            texts.Sort();
        }
        finally
        {
            access.ExitWriteLock();
        }
    }

    /// <returns>The ids of one page and how many hits there are in all.</returns>
    public (Guid[] Page, int Total) Find(IReadOnlyList<SearchTerm> terms, SearchScope scope, int offset, int limit)
    {
        access.EnterReadLock();
        var (seen, fields, scores) = (ArrayPool<byte>.Shared.Rent(entries.Count), ArrayPool<byte>.Shared.Rent(entries.Count), ArrayPool<int>.Shared.Rent(entries.Count));
        try
        {
            seen.AsSpan(0, entries.Count).Clear();
            fields.AsSpan(0, entries.Count).Clear();
            var hits = Matching(terms, seen, fields, scores);
            hits.RemoveAll(Outside(scope));
            return (PageOf(hits, scores, offset, limit), hits.Count);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(seen);
            ArrayPool<byte>.Shared.Return(fields);
            ArrayPool<int>.Shared.Return(scores);
            access.ExitReadLock();
        }
    }

    public void Dispose() => access.Dispose();

    // Places where every term was found, the rarest looked for first, so that later ones only narrow.
    private List<int> Matching(IReadOnlyList<SearchTerm> terms, byte[] seen, byte[] fields, int[] scores)
    {
        var found = terms.Select(texts.Matching).OrderBy(t => t.Sum(x => (long)x.Holders.Count)).ToList();
        var hits = new List<int>();
        for (var term = 0; term < found.Count; term++)
        {
            hits = [];
            foreach (var text in found[term])
            {
                foreach (var place in CollectionsMarshal.AsSpan(text.Holders))
                {
                    if (seen[place] != term) continue;
                    if (fields[place] == 0) hits.Add(place);
                    fields[place] |= (byte)text.Field;
                }
            }

            foreach (var place in hits)
            {
                scores[place] = (term == 0 ? 0 : scores[place]) + Weights[fields[place]];
                (seen[place], fields[place]) = ((byte)(term + 1), 0);
            }
        }

        return hits;
    }

    private Predicate<int> Outside(SearchScope scope)
    {
        var inClass = scope.Classes is null ? null : classes.Which(scope.Classes.Contains);
        var inRegion = scope.Region is null ? null : regions.Which(r => r.StartsWith(scope.Region, StringComparison.Ordinal));
        var inSharing = scope.Sharing is null ? null : sharings.Which(s => s == scope.Sharing);
        var atInstitution = scope.Institution is null ? null : institutions.Which(i => i == scope.Institution);
        var managed = scope.Institutions.Count == 0 ? null : institutions.Which(scope.Institutions.Contains);
        return place =>
        {
            ref readonly var e = ref CollectionsMarshal.AsSpan(entries)[place];
            return inClass?[e.Class] == false || inRegion?[e.Region] == false || inSharing?[e.Sharing] == false || atInstitution?[e.Institution] == false
                || !((scope.Visible && e.IsVisible) || managed?[e.Institution] == true || scope.Instruments.Contains(e.Id));
        };
    }

    // Scores are few, so hits are counted by score instead of being sorted by it.
    private Guid[] PageOf(List<int> hits, int[] scores, int offset, int limit)
    {
        if (offset >= hits.Count) return [];
        hits.Sort();
        var next = new SortedDictionary<int, int>(Comparer<int>.Create((a, b) => b.CompareTo(a)));
        foreach (var hit in hits) next[scores[hit]] = next.GetValueOrDefault(scores[hit]) + 1;
        var start = 0;
        foreach (var (score, count) in next.ToList()) (next[score], start) = (start, start + count);
        var page = new Guid[Math.Min(limit, hits.Count - offset)];
        foreach (var hit in hits)
        {
            var rank = next[scores[hit]]++;
            if (rank >= offset && rank < offset + page.Length) page[rank - offset] = entries[hit].Id;
        }

        return page;
    }

    private void Name(Guid id, string name, string nameEn)
    {
        var holders = institutionNames.TryGetValue(id, out var before) ? before.Holders : [];
        if (before is not null)
        {
            texts.Drop(before.Name);
            texts.Drop(before.NameEn);
        }

        institutionNames[id] = new Named(holders, texts.Add(SearchField.Institution, name, holders), texts.Add(SearchField.Institution, nameEn, holders));
    }

    private void Put(IndexedInstrument i)
    {
        var entry = new Entry(
            i.Id, texts.Of(SearchField.Name, i.Name), texts.Of(SearchField.Name, i.NameEn), texts.Of(SearchField.Name, i.Model), texts.Of(SearchField.Manufacturer, i.Manufacturer),
            institutions.Of(i.InstitutionId), classes.Of(i.Classification), regions.Of(i.Region), sharings.Of(i.Sharing), i.IsVisible);
        if (places.TryGetValue(i.Id, out var place)) foreach (var holders in HoldersOf(entries[place]).Except(HoldersOf(entry))) holders.Remove(place);
        else
        {
            places.Add(i.Id, place = entries.Count);
            entries.Add(default);
        }

        foreach (var holders in HoldersOf(entry).Except(entries[place] == default ? [] : HoldersOf(entries[place]))) holders.Add(place);
        entries[place] = entry;
    }

    private IEnumerable<List<int>> HoldersOf(Entry e) =>
    [
        texts[e.Name].Holders, texts[e.NameEn].Holders, texts[e.Model].Holders, texts[e.Manufacturer].Holders, institutionNames[institutions[e.Institution]].Holders,
        .. ClassificationTree.National.PathTo(classes[e.Class]).Select(c => Class(c).Holders),
    ];

    private Named Class(ClassificationEntry c)
    {
        if (classNames.TryGetValue(c.Code, out var named)) return named;
        var holders = new List<int>();
        return classNames[c.Code] = new Named(holders, texts.Add(SearchField.Class, c.Name, holders), texts.Add(SearchField.Class, c.NameEn, holders));
    }

    /// <summary>Values that many instruments share, by a number each.</summary>
    private sealed class Numbers<T> where T : notnull
    {
        private readonly Dictionary<T, int> numbers = [];
        private readonly List<T> values = [];

        public T this[int number] => values[number];

        public int Of(T value)
        {
            ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, value, out var known);
            if (known) return number;
            number = values.Count;
            values.Add(value);
            return number;
        }

        public bool[] Which(Func<T, bool> asked) => [.. values.Select(asked)];
    }
}
