using InstrumentShare.Access;
using InstrumentShare.Access.Accounts;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Notifications.Preferences;

/// <summary>A person's wishes in the download of what is kept about them.</summary>
public sealed class MailPreferenceData(AppDb db) : IPersonalDataSource
{
    public string Name => "mailPreferences";

    public async Task<object> OfAsync(PersonId personId, CancellationToken cancel) =>
        await db.Set<MailPreferences>().AsNoTracking().SingleOrDefaultAsync(p => p.PersonId == personId, cancel) ?? MailPreferences.For(personId);
}
