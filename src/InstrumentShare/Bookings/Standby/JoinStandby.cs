using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings.Standby;

/// <summary>
/// Takes a place on an instrument's waiting list: for time that is taken now and that the rules would let the person book. Entries of
/// one instrument are counted and written one after another, so that limits hold.
/// </summary>
public sealed class JoinStandby(AppDb db, InstrumentRulesQuery rules, JudgeBooking judge, JudgeStandby standby, Caller caller, IOptions<StandbyOptions> options, IClock clock)
{
    private const int Shown = 3;

    /// <param name="Minutes">The length wanted; null where the window is the one time that will do.</param>
    public sealed record Request(
        InstrumentId InstrumentId, Instant StartsAt, Instant EndsAt, int? Minutes, ServiceMode ServiceMode, string? Purpose = null, Guid? FundId = null, GroupId? GroupId = null, string? UsePlace = null, string? CustomsNotice = null);

    public async Task<Outcome<StandbyRequest>> RunAsync(Request request, CancellationToken cancel = default)
    {
        if (caller.PersonId is not { } person) return Problem.Forbidden("access.sign-in-needed");
        var problems = new List<Problem>();
        var purpose = BookingText.Check(problems, request.Purpose, "purpose");
        var (place, notice) = (BookingText.Check(problems, request.UsePlace, "usePlace", max: 100), BookingText.Check(problems, request.CustomsNotice, "customsNotice", max: 50));
        problems.AddRange(StandbyRules.Window(new WantedTime(request.StartsAt, request.EndsAt), request.Minutes));
        if (problems.Count > 0) return problems;

        var now = clock.GetCurrentInstant();
        var entry = new StandbyRequest
        {
            InstrumentId = request.InstrumentId, PersonId = person, GroupId = request.GroupId ?? (caller.Groups is [var first, ..] ? first : null), FundId = request.FundId, ServiceMode = request.ServiceMode,
            Purpose = purpose ?? string.Empty, UsePlace = place, CustomsNotice = notice, StartsAt = request.StartsAt, EndsAt = request.EndsAt,
            Minutes = request.Minutes ?? (int)(request.EndsAt - request.StartsAt).TotalMinutes, CreatedAt = now, LookedAt = now,
        };
        await using var transaction = await db.BeginAsync(cancel);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var version = await BookingReads.RulesVersionAsync(connection, request.InstrumentId, cancel);
        if (await rules.OfAsync(request.InstrumentId, version, cancel) is not { } instrument || !judge.MaySee(instrument)) return Problem.NotFound() with { Field = "instrumentId" };
        problems = await JudgeAsync(connection, instrument, entry, request.GroupId, now, cancel);
        if (problems.Count == 0) problems = await CountAsync(connection, entry, cancel);
        if (problems.Count > 0) return problems.In(instrument);

        db.Add(entry);
        db.AddStandbyEvent("standby.joined", entry, instrument, now);
        // Time given back while this was written is looked for once more.
        db.Add(FreedTime.Of(entry));
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return entry;
    }

    private async Task<List<Problem>> JudgeAsync(NpgsqlConnection connection, InstrumentRules instrument, StandbyRequest entry, GroupId? group, Instant now, CancellationToken cancel)
    {
        var booker = judge.BookerOf(instrument, group);
        var along = await standby.AlongAsync(instrument, entry.ServiceMode, null, cancel);
        var free = await JudgeStandby.LookAsync(connection, instrument, along, booker, entry.PersonId, entry.Window, await JudgeStandby.TakenAsync(connection, instrument.Id, entry.Window, cancel), [], now, cancel);
        // What could be booked if nothing were taken: a fixed time as the person stands now, a window as the rules are.
        var possible = StandbyRules.Fitting(free with { Taken = [], Along = null, Around = entry.IsFixed ? free.Around : Neighbours.None }, entry.Window, entry.Length).Cast<TimeSlot?>().FirstOrDefault();
        var slot = possible ?? new TimeSlot(entry.StartsAt, entry.StartsAt + entry.Length);
        var problems = new List<Problem>();
        if (possible is null) problems.AddRange(BookingRules.Judge(instrument, WantedTime.Of(slot), booker, entry.IsFixed ? free.Around : Neighbours.None, now));
        if (possible is null && !entry.IsFixed) problems.Add(Problem.Refused("standby.nothing-fits", "startsAt"));
        if (group is { } asked && !caller.Groups.Contains(asked)) problems.Add(Problem.Invalid("booking.group-unknown", "groupId", ("value", asked.Value)));
        CustomsRules.Add(problems, instrument, entry.UsePlace, entry.CustomsNotice);
        problems.AddRange((await standby.GatesAsync(new GateRequest(entry.PersonId, caller.InstitutionId, instrument, slot, entry.ServiceMode, Funding: BookingFunding.Of(booker, entry.FundId)), cancel)).Problems);
        if (problems.Count > 0) return problems;

        var bookable = StandbyRules.Fitting(free, entry.Window, entry.Length).Take(Shown).ToList();
        return bookable.Count > 0 ? [Problem.Refused("standby.free-now", "startsAt", ("slots", bookable))] : [];
    }

    private async Task<List<Problem>> CountAsync(NpgsqlConnection connection, StandbyRequest entry, CancellationToken cancel)
    {
        await AdvisoryLocks.TakeAsync(connection, cancel, "standby-entries:" + entry.InstrumentId.Value);
        var open = db.Set<StandbyRequest>().Where(r => r.InstrumentId == entry.InstrumentId && (r.Status == StandbyStatus.Waiting || r.Status == StandbyStatus.Offered));
        return StandbyRules.Count(await open.CountAsync(r => r.PersonId == entry.PersonId, cancel), options.Value.PerPerson, await open.CountAsync(cancel), options.Value.PerInstrument);
    }
}
