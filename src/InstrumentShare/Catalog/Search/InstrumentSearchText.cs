namespace InstrumentShare.Catalog.Search;

/// <summary>What an instrument is found by: its names and model first, then its classes, maker and institution.</summary>
public static class InstrumentSearchText
{
    public static string Of(Instrument instrument, string institutionName, string institutionNameEn) => SearchTokens.Vector(
    [
        ('A', instrument.Name),
        ('A', instrument.NameEn),
        ('A', instrument.Model),
        ('C', instrument.Manufacturer),
        .. ClassificationTree.National.PathTo(instrument.Classification).SelectMany(c => new[] { ('B', c.Name), ('B', c.NameEn) }),
        ('D', institutionName),
        ('D', institutionNameEn),
    ]);
}
