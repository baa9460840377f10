using InstrumentShare.Access;
using InstrumentShare.Bookings.Conditions;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>Puts a time before the rules and the gates for the caller; the same for a look and for the booking itself.</summary>
public sealed class JudgeBooking(BookingGates gates, IBookingFunds funds, Caller caller, IClock clock)
{
    public Booker BookerOf(InstrumentRules instrument, GroupId? group = null) => Booker.Of(caller, instrument, group);

    public bool MaySee(InstrumentRules instrument) => instrument.IsVisible || caller.May(BookingPermissions.Manage, instrument.Scope);

    /// <summary>Which other bookings count beside this one; null where it is no slot at all.</summary>
    public NeighbourNeeds? NeedsOf(InstrumentRules instrument, Booker booker, WantedTime wanted) =>
        SlotOf(wanted) is { } slot ? NeighbourNeeds.Of(instrument, booker, slot, clock.GetCurrentInstant()) : null;

    /// <summary>The slot; null where it is none or longer than any.</summary>
    public static TimeSlot? SlotOf(WantedTime wanted) =>
        wanted.EndsAt > wanted.StartsAt && wanted.EndsAt - wanted.StartsAt <= BookingRules.Longest ? new TimeSlot(wanted.StartsAt, wanted.EndsAt) : null;

    /// <summary>What the gates have against it, and what they say of it though it may be booked.</summary>
    public Task<GateAnswer> AskGatesAsync(InstrumentRules instrument, WantedTime wanted, PersonId person, ServiceMode mode, BookingFunding? funding, CancellationToken cancel) =>
        gates.AnswerAsync(new GateRequest(person, caller.InstitutionId, instrument, SlotOf(wanted), mode, Funding: funding), cancel);

    /// <summary>Everything against the time but other bookings.</summary>
    /// <param name="around">What stands around it, as far as <see cref="NeedsOf"/> says.</param>
    /// <param name="group">The group that the caller asked to book for.</param>
    /// <param name="atTheGates">The answer of <see cref="AskGatesAsync"/>.</param>
    public List<Problem> Judge(InstrumentRules instrument, WantedTime wanted, Booker booker, Neighbours around, GroupId? group, GateAnswer atTheGates)
    {
        var problems = BookingRules.Judge(instrument, wanted, booker, around, clock.GetCurrentInstant());
        if (group is { } asked && !caller.Groups.Contains(asked)) problems.Add(Problem.Invalid("booking.group-unknown", "groupId", ("value", asked.Value)));
        return [.. problems, .. atTheGates.Problems];
    }

    /// <summary>
    /// What pays: the fund that is named, else the one that the group's bookings begin with. Who runs the instrument is asked for none.
    /// </summary>
    public async Task<BookingFunding?> FundingAsync(InstrumentRules instrument, Booker booker, Guid? fund, Instant startsAt, CancellationToken cancel)
    {
        if (fund is null && !booker.RunsInstrument) fund = await funds.DefaultAsync(instrument, booker.Groups is [var first, ..] ? first : null, startsAt, cancel);
        return BookingFunding.Of(booker, fund);
    }

    /// <summary>A refusal of the database, with its figures where it is about a fund.</summary>
    public async Task<Problem> ExplainAsync(Problem refused, Guid? fund, long? neededFen, CancellationToken cancel) =>
        refused.Code == "fund.short" && fund is { } of ? await funds.ShortAsync(of, neededFen ?? 0, cancel) : refused;

    /// <summary>Whether staff may go on over these problems for their reason.</summary>
    public bool MayOverride(InstrumentRules instrument, IReadOnlyList<Problem> problems, string? reason) =>
        reason is not null && problems.Count > 0 && problems.All(p => p.Overridable) && caller.May(BookingPermissions.Manage, instrument.Scope);
}
