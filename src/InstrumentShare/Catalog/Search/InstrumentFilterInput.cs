using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;

namespace InstrumentShare.Catalog.Search;

/// <summary>Reads the catalogue's filters from a query string, the same for page and API.</summary>
public static class InstrumentFilterInput
{
    public static InstrumentFilter Read(ListQuery list)
    {
        Guid? institution = null;
        if (list["institution"] is { } id)
        {
            if (Guid.TryParse(id, out var guid)) institution = guid;
            else list.Problems.Add(Problem.Invalid("catalog.institution", "institution", ("value", id)));
        }

        Sharing? sharing = null;
        if (list["sharing"] is { } word)
        {
            if (Word.TryParse<Sharing>(word, out var value)) sharing = value;
            else list.Problems.Add(Problem.Invalid("instrument.unknown-word", "sharing", ("value", word), ("known", string.Join(", ", Word.All<Sharing>()))));
        }

        var region = list["region"] is { } code && Region.IsValid(code) && RegionCatalog.Instance.Knows(new Region(code)) ? new Region(code) : (Region?)null;
        if (list["region"] is { } unknown && region is null) list.Problems.Add(Problem.Invalid("instrument.unknown-region", "region", ("value", unknown)));
        if (list["managed"] is { } managed and not ("true" or "false")) list.Problems.Add(Problem.Invalid("instrument.unknown-word", "managed", ("value", managed), ("known", "true, false")));
        if (list["q"]?.Contains('\0', StringComparison.Ordinal) == true) list.Problems.Add(Problem.Invalid("request.nul", "q"));
        if (list["classification"] is { } c && ClassificationTree.National.Find(c) is null) list.Problems.Add(Problem.Invalid("instrument.unknown-classification", "classification", ("value", c)));
        return new InstrumentFilter
        {
            Q = list["q"], Classification = list["classification"], Institution = institution, Region = region, Sharing = sharing,
            Managed = list["managed"] == "true", Limit = list.Limit, Cursor = list.Cursor,
        };
    }
}
