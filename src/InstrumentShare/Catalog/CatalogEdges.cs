using InstrumentShare.Web;

namespace InstrumentShare.Catalog;

/// <summary>A line on an instrument's card in the catalogue, such as its price for the reader or its next free time.</summary>
public sealed record CardNote(string Icon, string Text);

/// <summary>Something that a higher module says on the cards of a page of results; one query for all of them.</summary>
public interface ICardNotes
{
    Task<IReadOnlyDictionary<InstrumentId, CardNote>> OfAsync(IReadOnlyList<InstrumentId> ids, Words words, CancellationToken cancel);
}

/// <summary>A page of an instrument's settings. Its address is <c>/manage/instruments/{id}/</c> and the path.</summary>
/// <param name="Key">Words of the tab.</param>
public sealed record InstrumentTab(string Key, string Path, int Order);
