using InstrumentShare.Access.Institutions;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Catalog.Search;

/// <summary>Makes an institution's instruments found by its new name; saved with the name itself.</summary>
public sealed class ReindexInstruments(AppDb db, SearchCache searches) : IEventHandler<InstitutionRenamed>
{
    public async Task HandleAsync(InstitutionRenamed happened, CancellationToken cancel)
    {
        foreach (var instrument in await db.Set<Instrument>().Where(i => i.InstitutionId == happened.Id).ToListAsync(cancel)) instrument.IndexFor(happened.Name, happened.NameEn);
        searches.Forget();
    }
}
