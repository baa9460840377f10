using InstrumentShare.Access;
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

    public async Task<List<Problem>> GatesAsync(GateRequest request, CancellationToken cancel)
    {
        var problems = (await gates.CheckAsync(request, cancel)).ToList();
        // An offer holds the instrument's time alone.
        if (await companions.OfAsync(request.Instrument, request.Mode ?? ServiceMode.SelfOperated, cancel: cancel) is not null) problems.Add(Problem.Refused("standby.takes-along", "serviceMode"));
        return problems;
    }

    /// <summary>Everything against a time that is held for the person already.</summary>
    internal async Task<List<Problem>> RunAsync(NpgsqlConnection connection, InstrumentRules instrument, Caller holder, StandbyRequest request, StandbyOffer offer, Instant now, CancellationToken cancel)
    {
        var booker = Booker.Of(holder, instrument, request.GroupId);
        var free = await LookAsync(connection, instrument, booker, request.PersonId, offer.Slot, [], [offer.BookingId], now, cancel);
        var problems = BookingRules.Judge(instrument, WantedTime.Of(offer.Slot), booker, free.Around, now);
        if (request.GroupId is { } group && !holder.Groups.Contains(group)) problems.Add(Problem.Invalid("booking.group-unknown", "groupId", ("value", group.Value)));
        CustomsRules.Add(problems, instrument, request.UsePlace, request.CustomsNotice);
        problems.AddRange(await GatesAsync(new GateRequest(request.PersonId, booker.InstitutionId, instrument, offer.Slot, request.ServiceMode), cancel));
        return problems;
    }
}
