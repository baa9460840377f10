using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Companions;

/// <summary>Says what the bookings of an instrument take along from a day on, and until when. Bookings that stand keep what they have.</summary>
public sealed class ChangeLinks(AppDb db, Caller caller, InstrumentRulesQuery rules, IClock clock)
{
    /// <param name="Modes">Words of service modes; none for all.</param>
    public sealed record Request(Guid? LinkedInstrumentId, Guid? RoomId, IReadOnlyList<string>? Modes, int? BeforeMinutes, int? AfterMinutes, int? People, LocalDate? ValidFrom, LocalDate? ValidTo);

    public async Task<Outcome<InstrumentLink>> AddAsync(InstrumentId id, Request request, CancellationToken cancel)
    {
        var found = await db.FindManagedInstrumentAsync(id, caller, cancel);
        if (!found.IsOk) return Outcome<InstrumentLink>.Refuse(found.Problems);
        var (instrument, now) = (found.Value, clock.GetCurrentInstant());
        var today = now.InZone(DateTimeZoneProviders.Tzdb[instrument.TimeZone]).Date;
        var (from, before, after, people) = (request.ValidFrom ?? today, request.BeforeMinutes ?? 0, request.AfterMinutes ?? 0, request.People ?? 1);
        var problems = LinkRules.Check(id, request.LinkedInstrumentId, request.RoomId, before, after, people, from, request.ValidTo, today);
        var modes = new List<ServiceMode>();
        foreach (var word in request.Modes ?? [])
        {
            if (Word.TryParse(word, out ServiceMode mode)) modes.Add(mode);
            else problems.Add(Problem.Invalid("booking.service-mode", "modes", ("value", word), ("known", string.Join(", ", Word.All<ServiceMode>()))));
        }

        if (problems.Count > 0) return problems;
        if (await TargetAsync(instrument, request, people, cancel) is { } wrong) return wrong;
        var made = new InstrumentLink
        {
            InstrumentId = id, LinkedInstrumentId = request.LinkedInstrumentId is { } linked ? new InstrumentId(linked) : null, RoomId = request.RoomId is { } room ? new RoomId(room) : null,
            Modes = [.. modes.Distinct()], BeforeMinutes = before, AfterMinutes = after, People = people, ValidFrom = from, ValidTo = request.ValidTo, CreatedBy = caller.PersonId!.Value, CreatedAt = now,
        };

        await using var transaction = await db.BeginAsync(cancel);
        // One definition at a time, so that two cannot point at each other unseen.
        await AdvisoryLocks.TakeAsync(db, cancel, "instrument-links");
        if (made.LinkedInstrumentId is { } other && await db.Set<InstrumentLink>().AnyAsync(l => l.InstrumentId == other && l.LinkedInstrumentId == id && (l.ValidTo == null || l.ValidTo >= from) && (made.ValidTo == null || l.ValidFrom <= made.ValidTo), cancel))
            return Problem.Refused("instrument-link.crosswise", "linkedInstrumentId");
        db.Add(made);
        return await SaveAsync(instrument, made, "instrument-link.add", now, transaction, cancel);
    }

    /// <param name="lastDay">Yesterday where it is absent: over at once.</param>
    public async Task<Outcome<InstrumentLink>> EndAsync(InstrumentId id, InstrumentLinkId linkId, LocalDate? lastDay, CancellationToken cancel)
    {
        var found = await db.FindManagedInstrumentAsync(id, caller, cancel);
        if (!found.IsOk) return Outcome<InstrumentLink>.Refuse(found.Problems);
        var link = await db.Set<InstrumentLink>().SingleOrDefaultAsync(l => l.Id == linkId && l.InstrumentId == id, cancel);
        if (link is null) return Problem.NotFound();
        var now = clock.GetCurrentInstant();
        var yesterday = now.InZone(DateTimeZoneProviders.Tzdb[found.Value.TimeZone]).Date.PlusDays(-1);
        var last = lastDay ?? yesterday;
        if (last < yesterday) return Problem.Invalid("instrument-link.valid-to", "validTo", ("value", last), ("from", yesterday));
        await using var transaction = await db.BeginAsync(cancel);
        if (last < link.ValidFrom) db.Remove(link);
        else link.ValidTo = last;
        return await SaveAsync(found.Value, link, "instrument-link.end", now, transaction, cancel);
    }

    // Who links to an instrument books it for others, so it must be theirs to manage too.
    private async Task<Problem?> TargetAsync(Instrument instrument, Request request, int people, CancellationToken cancel)
    {
        if (request.LinkedInstrumentId is { } linked)
            return (await db.FindManagedInstrumentAsync(new InstrumentId(linked), caller, cancel)).IsOk ? null : Problem.Invalid("instrument-link.target-unknown", "linkedInstrumentId", ("value", linked));
        var id = new RoomId(request.RoomId!.Value);
        var room = await db.Set<Room>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == id && r.InstitutionId == instrument.InstitutionId && r.IsActive, cancel);
        if (room is null) return Problem.Invalid("instrument-link.target-unknown", "roomId", ("value", id.Value));
        return room.CountsIn == RoomCount.People && people > room.Capacity ? Problem.Invalid("instrument-link.people", "people", ("value", people), ("max", room.Capacity)) : null;
    }

    private async Task<Outcome<InstrumentLink>> SaveAsync(Instrument instrument, InstrumentLink link, string action, Instant now, UseCaseTransaction transaction, CancellationToken cancel)
    {
        await RulesVersions.RaiseAsync(db, [instrument.Id.Value], cancel);
        caller.Audit(db, now, action, "instrument", instrument.Id.Value.ToString(), after: new { link.Id, link.LinkedInstrumentId, link.RoomId, link.Modes, link.BeforeMinutes, link.AfterMinutes, link.People, link.ValidFrom, link.ValidTo }, institutionId: instrument.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } refused) return refused;
        await transaction.CommitAsync(cancel);
        rules.Forget(instrument.Id);
        return link;
    }
}
