using InstrumentShare.Access;
using InstrumentShare.Bookings.Companions;
using InstrumentShare.Bookings.Conditions;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings.Standby;

/// <summary>What the line is judged by: the rules of booking, for whoever waits and as of now. Gates are asked last, since each reads.</summary>
public sealed class JudgeStandby(BookingGates gates, Companions.Companions companions)
{
    private static readonly Duration Reach = Duration.FromDays(2);

    /// <summary>What is held in and around a window.</summary>
    internal static Task<List<HeldUnit>> TakenAsync(NpgsqlConnection connection, InstrumentId instrument, TimeSlot window, CancellationToken cancel) =>
        BookingReads.HeldAsync(connection, instrument, window.Widen(Reach, Reach), [], cancel);

    /// <summary>What a booking for who waits would take along; null for nothing.</summary>
    /// <param name="offered">The booking that holds their offer.</param>
    public Task<Along?> AlongAsync(InstrumentRules instrument, ServiceMode mode, BookingId? offered, CancellationToken cancel) => companions.OfAsync(instrument, mode, null, offered, cancel);

    /// <summary>Reads the rules of what is taken along anew when next they are asked for.</summary>
    public void Forget(Along? along)
    {
        if (along is not null) companions.Forget(along);
    }

    /// <summary>The free time of a window as the rules see it for one person.</summary>
    internal static async Task<FreeSlots> LookAsync(
        NpgsqlConnection connection, InstrumentRules instrument, Along? along, Booker booker, PersonId person, TimeSlot window, IReadOnlyList<HeldUnit> taken, IReadOnlyList<BookingId> except, Instant now, CancellationToken cancel)
    {
        var around = await BookingReads.AroundAsync(connection, instrument, NeighbourNeeds.Of(instrument, booker, window, now), person, booker, except, cancel);
        return new FreeSlots(instrument, booker, taken, around, now) { Along = along is null ? null : await along.TimesAsync(connection, booker, window, cancel) };
    }

    public Task<GateAnswer> GatesAsync(GateRequest request, CancellationToken cancel) => gates.AnswerAsync(request, cancel);

    /// <summary>Everything against a time that is held for the person already, what is said of it though it may be booked, and what it would take along by now.</summary>
    internal async Task<(GateAnswer Said, CompanionPlan Plan)> RunAsync(NpgsqlConnection connection, InstrumentRules instrument, Along? along, Caller holder, StandbyRequest request, StandbyOffer offer, Instant now, CancellationToken cancel)
    {
        var booker = Booker.Of(holder, instrument, request.GroupId);
        var free = await LookAsync(connection, instrument, along, booker, request.PersonId, offer.Slot, [], [offer.BookingId], now, cancel);
        var problems = BookingRules.Judge(instrument, WantedTime.Of(offer.Slot), booker, free.Around, now);
        if (request.GroupId is { } group && !holder.Groups.Contains(group)) problems.Add(Problem.Invalid("booking.group-unknown", "groupId", ("value", group.Value)));
        CustomsRules.Add(problems, instrument, request.UsePlace, request.CustomsNotice);
        var atTheGates = await GatesAsync(new GateRequest(request.PersonId, booker.InstitutionId, instrument, offer.Slot, request.ServiceMode, Funding: BookingFunding.Of(booker, request.FundId)), cancel);
        var plan = free.Along?.PlanAt(offer.Slot) ?? CompanionPlan.Nothing;
        return (atTheGates with { Problems = [.. problems, .. atTheGates.Problems, .. plan.Problems] }, plan);
    }
}
