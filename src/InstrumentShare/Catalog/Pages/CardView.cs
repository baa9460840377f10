using InstrumentShare.Catalog.Search;

namespace InstrumentShare.Catalog.Pages;

/// <summary>An instrument in the results, with what other modules say of it.</summary>
public sealed record CardView(InstrumentListItem Item, IReadOnlyList<CardNote> Notes);
