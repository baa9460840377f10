using InstrumentShare.Access;
using InstrumentShare.Bookings.Companions;
using InstrumentShare.Bookings.Qualifications;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Technicians;

/// <summary>A technician's weekly hours and absences, said by themselves or by who manages an instrument of theirs.</summary>
public sealed class ChangeTechnicianTime(AppDb db, Caller caller, InstrumentRulesQuery rules, TechnicianQueries queries, IClock clock)
{
    private static readonly Duration LongestAbsence = Duration.FromDays(366);

    /// <param name="ValidFrom">Today where it is absent; hours from that day on are replaced.</param>
    public sealed record HoursRequest(LocalDate? ValidFrom, IReadOnlyList<OpeningSpanInput>? Spans);

    public sealed record AbsenceRequest(Instant? StartsAt, Instant? EndsAt, string? Note);

    public async Task<Outcome<TechnicianCalendar>> SetHoursAsync(PersonId person, HoursRequest request, CancellationToken cancel)
    {
        var found = await queries.FindAsync(person, cancel);
        if (!found.IsOk) return Outcome<TechnicianCalendar>.Refuse(found.Problems);
        var (zone, now) = (found.Value.Zone, clock.GetCurrentInstant());
        var today = now.InZone(zone).Date;
        var from = request.ValidFrom ?? today;
        var (rows, problems) = OpeningHoursRules.Read(default, from, null, request.Spans ?? []);
        if (from < today) problems.Add(Problem.Invalid("technician.valid-from", "validFrom", ("value", from), ("today", today)));
        if (problems.Count > 0) return problems;

        await using var transaction = await db.BeginAsync(cancel);
        await LockAsync(person, cancel);
        var present = await db.Set<TechnicianHours>().Where(h => h.PersonId == person && (h.ValidTo == null || h.ValidTo >= from)).ToListAsync(cancel);
        foreach (var hours in present)
        {
            if (hours.ValidFrom >= from) db.Remove(hours);
            else hours.ValidTo = from.PlusDays(-1);
        }

        await db.SaveChangesAsync(cancel); // before the new ones, which may lie on the same hours
        db.AddRange(rows.Select(r => new TechnicianHours { PersonId = person, Weekday = r.Weekday, OpensMinute = r.OpensMinute, ClosesMinute = r.ClosesMinute, ValidFrom = from }));
        caller.Audit(db, now, "technician.hours", "person", person.Value.ToString(), after: new { from, spans = rows.Select(r => new { r.Weekday, r.OpensMinute, r.ClosesMinute }) });
        var concerned = found.Value.Instruments.Select(i => i.Value).ToList();
        await RulesVersions.RaiseAsync(db, concerned, cancel);
        if (await db.TrySaveAsync(cancel) is { } refused) return refused;
        await transaction.CommitAsync(cancel);
        rules.Forget(concerned);
        return await queries.CalendarAsync(found.Value, cancel);
    }

    /// <summary>Bookings that are assisted then stay as they are: they are on the answer, to be given to somebody else.</summary>
    public async Task<Outcome<TechnicianCalendar>> AddAbsenceAsync(PersonId person, AbsenceRequest request, CancellationToken cancel)
    {
        var found = await queries.FindAsync(person, cancel);
        if (!found.IsOk) return Outcome<TechnicianCalendar>.Refuse(found.Problems);
        var problems = new List<Problem>();
        var note = BookingText.Check(problems, request.Note, "note");
        if (request.StartsAt is null) problems.Add(Problem.Invalid("booking.field-missing", "startsAt", ("field", "startsAt")));
        if (request.EndsAt is null) problems.Add(Problem.Invalid("booking.field-missing", "endsAt", ("field", "endsAt")));
        if (request is { StartsAt: { } start, EndsAt: { } end } && (end <= start || end - start > LongestAbsence)) problems.Add(Problem.Invalid("technician.absence", "endsAt", ("days", LongestAbsence.Days)));
        if (problems.Count > 0) return problems;

        var now = clock.GetCurrentInstant();
        await using var transaction = await db.BeginAsync(cancel);
        await LockAsync(person, cancel);
        var absence = new TechnicianAbsence { PersonId = person, StartsAt = request.StartsAt!.Value, EndsAt = request.EndsAt!.Value, Note = note ?? string.Empty, CreatedBy = caller.PersonId!.Value, CreatedAt = now };
        db.Add(absence);
        caller.Audit(db, now, "technician.absence", "person", person.Value.ToString(), after: new { absence.StartsAt, absence.EndsAt });
        if (await db.TrySaveAsync(cancel) is { } refused) return refused;
        await transaction.CommitAsync(cancel);
        return await queries.CalendarAsync(found.Value, cancel);
    }

    public async Task<Outcome<TechnicianCalendar>> WithdrawAbsenceAsync(PersonId person, Guid id, CancellationToken cancel)
    {
        var found = await queries.FindAsync(person, cancel);
        if (!found.IsOk) return Outcome<TechnicianCalendar>.Refuse(found.Problems);
        var absence = await db.Set<TechnicianAbsence>().SingleOrDefaultAsync(a => a.Id == id && a.PersonId == person, cancel);
        if (absence is null) return Problem.NotFound();
        var now = clock.GetCurrentInstant();
        absence.CancelledAt ??= now;
        caller.Audit(db, now, "technician.absence-withdrawn", "person", person.Value.ToString(), before: new { absence.StartsAt, absence.EndsAt });
        return await db.TrySaveAsync(cancel) is { } refused ? refused : await queries.CalendarAsync(found.Value, cancel);
    }

    private Task LockAsync(PersonId person, CancellationToken cancel) => AdvisoryLocks.TakeAsync(db, cancel, Along.LockOf(person));
}
