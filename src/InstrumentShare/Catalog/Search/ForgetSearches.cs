using InstrumentShare.Access.Institutions;
using InstrumentShare.Persistence;

namespace InstrumentShare.Catalog.Search;

/// <summary>Makes answers that show an institution's old name void.</summary>
public sealed class ForgetSearches(SearchCache searches) : IEventHandler<InstitutionRenamed>
{
    public Task HandleAsync(InstitutionRenamed happened, CancellationToken cancel)
    {
        searches.Forget();
        return Task.CompletedTask;
    }
}
