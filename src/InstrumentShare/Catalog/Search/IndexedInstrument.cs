namespace InstrumentShare.Catalog.Search;

/// <summary>What the index keeps of an instrument: the texts that it is found by and the fields that lists are narrowed by.</summary>
public sealed record IndexedInstrument(
    Guid Id, Guid InstitutionId, string Name, string NameEn, string Model, string Manufacturer, string Classification, string Region, string Sharing, bool IsVisible);
