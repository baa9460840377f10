using InstrumentShare.Access;
using InstrumentShare.Bookings.Qualifications;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Classes;

/// <summary>
/// Plans a class, moves and cancels it, and records who came. Every instrument is booked by the use case that everybody books by, all
/// in one transaction: where one cannot be had, none is.
/// </summary>
public sealed class PlanClass(AppDb db, BookInstrument book, InstrumentRulesQuery rules, Caller caller, IClock clock)
{
    /// <param name="Units">How many places of it, for instruments that several use at once.</param>
    public sealed record Place(Guid? InstrumentId = null, int Units = 1);

    public sealed record Request(
        string? Course = null, string? CourseEn = null, string? TeacherEmail = null, int? Students = null, IReadOnlyList<string>? Roster = null, string? Note = null, IReadOnlyList<Place>? Instruments = null,
        Instant? StartsAt = null, Instant? EndsAt = null, string? OverrideReason = null);

    public async Task<Outcome<ClassSession>> RunAsync(Request request, CancellationToken cancel)
    {
        var roster = (request.Roster ?? []).Select(n => n.Trim()).Where(n => n.Length > 0).ToList();
        var places = request.Instruments ?? [];
        var problems = ClassRules.Check(request.Course, request.CourseEn, request.Note, request.Students, roster, places.Sum(p => Math.Clamp(p.Units, 0, ClassRules.MostPlaces + 1)));
        if (request.StartsAt is null) problems.Add(Problem.Invalid("booking.time-missing", "startsAt"));
        if (request.EndsAt is null) problems.Add(Problem.Invalid("booking.time-missing", "endsAt"));
        var known = await rules.ManyAsync(places.Where(p => p.InstrumentId is not null).Select(p => new InstrumentId(p.InstrumentId!.Value)), cancel);
        foreach (var place in places)
            if (place.InstrumentId is not { } id || !known.TryGetValue(new InstrumentId(id), out var found) || !caller.May(ClassPermissions.Plan, found.Scope)) problems.Add(Problem.Invalid("class.instrument", "instruments", ("value", place.InstrumentId)));
        if (known.Values.Select(k => k.InstitutionId).Distinct().Count() > 1) problems.Add(Problem.Invalid("class.one-institution", "instruments"));
        var teacher = caller.PersonId!.Value;
        if (!string.IsNullOrWhiteSpace(request.TeacherEmail))
        {
            if (await db.PersonByEmailAsync(request.TeacherEmail, cancel) is { } person) teacher = new PersonId(person.Id);
            else problems.Add(Problem.Invalid("qualification.person", "teacherEmail", ("value", request.TeacherEmail)));
        }

        if (problems.Count > 0) return problems;
        if (request.EndsAt <= request.StartsAt) return Problem.Invalid("booking.end-before-start", "endsAt", ("startsAt", request.StartsAt), ("endsAt", request.EndsAt));
        await using var transaction = await db.BeginAsync(cancel);
        var (slot, now) = (new TimeSlot(request.StartsAt!.Value, request.EndsAt!.Value), clock.GetCurrentInstant());
        var session = new ClassSession
        {
            InstitutionId = known.Values.First().InstitutionId, Course = request.Course!.Trim(), CourseEn = request.CourseEn!.Trim(), TeacherId = teacher, Students = request.Students!.Value, Note = request.Note?.Trim() ?? string.Empty,
            CreatedBy = caller.PersonId.Value, CreatedAt = now,
        }.At(slot).With(roster);
        db.Add(session);
        var wanted = places.SelectMany(p => Enumerable.Repeat(new InstrumentId(p.InstrumentId!.Value), p.Units)).ToList();
        if (await BookAsync(session, wanted, slot, request.OverrideReason, cancel) is { Count: > 0 } refused) return Outcome<ClassSession>.Refuse(refused);
        caller.Audit(db, now, "class.plan", "class", session.Id.Value.ToString(), after: new { session.Course, session.StartsAt, session.EndsAt, session.Students, instruments = wanted }, institutionId: session.InstitutionId);
        Tell("class.planned", session, now);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return session;
    }

    /// <summary>Moves all its bookings to one new time, or none: they are given back and booked anew together.</summary>
    public Task<Outcome<ClassSession>> MoveAsync(ClassSessionId id, Instant startsAt, Instant endsAt, string? overrideReason, long? ifVersion, CancellationToken cancel) => ChangeAsync(id, ifVersion, async (session, now) =>
    {
        if (session.StartsAt <= now) return [Problem.Refused("class.begun", null, ("startsAt", session.StartsAt))];
        if (endsAt <= startsAt) return [Problem.Invalid("booking.end-before-start", "endsAt", ("startsAt", startsAt), ("endsAt", endsAt))];
        var wanted = await FreeAsync(session, null, now, cancel);
        await db.SaveChangesAsync(cancel);
        var slot = new TimeSlot(startsAt, endsAt);
        if (await BookAsync(session, wanted, slot, overrideReason, cancel) is { Count: > 0 } refused) return refused;
        caller.Audit(db, now, "class.move", "class", id.Value.ToString(), new { session.StartsAt, session.EndsAt }, new { slot.StartsAt, slot.EndsAt }, overrideReason, session.InstitutionId);
        session.Move(slot);
        Tell("class.moved", session, now);
        return [];
    }, cancel);

    public Task<Outcome<ClassSession>> CancelAsync(ClassSessionId id, string? reason, long? ifVersion, CancellationToken cancel) => ChangeAsync(id, ifVersion, async (session, now) =>
    {
        var problems = new List<Problem>();
        var kept = BookingText.Check(problems, reason, "reason", required: true);
        if (session.StartsAt <= now) problems.Add(Problem.Refused("class.begun", null, ("startsAt", session.StartsAt)));
        if (problems.Count > 0) return problems;
        await FreeAsync(session, kept, now, cancel);
        session.Cancel(kept!, now);
        caller.Audit(db, now, "class.cancel", "class", id.Value.ToString(), reason: kept, institutionId: session.InstitutionId);
        Tell("class.cancelled", session, now);
        return [];
    }, cancel);

    /// <param name="present">Places in the roster that came, from 0.</param>
    /// <param name="attended">All who came, those not on the roster among them; where absent as many as are ticked.</param>
    public Task<Outcome<ClassSession>> RecordAsync(ClassSessionId id, IReadOnlyList<int> present, int? attended, long? ifVersion, CancellationToken cancel) => ChangeAsync(id, ifVersion, (session, now) =>
    {
        var ticked = present.ToHashSet();
        var count = attended ?? ticked.Count;
        if (ClassRules.Against(session, ticked, count, now) is { } refused) return Task.FromResult<IReadOnlyList<Problem>>([refused]);
        session.Record(ticked, count, caller.PersonId!.Value, now);
        caller.Audit(db, now, "class.attendance", "class", id.Value.ToString(), after: new { session.Attended }, institutionId: session.InstitutionId);
        return Task.FromResult<IReadOnlyList<Problem>>([]);
    }, cancel);

    private async Task<IReadOnlyList<Problem>> BookAsync(ClassSession session, IReadOnlyList<InstrumentId> wanted, TimeSlot slot, string? overrideReason, CancellationToken cancel)
    {
        // One after the other, each in the transaction that is open, in one order for everybody.
        foreach (var instrument in wanted.OrderBy(i => i.Value))
        {
            var booked = await book.RunAsync(new(instrument, slot.StartsAt, slot.EndsAt, ServiceMode.Assisted, $"{ClassText.Purpose}{session.Course}", OverrideReason: overrideReason, ForTraining: true), cancel);
            if (!booked.IsOk) return booked.Problems;
            db.Add(new ClassBooking { InstrumentId = instrument, BookingId = booked.Value.Id, SessionId = session.Id });
        }

        return [];
    }

    // Gives back what still stands and answers what it was.
    private async Task<List<InstrumentId>> FreeAsync(ClassSession session, string? reason, Instant now, CancellationToken cancel)
    {
        var held = await db.Set<ClassBooking>().Where(b => b.SessionId == session.Id).ToListAsync(cancel);
        var ids = held.ConvertAll(b => b.BookingId);
        var bookings = await db.Set<Booking>().Where(b => ids.Contains(b.Id) && Booking.Holding.Contains(b.Status)).ToListAsync(cancel);
        var places = await rules.ManyAsync(bookings.Select(b => b.InstrumentId), cancel);
        var people = await BookingPeople.OfAsync(db, bookings.Select(b => b.PersonId), cancel);
        foreach (var booking in bookings)
        {
            booking.Cancel(reason, now, caller.PersonId);
            db.AddBookingNews("booking.cancelled", booking, BookingNews.Place.Of(places[booking.InstrumentId]), people[booking.PersonId], now, reason);
        }

        return bookings.ConvertAll(b => b.InstrumentId);
    }

    private async Task<Outcome<ClassSession>> ChangeAsync(ClassSessionId id, long? ifVersion, Func<ClassSession, Instant, Task<IReadOnlyList<Problem>>> work, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var session = await db.Set<ClassSession>().FromSql($"SELECT * FROM class_sessions WHERE id = {id.Value} FOR UPDATE").SingleOrDefaultAsync(cancel);
        if (session is null || !await db.MaySeeClassAsync(session, caller, cancel)) return Problem.NotFound();
        if (!await db.MayChangeClassAsync(session, caller, cancel)) return Problem.Forbidden();
        if (ETags.Stale(ifVersion, session.Version) is { } stale) return stale;
        if (session.CancelledAt is not null) return Problem.Refused("class.cancelled");
        if (await work(session, clock.GetCurrentInstant()) is { Count: > 0 } problems) return Outcome<ClassSession>.Refuse(problems);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return session;
    }

    private void Tell(string name, ClassSession session, Instant now) => db.AddEvent(name, now, session.Id.Value, null, session.InstitutionId.Value, session.TeacherId.Value, new { session.StartsAt, session.EndsAt, session.Students });
}
