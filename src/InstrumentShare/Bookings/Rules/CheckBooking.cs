using InstrumentShare.Access;
using InstrumentShare.Bookings.Conditions;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings.Rules;

public enum GateState
{
    Pass,
    Fail,

    /// <summary>It may be booked, and somebody is asked first.</summary>
    NeedsApproval,

    /// <summary>It may be booked, and this is to be known.</summary>
    Warn,

    /// <summary>Known only once a time is named.</summary>
    Open,
}

/// <summary>One thing that is asked before a booking, named by the words <c>gate.&lt;name&gt;</c>.</summary>
/// <param name="Problem">What stands against it, or is to be known, and what to do.</param>
public sealed record BookingGateResult(string Name, GateState State, Problem? Problem);

/// <summary>
/// Puts a person and an instrument, and a time where one is named, before every gate and rule and tells each one's answer (资格自检).
/// It decides as <see cref="BookInstrument"/> does and writes nothing.
/// </summary>
public sealed class CheckBooking(InstrumentRulesQuery rules, BookingGates gates, IBookingFunds funds, Companions.Companions companions, PersonAccessQuery people, PermissionCatalog permissions, NpgsqlDataSource database, Caller caller, IClock clock)
{
    public sealed record Request(InstrumentId InstrumentId, PersonId? PersonId = null, WantedTime? Wanted = null, string? UsePlace = null, string? CustomsNotice = null);

    /// <param name="Terms">The rules for this person on the day that is asked about; null when none are in force.</param>
    public sealed record Checklist(InstrumentRules Instrument, BookingTerms? Terms, IReadOnlyList<BookingGateResult> Gates)
    {
        public bool MayBook => Gates.All(g => g.State != GateState.Fail);
    }

    // Which codes belong to which gate; those of the second list need a time.
    private static readonly (string Gate, string[] Codes)[] Standing =
    [
        ("open", ["booking.not-bookable", "booking.no-rules"]),
        ("working", ["booking.out-of-order"]),
        ("shared", ["booking.sharing-internal", "booking.sharing-none"]),
        ("account", ["access.sign-in-needed", "booking.account-expires"]),
        ("membership", ["booking.membership", "booking.membership-expires"]),
    ];

    private static readonly (string Gate, string[] Codes)[] Timed =
    [
        ("hours", ["booking.outside-hours", "booking.holidays-unknown"]),
        ("outage", ["booking.closure"]),
        ("notice", ["booking.past", "booking.lead-time", "booking.horizon"]),
        ("length", ["booking.end-before-start", "booking.too-long", "booking.min-length", "booking.max-length"]),
        ("grid", ["booking.granularity", "booking.block"]),
        ("limits", ["booking.day-limit", "booking.week-limit", "booking.limit-count", "booking.limit-minutes", "booking.gap"]),
        ("one-at-a-time", ["booking.one-at-a-time"]),
        ("outside-share", ["booking.outside-share"]),
        ("customs", ["booking.customs-place"]),
        ("along", ["booking.linked-taken", "booking.room-taken", "booking.room-closed", "booking.technician-busy"]),
        ("free", ["booking.overlap"]),
    ];

    /// <summary>The gates that staff may set aside with a reason, unless the rules say otherwise.</summary>
    public static IReadOnlyList<string> OverridableGates { get; } = ["membership", "hours", "notice", "length", "grid", "limits", "one-at-a-time", "outside-share"];

    /// <summary>The codes of refusals that belong to a gate; none for an unknown one.</summary>
    public static IReadOnlyList<string> CodesOf(string gate) => Standing.Concat(Timed).FirstOrDefault(g => g.Gate == gate).Codes ?? [];

    /// <summary>The gate that a code belongs to; null for one of a higher module.</summary>
    public static string? GateOf(string code) => Standing.Concat(Timed).FirstOrDefault(g => g.Codes.Contains(code)).Gate;

    public async Task<Outcome<Checklist>> RunAsync(Request request, CancellationToken cancel)
    {
        if (await rules.OfAsync(request.InstrumentId, cancel: cancel) is not { } instrument) return Problem.NotFound();
        var runs = caller.May(BookingPermissions.Manage, instrument.Scope);
        if (!instrument.IsVisible && !runs && !caller.May(BookingPermissions.View, instrument.Scope)) return Problem.NotFound();
        var who = caller;
        if (request.PersonId is { } other && other != caller.PersonId)
        {
            if (!runs || await people.OfAsync(other, cancel) is not { } access) return Problem.NotFound() with { Field = "personId" };
            who = Caller.For(access, permissions);
        }

        var problems = await ProblemsAsync(who, instrument, request, cancel);
        var terms = instrument.RulesFor(Booker.Of(who, instrument).Audience, instrument.DateOf(request.Wanted?.StartsAt ?? clock.GetCurrentInstant()));
        if (terms is null && problems.All(p => p.Code != "booking.no-rules")) problems.Add(Problem.Refused("booking.no-rules", null, ("date", instrument.DateOf(clock.GetCurrentInstant()))));
        var results = Standing.Select(g => Result(g.Gate, g.Codes, problems, GateState.Pass)).ToList();
        var asked = who.PersonId is { } person ? await gates.EachAsync(new GateRequest(person, who.InstitutionId, instrument, Slot(request), Funding: await FundingAsync(who, instrument, request, cancel)), cancel) : gates.Names.Select(n => (Gate: n, Answer: GateAnswer.Nothing));
        results.AddRange(asked.Select(g => Result(g.Gate, g.Answer)));
        results.AddRange(Timed.Select(g => Result(g.Gate, g.Codes, problems, request.Wanted is null ? GateState.Open : GateState.Pass)));
        return new Checklist(instrument, terms, results.ConvertAll(r => r with { Problem = r.Problem?.In(instrument) }));
    }

    // As a booking that names no fund would begin.
    private async Task<BookingFunding?> FundingAsync(Caller who, InstrumentRules instrument, Request request, CancellationToken cancel)
    {
        var booker = Booker.Of(who, instrument);
        return BookingFunding.Of(booker, await funds.DefaultAsync(instrument, booker.Groups is [var first, ..] ? first : null, request.Wanted?.StartsAt ?? clock.GetCurrentInstant(), cancel));
    }

    private async Task<List<Problem>> ProblemsAsync(Caller who, InstrumentRules instrument, Request request, CancellationToken cancel)
    {
        var (booker, now) = (Booker.Of(who, instrument), clock.GetCurrentInstant());
        var problems = who.IsSignedIn ? [] : new List<Problem> { new("access.sign-in-needed") };
        if (request.Wanted is not { } wanted)
        {
            problems.AddRange(BookingRules.Gates(instrument, booker));
            if (instrument.RulesFor(booker.Audience, instrument.DateOf(now)) is { MembershipRequired: true } && booker.Groups is not { Count: > 0 }) problems.Add(Problem.Refused("booking.membership", "instrumentId"));
            return problems;
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        var around = Neighbours.None;
        if (Slot(request) is { } slot && who.PersonId is { } person)
        {
            around = await BookingReads.AroundAsync(connection, instrument, NeighbourNeeds.Of(instrument, booker, slot, now), person, booker, [], cancel);
            var along = await companions.OfAsync(instrument, ServiceMode.SelfOperated, cancel: cancel);
            problems.AddRange((await OverlapSearch.RunAsync(connection, instrument, slot, booker, person, null, now, along, cancel)).Problems);
        }

        problems.AddRange(BookingRules.Judge(instrument, wanted, booker, around, now));
        CustomsRules.Add(problems, instrument, request.UsePlace, request.CustomsNotice);
        return problems;
    }

    private static TimeSlot? Slot(Request request) => request.Wanted is { } wanted ? JudgeBooking.SlotOf(wanted) : null;

    private static BookingGateResult Result(string gate, GateAnswer answer) => answer switch
    {
        { Problems: [var first, ..] } => new BookingGateResult(gate, GateState.Fail, first),
        { Conditions.Count: > 0 } when answer.Conditions.MaxBy(c => c.Effect) is { } condition => new BookingGateResult(gate, condition.Effect == ConditionEffect.NeedsApproval ? GateState.NeedsApproval : GateState.Warn, condition.Said),
        _ => new BookingGateResult(gate, GateState.Pass, null),
    };

    private static BookingGateResult Result(string gate, string[] codes, List<Problem> problems, GateState otherwise) =>
        problems.FirstOrDefault(p => codes.Contains(p.Code)) is { } found ? new BookingGateResult(gate, GateState.Fail, found) : new BookingGateResult(gate, otherwise, null);
}
