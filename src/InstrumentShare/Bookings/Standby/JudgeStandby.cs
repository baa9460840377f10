using InstrumentShare.Access;
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

    /// <summary>The free time of a window as the rules see it for one person.</summary>
    internal static async Task<FreeSlots> LookAsync(
        NpgsqlConnection connection, InstrumentRules instrument, Booker booker, PersonId person, TimeSlot window, IReadOnlyList<HeldUnit> taken, IReadOnlyList<BookingId> except, Instant now, CancellationToken cancel)
    {
        var around = await BookingReads.AroundAsync(connection, instrument, NeighbourNeeds.Of(instrument, booker, window, now), person, booker, except, cancel);
        return new FreeSlots(instrument, booker, taken, around, now);
    }

    public async Task<GateAnswer> GatesAsync(GateRequest request, CancellationToken cancel)
    {
        var said = await gates.AnswerAsync(request, cancel);
        // An offer holds the instrument's time alone.
        var takesAlong = await companions.OfAsync(request.Instrument, request.Mode ?? ServiceMode.SelfOperated, cancel: cancel) is not null;
        return takesAlong ? said with { Problems = [.. said.Problems, Problem.Refused("standby.takes-along", "serviceMode")] } : said;
    }

    /// <summary>Everything against a time that is held for the person already, and what is said of it though it may be booked.</summary>
    internal async Task<GateAnswer> RunAsync(NpgsqlConnection connection, InstrumentRules instrument, Caller holder, StandbyRequest request, StandbyOffer offer, Instant now, CancellationToken cancel)
    {
        var booker = Booker.Of(holder, instrument, request.GroupId);
        var free = await LookAsync(connection, instrument, booker, request.PersonId, offer.Slot, [], [offer.BookingId], now, cancel);
        var problems = BookingRules.Judge(instrument, WantedTime.Of(offer.Slot), booker, free.Around, now);
        if (request.GroupId is { } group && !holder.Groups.Contains(group)) problems.Add(Problem.Invalid("booking.group-unknown", "groupId", ("value", group.Value)));
        CustomsRules.Add(problems, instrument, request.UsePlace, request.CustomsNotice);
        var atTheGates = await GatesAsync(new GateRequest(request.PersonId, booker.InstitutionId, instrument, offer.Slot, request.ServiceMode, Funding: BookingFunding.Of(booker, request.FundId)), cancel);
        return atTheGates with { Problems = [.. problems, .. atTheGates.Problems] };
    }
}
