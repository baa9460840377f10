using InstrumentShare.Access;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Catalog;

/// <summary>Tells roles for single instruments where those belong.</summary>
public sealed class InstrumentScopes(AppDb db) : IInstrumentScopes
{
    public async Task<IReadOnlyDictionary<Guid, (InstitutionId InstitutionId, string Name, string NameEn)>> OfAsync(IReadOnlyCollection<Guid> instrumentIds, CancellationToken cancel)
    {
        var ids = instrumentIds.Select(id => new InstrumentId(id)).ToList();
        return await db.Set<Instrument>().AsNoTracking().Where(i => ids.Contains(i.Id)).Select(i => new { i.Id, i.InstitutionId, i.Name, i.NameEn })
            .ToDictionaryAsync(i => i.Id.Value, i => (i.InstitutionId, i.Name, i.NameEn), cancel);
    }
}
