namespace InstrumentShare.Catalog.Pages;

/// <summary>The head of an instrument's settings: whose they are and which tab is open.</summary>
/// <param name="Path">Of the open tab; empty for the record.</param>
public sealed record InstrumentHead(InstrumentId Id, string Name, string NameEn, string Path, bool Saved = false);
