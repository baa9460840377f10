using System.Buffers;
using System.Runtime.InteropServices;

namespace InstrumentShare.Catalog.Search;

/// <summary>The part of the catalogue that is searched; null narrows nothing.</summary>
/// <param name="Visible">Whether instruments that everybody sees are asked for.</param>
/// <param name="Institutions">Those whose instruments are asked for, hidden ones too.</param>
/// <param name="Instruments">Single ones that are asked for, hidden or not.</param>
public sealed record SearchScope(
    IReadOnlySet<string>? Classes, Guid? Institution, string? Region, string? Sharing, bool Visible, IReadOnlyCollection<Guid> Institutions, IReadOnlyCollection<Guid> Instruments);

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
    private readonly Dictionary<int, Named> institutionNames = [];
    private readonly Dictionary<int, Named[]> classPaths = [];
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
        var (fields, scores) = (ArrayPool<byte>.Shared.Rent(Math.Max(entries.Count, texts.Count)), ArrayPool<int>.Shared.Rent(entries.Count));
        try
        {
            Array.Clear(fields);
            var found = terms.Select(texts.Matching).OrderBy(t => t.Count).ToList();
            var rarest = Rarest(found);
            var hits = HoldersOf(found[rarest], fields, scores);
            hits.RemoveAll(Outside(scope));
            found.RemoveAt(rarest);
            foreach (var also in found) Narrow(hits, also, fields, scores);
            return (PageOf(hits, scores, offset, limit), hits.Count);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(fields);
            ArrayPool<int>.Shared.Return(scores);
            access.ExitReadLock();
        }
    }

    /// <summary>Instruments by name, without words; those after a name and id that an earlier page ended with.</summary>
    /// <returns>As <see cref="Find"/>, and the name that the page ended with when more follow.</returns>
    public (Guid[] Page, int Total, string? LastName) List(SearchScope scope, (string Name, Guid Id)? after, int limit)
    {
        access.EnterReadLock();
        try
        {
            var hits = Enumerable.Range(0, entries.Count).ToList();
            hits.RemoveAll(Outside(scope));
            var rest = after is { } last ? hits.Where(h => Compare(Key(h), last) > 0) : hits;
            var page = rest.Select(Key).Order(Comparer<(string Name, Guid Id)>.Create(Compare)).Take(limit + 1).ToList();
            return ([.. page.Take(limit).Select(k => k.Id)], hits.Count, page.Count > limit ? page[limit - 1].Name : null);
        }
        finally
        {
            access.ExitReadLock();
        }

        (string Name, Guid Id) Key(int hit) => (texts[entries[hit].Name].Normal, entries[hit].Id);

        static int Compare((string Name, Guid Id) a, (string Name, Guid Id) b) => string.CompareOrdinal(a.Name, b.Name) is var byName and not 0 ? byName : a.Id.CompareTo(b.Id);
    }

    public void Dispose() => access.Dispose();

    // The term that the fewest instruments have; no list is counted further than the best so far.
    private int Rarest(List<List<int>> found)
    {
        var (rarest, fewest) = (0, long.MaxValue);
        for (var term = 0; term < found.Count; term++)
        {
            var holders = 0L;
            for (var i = 0; i < found[term].Count && holders < fewest; i++) holders += texts[found[term][i]].Holders.Count;
            if (holders < fewest) (rarest, fewest) = (term, holders);
        }

        return rarest;
    }

    // The instruments that have any of the rarest term's texts, in order of entry.
    private List<int> HoldersOf(List<int> matching, byte[] fields, int[] scores)
    {
        foreach (var number in matching)
            foreach (var place in CollectionsMarshal.AsSpan(texts[number].Holders)) fields[place] |= (byte)texts.Fields[number];

        var hits = new List<int>();
        var rest = fields.AsSpan(0, entries.Count);
        for (int at, place = 0; (at = rest[place..].IndexOfAnyExcept((byte)0)) >= 0; place++)
        {
            place += at;
            hits.Add(place);
            (scores[place], fields[place]) = (Weights[fields[place]], 0);
        }

        return hits;
    }

    // Of the hits so far, those that have a text of another term too. Texts are fewer than the instruments that hold them.
    private void Narrow(List<int> hits, List<int> matching, byte[] fields, int[] scores)
    {
        if (hits.Count == 0) return;
        var ofText = texts.Fields;
        foreach (var number in matching) fields[number] = (byte)ofText[number];
        hits.RemoveAll(place =>
        {
            ref readonly var e = ref CollectionsMarshal.AsSpan(entries)[place];
            var institution = institutionNames[e.Institution];
            var at = fields[e.Name] | fields[e.NameEn] | fields[e.Model] | fields[e.Manufacturer] | fields[institution.Name] | fields[institution.NameEn];
            foreach (var name in classPaths[e.Class]) at |= fields[name.Name] | fields[name.NameEn];
            scores[place] += Weights[at];
            return at == 0;
        });
        foreach (var number in matching) fields[number] = 0;
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

    // Scores are few and small, so hits are counted by score instead of being sorted by it.
    private Guid[] PageOf(List<int> hits, int[] scores, int offset, int limit)
    {
        if (offset >= hits.Count) return [];
        var ranks = new int[hits.Max(h => scores[h]) + 1];
        foreach (var hit in hits) ranks[scores[hit]]++;
        var better = 0;
        for (var score = ranks.Length - 1; score >= 0; score--) (ranks[score], better) = (better, better + ranks[score]);
        var page = new Guid[Math.Min(limit, hits.Count - offset)];
        foreach (var hit in hits)
        {
            var rank = ranks[scores[hit]]++ - offset;
            if (rank >= 0 && rank < page.Length) page[rank] = entries[hit].Id;
        }

        return page;
    }

    private void Name(Guid id, string name, string nameEn)
    {
        var number = institutions.Of(id);
        var holders = institutionNames.TryGetValue(number, out var before) ? before.Holders : [];
        if (before is not null)
        {
            texts.Drop(before.Name);
            texts.Drop(before.NameEn);
        }

        institutionNames[number] = new Named(holders, texts.Add(SearchField.Institution, name, holders), texts.Add(SearchField.Institution, nameEn, holders));
    }

    private void Put(IndexedInstrument i)
    {
        var entry = new Entry(
            i.Id, texts.Of(SearchField.Name, i.Name), texts.Of(SearchField.Name, i.NameEn), texts.Of(SearchField.Name, i.Model), texts.Of(SearchField.Manufacturer, i.Manufacturer),
            institutions.Of(i.InstitutionId), classes.Of(i.Classification), regions.Of(i.Region), sharings.Of(i.Sharing), i.IsVisible);
        // An institution that was entered while the rows were read gets its name the next time.
        if (!institutionNames.ContainsKey(entry.Institution)) Name(i.InstitutionId, string.Empty, string.Empty);
        if (!classPaths.ContainsKey(entry.Class)) classPaths.Add(entry.Class, [.. ClassificationTree.National.PathTo(i.Classification).Select(Class)]);
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
        texts[e.Name].Holders, texts[e.NameEn].Holders, texts[e.Model].Holders, texts[e.Manufacturer].Holders, institutionNames[e.Institution].Holders,
        .. classPaths[e.Class].Select(c => c.Holders),
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
