using InstrumentShare.Access;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Bookings;

/// <summary>Whom to write to about a booking.</summary>
internal static class BookingPeople
{
    public static async Task<Dictionary<PersonId, BookingNews.Recipient>> OfAsync(AppDb db, IEnumerable<PersonId> ids, CancellationToken cancel)
    {
        var wanted = ids.Select(i => i.Value).Distinct().ToList();
        return await db.Set<Person>().AsNoTracking().Where(p => wanted.Contains(p.Id))
            .Select(p => new { p.Id, p.Name, p.Email, p.Language })
            .ToDictionaryAsync(p => new PersonId(p.Id), p => new BookingNews.Recipient(new PersonId(p.Id), p.Name, p.Email, p.Language), cancel);
    }

    public static async Task<BookingNews.Recipient> OfAsync(AppDb db, PersonId id, CancellationToken cancel) => (await OfAsync(db, [id], cancel))[id];
}
