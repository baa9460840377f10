using InstrumentShare.Access;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Demo;

/// <summary>The demo's accounts as those who ask.</summary>
public sealed class DemoCallers(AppDb db, PersonAccessQuery people, PermissionCatalog permissions)
{
    /// <param name="account">The name before the address's @.</param>
    public async Task<Caller> OfAsync(string account, CancellationToken cancel) => Caller.For(await AccessAsync(account, cancel), permissions);

    /// <summary>Lets the account ask for everything in a scope, for use cases that are built of others.</summary>
    public async Task ActAsync(Caller ofScope, string account, CancellationToken cancel) => ofScope.Become(await AccessAsync(account, cancel), permissions, null);

    private async Task<PersonAccess> AccessAsync(string account, CancellationToken cancel)
    {
        var email = account + "@demo.example";
        var id = await db.Set<Person>().Where(p => p.Email == email).Select(p => p.Id).SingleAsync(cancel);
        return (await people.OfAsync(new PersonId(id), cancel))!;
    }
}
