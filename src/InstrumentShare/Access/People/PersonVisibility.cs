using InstrumentShare.Access.Institutions;

namespace InstrumentShare.Access.People;

/// <summary>Whose record the caller may see: that of their institution's people and of those who say they belong to it.</summary>
public sealed class PersonVisibility(Caller caller, InstitutionQueries institutions)
{
    public async Task<bool> MayReadAsync(PeopleQueries.Details person, CancellationToken cancel)
    {
        if (caller.May(AccessPermissions.ReadPeople, new Scope())) return true;
        foreach (var id in new[] { person.InstitutionId, person.ClaimedInstitutionId }.OfType<InstitutionId>())
        {
            if (await institutions.OfAsync(id, cancel) is { } institution && caller.May(AccessPermissions.ReadPeople, new Scope(InstitutionId: id.Value, Region: institution.Region))) return true;
        }

        return false;
    }
}
