using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Classes;

/// <summary>An instrument's time that a class holds or held.</summary>
public sealed record ClassPlace(Guid InstrumentId, string Name, string NameEn, BookingId BookingId, BookingStatus Status);

public sealed record ClassRow(ClassSessionId Id, string Course, string CourseEn, string Teacher, int Students, int? Attended, Instant StartsAt, Instant EndsAt, string TimeZone, bool IsCancelled, string? CancelReason, string Note, int Version);

public sealed record ClassDetail(ClassRow Row, IReadOnlyList<ClassStudent> Roster, IReadOnlyList<ClassPlace> Places, bool MayChange);

/// <summary>Reads of classes: those one teaches or made, and those that a role covers. Also marks their bookings in lists.</summary>
public sealed class ClassQueries(AppDb db, Caller caller) : IBookingMarks
{
    private static readonly IReadOnlyList<BookingMark> Teaching = [new BookingMark("state-info", "school", "classes.mark")];

    /// <summary>By time; those to come first to last, or the past ones newest first.</summary>
    /// <param name="after">The start and id of the last one seen.</param>
    public async Task<PageOf<ClassRow>> ListAsync(Instant now, bool past, (Instant StartsAt, Guid Id)? after, int limit, CancellationToken cancel)
    {
        var grants = caller.GrantsOf(ClassPermissions.View).ToList();
        var all = caller.IsJob || grants.Any(g => g.ScopeKind == ScopeKind.All);
        var institutions = grants.Where(g => g.ScopeKind == ScopeKind.Institution).Select(g => new InstitutionId(g.ScopeId!.Value)).ToList();
        var instruments = grants.Where(g => g.ScopeKind == ScopeKind.Instrument).Select(g => new InstrumentId(g.ScopeId!.Value)).ToList();
        var me = caller.PersonId ?? default;
        var classes = db.Set<ClassSession>().Where(c => all || c.TeacherId == me || c.CreatedBy == me || institutions.Contains(c.InstitutionId) || db.Set<ClassBooking>().Any(b => b.SessionId == c.Id && instruments.Contains(b.InstrumentId)))
            .Where(c => past ? c.EndsAt <= now : c.EndsAt > now);
        var total = await classes.OrderBy(c => c.StartsAt).CountUpToAsync(cancel);
        if (after is var (at, id)) classes = past ? classes.Where(c => c.StartsAt < at || (c.StartsAt == at && (Guid)(object)c.Id < id)) : classes.Where(c => c.StartsAt > at || (c.StartsAt == at && (Guid)(object)c.Id > id));
        var sorted = past ? classes.OrderByDescending(c => c.StartsAt).ThenByDescending(c => c.Id) : classes.OrderBy(c => c.StartsAt).ThenBy(c => c.Id);
        var rows = await Rows(sorted.Take(limit + 1)).ToListAsync(cancel);
        var more = rows.Count > limit;
        if (more) rows.RemoveAt(limit);
        return new PageOf<ClassRow>(rows, more ? ListQuery.Encode($"{NodaTime.Text.InstantPattern.ExtendedIso.Format(rows[^1].StartsAt)}|{rows[^1].Id.Value}") : null, PageOf<int>.TotalOf(total));
    }

    /// <summary>Null when it is not the caller's to know.</summary>
    public async Task<ClassDetail?> OneAsync(ClassSessionId id, CancellationToken cancel)
    {
        var session = await db.Set<ClassSession>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancel);
        if (session is null || !await db.MaySeeClassAsync(session, caller, cancel)) return null;
        var row = await Rows(db.Set<ClassSession>().Where(c => c.Id == id)).SingleAsync(cancel);
        var places = await (
            from b in db.Set<ClassBooking>().AsNoTracking()
            join k in db.Set<Booking>() on new { b.InstrumentId, Id = b.BookingId } equals new { k.InstrumentId, k.Id }
            join i in db.Set<Instrument>() on b.InstrumentId equals i.Id
            where b.SessionId == id
            orderby i.Name, k.CreatedAt
            select new ClassPlace((Guid)(object)i.Id, i.Name, i.NameEn, k.Id, k.Status)).ToListAsync(cancel);
        return new ClassDetail(row, session.Roster, places, await db.MayChangeClassAsync(session, caller, cancel));
    }

    /// <summary>The class that a booking is of.</summary>
    public Task<ClassRow?> OfBookingAsync(BookingId id, CancellationToken cancel) =>
        Rows(db.Set<ClassSession>().Where(c => db.Set<ClassBooking>().Any(b => b.BookingId == id && b.SessionId == c.Id)))!.SingleOrDefaultAsync(cancel);

    async Task<IReadOnlyDictionary<BookingId, IReadOnlyList<BookingMark>>> IBookingMarks.OfAsync(IReadOnlyCollection<BookingId> ids, CancellationToken cancel)
    {
        var wanted = ids.ToList();
        return (await db.Set<ClassBooking>().Where(b => wanted.Contains(b.BookingId)).Select(b => b.BookingId).ToListAsync(cancel)).ToDictionary(b => b, _ => Teaching);
    }

    private IQueryable<ClassRow> Rows(IQueryable<ClassSession> classes) => classes.AsNoTracking().Select(c => new ClassRow(
        c.Id, c.Course, c.CourseEn, db.Set<Person>().Where(p => p.Id == (Guid)(object)c.TeacherId).Select(p => p.Name).Single(), c.Students, c.Attended, c.StartsAt, c.EndsAt,
        db.Set<Institution>().Where(i => i.Id == c.InstitutionId).Select(i => i.TimeZone).Single(), c.CancelledAt != null, c.CancelReason, c.Note, c.Version));
}
