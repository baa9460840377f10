using InstrumentShare.Access;
using InstrumentShare.Bookings.Qualifications;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Companions;

public sealed record LinkRow(
    InstrumentLinkId Id, InstrumentId? LinkedInstrumentId, RoomId? RoomId, string Name, string NameEn, IReadOnlyList<ServiceMode> Modes, int BeforeMinutes, int AfterMinutes, int People, LocalDate ValidFrom, LocalDate? ValidTo);

/// <summary>A time when a room is used.</summary>
public sealed record RoomUse(Guid BookingId, string Instrument, string InstrumentEn, string Person, int Places, Instant StartsAt, Instant EndsAt);

/// <summary>Reads links of instruments, rooms, and when rooms are used.</summary>
public sealed class CompanionQueries(AppDb db, Caller caller)
{
    private const int Most = 200;

    private sealed record UseRow(Guid BookingId, string Instrument, string InstrumentEn, string Person, int Places, DateTime StartsAt, DateTime EndsAt);

    /// <summary>What an instrument's bookings take along, now and to come.</summary>
    public Task<List<LinkRow>> LinksAsync(InstrumentId instrument, LocalDate today, CancellationToken cancel) => (
        from l in db.Set<InstrumentLink>().AsNoTracking().Where(l => l.InstrumentId == instrument && (l.ValidTo == null || l.ValidTo >= today)).OrderBy(l => l.ValidFrom).ThenBy(l => l.Id).Take(Most)
        from i in db.Set<Instrument>().Where(i => i.Id == l.LinkedInstrumentId).DefaultIfEmpty()
        from r in db.Set<Room>().Where(r => r.Id == l.RoomId).DefaultIfEmpty()
        select new LinkRow(l.Id, l.LinkedInstrumentId, l.RoomId, i != null ? i.Name + " " + i.InnerId : r!.Name, i != null ? i.NameEn + " " + i.InnerId : r!.NameEn, l.Modes, l.BeforeMinutes, l.AfterMinutes, l.People, l.ValidFrom, l.ValidTo)).ToListAsync(cancel);

    /// <summary>The rooms in the caller's care.</summary>
    /// <param name="after">The id of the last one seen.</param>
    public async Task<PageOf<Room>> RoomsAsync(Guid? after, int limit, CancellationToken cancel)
    {
        var sight = await QualificationSight.OfAsync(db, caller, CompanionPermissions.ViewRooms, cancel);
        var query = db.Set<Room>().AsNoTracking().Where(r => sight.Everything || sight.Institutions.Contains((Guid)(object)r.InstitutionId));
        var total = await query.OrderBy(r => r.Id).CountUpToAsync(cancel);
        if (after is { } last) query = query.Where(r => (Guid)(object)r.Id > last);
        var rows = await query.OrderBy(r => r.Id).Take(limit + 1).ToListAsync(cancel);
        var more = rows.Count > limit;
        if (more) rows.RemoveAt(limit);
        return new PageOf<Room>(rows, more ? ListQuery.Encode(rows[^1].Id.Value.ToString()) : null, PageOf<Room>.TotalOf(total));
    }

    /// <summary>Null when it is not the caller's to see.</summary>
    public async Task<Room?> RoomAsync(RoomId id, CancellationToken cancel) =>
        await db.Set<Room>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancel) is { } room && caller.May(CompanionPermissions.ViewRooms, room.Scope) ? room : null;

    /// <summary>When a room is used in a range, ascending.</summary>
    public async Task<IReadOnlyList<RoomUse>> UsesAsync(RoomId id, TimeSlot range, CancellationToken cancel)
    {
        var rows = await db.Database.SqlQuery<UseRow>($"""
            SELECT h.booking_id AS "BookingId", i.name AS "Instrument", i.name_en AS "InstrumentEn", p.name AS "Person", count(*)::integer AS "Places", lower(h.held) AS "StartsAt", upper(h.held) AS "EndsAt"
            FROM room_holds h JOIN bookings b ON b.instrument_id = h.instrument_id AND b.id = h.booking_id JOIN instruments i ON i.id = h.instrument_id JOIN people p ON p.id = b.person_id
            WHERE h.room_id = {id.Value} AND h.is_held AND h.held && tstzrange({range.StartsAt.ToDateTimeUtc()}, {range.EndsAt.ToDateTimeUtc()})
            GROUP BY h.booking_id, i.name, i.name_en, p.name, h.held ORDER BY lower(h.held), h.booking_id LIMIT {Most}
            """).ToListAsync(cancel);
        return rows.ConvertAll(r => new RoomUse(r.BookingId, r.Instrument, r.InstrumentEn, r.Person, r.Places, Instant.FromDateTimeUtc(r.StartsAt), Instant.FromDateTimeUtc(r.EndsAt)));
    }

    /// <summary>The rooms that an instrument's bookings can take along.</summary>
    public Task<List<Room>> RoomsOfAsync(InstitutionId institution, CancellationToken cancel) => db.Set<Room>().AsNoTracking().Where(r => r.InstitutionId == institution && r.IsActive).OrderBy(r => r.Name).Take(Most).ToListAsync(cancel);

    public async Task<DateTimeZone> ZoneAsync(InstitutionId institution, CancellationToken cancel) => await db.ZoneOfAsync(institution, cancel);
}
