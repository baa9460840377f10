using InstrumentShare.Access;
using InstrumentShare.Bookings.Companions;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Technicians;

/// <summary>A technician whom the caller may look after: themselves, or of an instrument in the caller's care.</summary>
public sealed record KnownTechnician(PersonId Id, string Name, string? NameEn, DateTimeZone Zone, IReadOnlyList<InstrumentId> Instruments);

public sealed record AssistedBooking(Guid BookingId, Guid InstrumentId, string Instrument, string InstrumentEn, Instant StartsAt, Instant EndsAt, BookingStatus Status, string Person, bool IsDuringAbsence);

public sealed record TechnicianCalendar(
    PersonId Id, string Name, string? NameEn, string TimeZone, IReadOnlyList<TechnicianHours> Hours, IReadOnlyList<TechnicianAbsence> Absences, IReadOnlyList<AssistedBooking> Bookings);

public sealed record TechnicianChoice(PersonId Id, string Name, string? NameEn);

/// <summary>Reads technicians' hours, absences and whom they assist.</summary>
public sealed class TechnicianQueries(AppDb db, CompanionNeedsQuery needs, Caller caller, IClock clock)
{
    private const int Most = 200;

    private sealed record HoldRow(Guid BookingId, Guid InstrumentId, string Instrument, string InstrumentEn, DateTime StartsAt, DateTime EndsAt, string Status, string Person);

    /// <summary>Who is a technician and the caller's to look after; 404 otherwise.</summary>
    public async Task<Outcome<KnownTechnician>> FindAsync(PersonId id, CancellationToken cancel)
    {
        var person = await db.Set<Person>().AsNoTracking().Where(p => p.Id == id.Value && p.IsActive)
            .Select(p => new { p.Name, p.NameEn, Zone = db.Set<Institution>().Where(i => i.Id == p.InstitutionId).Select(i => i.TimeZone).FirstOrDefault() }).SingleOrDefaultAsync(cancel);
        var grants = await db.Set<RoleGrant>().AsNoTracking().Where(g => g.PersonId == id && g.Role == Role.Technician && g.RevokedAt == null).ToListAsync(cancel);
        if (person is null || grants.Count == 0) return Problem.NotFound();
        var (single, whole) = (Ids(grants, ScopeKind.Instrument), Ids(grants, ScopeKind.Institution));
        var instruments = await db.Set<Instrument>().AsNoTracking().Where(i => single.Contains((Guid)(object)i.Id) || whole.Contains((Guid)(object)i.InstitutionId)).Select(i => new { i.Id, i.InstitutionId }).ToListAsync(cancel);
        if (id != caller.PersonId && !instruments.Exists(i => caller.May(TechnicianPermissions.Manage, new Scope(i.Id.Value, i.InstitutionId.Value)))) return Problem.NotFound();
        return new KnownTechnician(id, person.Name, person.NameEn, person.Zone is null ? Web.Words.DefaultZone : DateTimeZoneProviders.Tzdb[person.Zone], instruments.ConvertAll(i => i.Id));
    }

    /// <summary>Hours that hold or will, absences and assisted bookings from now on.</summary>
    public async Task<TechnicianCalendar> CalendarAsync(KnownTechnician technician, CancellationToken cancel)
    {
        var now = clock.GetCurrentInstant();
        var today = now.InZone(technician.Zone).Date;
        var hours = await db.Set<TechnicianHours>().AsNoTracking().Where(h => h.PersonId == technician.Id && (h.ValidTo == null || h.ValidTo >= today)).OrderBy(h => h.ValidFrom).ThenBy(h => h.Weekday).ThenBy(h => h.OpensMinute).Take(Most).ToListAsync(cancel);
        var absences = await db.Set<TechnicianAbsence>().AsNoTracking().Where(a => a.PersonId == technician.Id && a.CancelledAt == null && a.EndsAt > now).OrderBy(a => a.StartsAt).Take(Most).ToListAsync(cancel);
        return new TechnicianCalendar(technician.Id, technician.Name, technician.NameEn, technician.Zone.Id, hours, absences, await AssistedAsync(technician, now, null, absences, cancel));
    }

    /// <summary>Whom they assist on a day at their institution, in its order; what has been used is there too.</summary>
    public async Task<IReadOnlyList<AssistedBooking>> DayAsync(KnownTechnician technician, LocalDate date, CancellationToken cancel)
    {
        var (from, to) = (technician.Zone.AtStartOfDay(date).ToInstant(), technician.Zone.AtStartOfDay(date.PlusDays(1)).ToInstant());
        var absences = await db.Set<TechnicianAbsence>().AsNoTracking().Where(a => a.PersonId == technician.Id && a.CancelledAt == null && a.StartsAt < to && a.EndsAt > from).ToListAsync(cancel);
        return await AssistedAsync(technician, from, to, absences, cancel);
    }

    /// <param name="to">Null for what stands from then on, however far; else also what has been used.</param>
    private async Task<IReadOnlyList<AssistedBooking>> AssistedAsync(KnownTechnician technician, Instant from, Instant? to, List<TechnicianAbsence> absences, CancellationToken cancel)
    {
        var holds = await db.Database.SqlQuery<HoldRow>($"""
            SELECT h.booking_id AS "BookingId", h.instrument_id AS "InstrumentId", i.name AS "Instrument", i.name_en AS "InstrumentEn", b.starts_at AS "StartsAt", b.ends_at AS "EndsAt", b.status AS "Status", p.name AS "Person"
            FROM technician_holds h JOIN bookings b ON b.instrument_id = h.instrument_id AND b.id = h.booking_id JOIN instruments i ON i.id = h.instrument_id JOIN people p ON p.id = b.person_id
            WHERE h.technician_id = {technician.Id.Value} AND h.held && tstzrange({from.ToDateTimeUtc()}, {to?.ToDateTimeUtc()}) AND (h.is_held OR ({to is not null} AND b.status = 'completed')) ORDER BY b.starts_at LIMIT {Most}
            """).ToListAsync(cancel);
        return holds.ConvertAll(h => new AssistedBooking(
            h.BookingId, h.InstrumentId, h.Instrument, h.InstrumentEn, Instant.FromDateTimeUtc(h.StartsAt), Instant.FromDateTimeUtc(h.EndsAt), Word.Parse<BookingStatus>(h.Status), h.Person,
            absences.Exists(a => a.StartsAt < Instant.FromDateTimeUtc(h.EndsAt) && Instant.FromDateTimeUtc(h.StartsAt) < a.EndsAt)));
    }

    /// <summary>The technicians of the instruments in the caller's care, by name.</summary>
    public async Task<IReadOnlyList<TechnicianChoice>> ManagedAsync(CancellationToken cancel)
    {
        var mine = caller.GrantsOf(TechnicianPermissions.Manage).ToList();
        var (institutions, instruments) = (Ids(mine, ScopeKind.Institution), Ids(mine, ScopeKind.Instrument));
        var people = db.Set<RoleGrant>().Where(g => g.Role == Role.Technician && g.RevokedAt == null && g.ScopeId != null
                && ((g.ScopeKind == ScopeKind.Institution && institutions.Contains(g.ScopeId.Value)) || (g.ScopeKind == ScopeKind.Instrument
                    && (instruments.Contains(g.ScopeId.Value) || db.Set<Instrument>().Any(i => (Guid)(object)i.Id == g.ScopeId && institutions.Contains((Guid)(object)i.InstitutionId))))))
            .Select(g => (Guid)(object)g.PersonId);
        return await db.Set<Person>().AsNoTracking().Where(p => p.IsActive && people.Contains(p.Id)).OrderBy(p => p.Name).ThenBy(p => p.Id).Take(Most).Select(p => new TechnicianChoice(new PersonId(p.Id), p.Name, p.NameEn)).ToListAsync(cancel);
    }

    /// <summary>Who can be asked for on an instrument by name.</summary>
    public async Task<IReadOnlyList<TechnicianChoice>> OfInstrumentAsync(InstrumentRules instrument, CancellationToken cancel) =>
        [.. (await needs.OfAsync(instrument, cancel)).Technicians.Select(t => new TechnicianChoice(t.Id, t.Name, t.NameEn))];

    /// <summary>Who assists a booking; null when nobody does.</summary>
    public async Task<TechnicianChoice?> OfBookingAsync(BookingId booking, CancellationToken cancel) =>
        (await db.Database.SqlQuery<Guid>($"SELECT technician_id AS \"Value\" FROM technician_holds WHERE booking_id = {booking.Value}").ToListAsync(cancel)) is [var id]
            ? await db.Set<Person>().AsNoTracking().Where(p => p.Id == id).Select(p => new TechnicianChoice(new PersonId(p.Id), p.Name, p.NameEn)).SingleAsync(cancel) : null;

    private static Guid[] Ids(IEnumerable<RoleGrant> grants, ScopeKind kind) => [.. grants.Where(g => g.ScopeKind == kind && g.ScopeId is not null).Select(g => g.ScopeId!.Value)];
}
