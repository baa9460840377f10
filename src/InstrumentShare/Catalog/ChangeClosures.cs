using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Catalog;

/// <summary>A closure that was added, with the bookings that stood in it and now need a decision.</summary>
public sealed record AddedClosure(Closure Closure, IReadOnlyList<StandingBooking> StandingBookings);

/// <summary>Closes an instrument for a time, and opens it again.</summary>
public sealed class ChangeClosures(AppDb db, Caller caller, InstrumentRulesQuery rules, IEnumerable<IStandingBookings> bookings, IClock clock)
{
    public const int MaxTitle = 200;
    public const int MaxDays = 1100;
    private const int ListedBookings = 200;

    public sealed record ClosureInput(string? Kind, Instant? StartsAt, Instant? EndsAt, string? Title);

    public async Task<Outcome<AddedClosure>> AddAsync(InstrumentId id, ClosureInput input, CancellationToken cancel)
    {
        var found = await db.FindManagedInstrumentAsync(id, caller, cancel);
        if (!found.IsOk) return Outcome<AddedClosure>.Refuse(found.Problems);
        var (instrument, now) = (found.Value, clock.GetCurrentInstant());
        var problems = ClosureRules.Check(input.Kind, input.StartsAt, input.EndsAt, input.Title, now);
        if (problems.Count > 0) return problems;

        var closure = new Closure
        {
            InstrumentId = id,
            Kind = Word.Parse<ClosureKind>(input.Kind ?? "closure"),
            StartsAt = input.StartsAt!.Value,
            EndsAt = input.EndsAt!.Value,
            Title = input.Title!.Trim(),
            CreatedBy = caller.PersonId,
            CreatedAt = now,
        };
        db.Add(closure);
        await using var transaction = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancel) : null;
        if (await SaveAsync(instrument, now, "closure.add", "closure.added", closure, before: null, cancel) is { } problem) return problem;
        // The instrument's row is ours now: bookings made before are in sight, later ones will see the new version.
        var standing = new List<StandingBooking>();
        foreach (var source in bookings) standing.AddRange(await source.OverAsync(id, closure.Slot, ListedBookings, cancel));
        if (transaction is not null) await transaction.CommitAsync(cancel);
        rules.Forget(id);
        return new AddedClosure(closure, standing);
    }

    public async Task<Outcome<Closure>> CancelAsync(InstrumentId id, ClosureId closureId, CancellationToken cancel)
    {
        var found = await db.FindManagedInstrumentAsync(id, caller, cancel);
        if (!found.IsOk) return Outcome<Closure>.Refuse(found.Problems);
        var closure = await db.Set<Closure>().SingleOrDefaultAsync(c => c.Id == closureId && c.InstrumentId == id, cancel);
        if (closure is null) return Problem.NotFound();
        var now = clock.GetCurrentInstant();
        if (closure.CancelledAt is not null) return closure;
        if (closure.EndsAt <= now) return Problem.Refused("closure.over", null, ("endsAt", closure.EndsAt));

        closure.Cancel(now);
        if (await SaveAsync(found.Value, now, "closure.cancel", "closure.cancelled", closure, new { closure.Id, closure.Slot, closure.Title }, cancel) is { } problem) return problem;
        rules.Forget(id);
        return closure;
    }

    private Task<Problem?> SaveAsync(Instrument instrument, Instant now, string action, string happened, Closure closure, object? before, CancellationToken cancel)
    {
        instrument.Changed(now, rules: true);
        caller.Audit(db, now, action, "instrument", instrument.Id.Value.ToString(), before, closure, institutionId: instrument.InstitutionId);
        db.AddEvent(happened, now, closure.Id.Value, instrument.Id.Value, instrument.InstitutionId.Value, payload: new { closure.StartsAt, closure.EndsAt });
        return db.TrySaveAsync(cancel);
    }
}
