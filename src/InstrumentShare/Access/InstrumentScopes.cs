namespace InstrumentShare.Access;

/// <summary>The edge by which roles for single instruments learn what those are; the catalogue answers.</summary>
public interface IInstrumentScopes
{
    /// <summary>Those of the instruments that exist, with their institution and names.</summary>
    Task<IReadOnlyDictionary<Guid, (InstitutionId InstitutionId, string Name, string NameEn)>> OfAsync(IReadOnlyCollection<Guid> instrumentIds, CancellationToken cancel);
}
