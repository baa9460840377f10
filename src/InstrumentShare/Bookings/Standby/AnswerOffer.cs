using InstrumentShare.Access;
using InstrumentShare.Bookings.Approvals;
using InstrumentShare.Bookings.Companions;
using InstrumentShare.Bookings.Conditions;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Pricing;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings.Standby;

/// <summary>What would come of accepting an offer now.</summary>
/// <param name="Price">Null where no price is in force.</param>
public sealed record OfferPreview(Price? Price, bool NeedsApproval, Instant CancelUntil, IReadOnlyList<Problem> Problems, IReadOnlyList<BookingCondition> Conditions);

/// <summary>
/// Takes an offered time or lets it go. Taking it is booking it: every rule, gate and price as of now; what is refused stays
/// offered until its deadline, so that what stands in the way can be put right.
/// </summary>
public sealed class AnswerOffer(StandbyChange change, JudgeStandby judge, PricePolicies prices, NpgsqlDataSource database, Caller caller, IClock clock)
{
    public async Task<Outcome<Booking>> AcceptAsync(StandbyOfferId id, CancellationToken cancel = default) =>
        await change.OfAsync(id, cancel) is { } request ? await change.RunAsync(request, open => AcceptAsync(open, id, cancel), cancel) : Problem.NotFound();

    public async Task<Outcome<StandbyRequest>> DeclineAsync(StandbyOfferId id, CancellationToken cancel = default) =>
        await change.OfAsync(id, cancel) is { } request ? await change.RunAsync(request, open => DeclineAsync(open, id, cancel), cancel) : Problem.NotFound();

    /// <summary>Judges the offer as it would be judged, and says what the time would cost. Nothing is written by looking.</summary>
    public async Task<OfferPreview> PreviewAsync(StandbyRequest request, StandbyOffer offer, InstrumentRules instrument, CancellationToken cancel)
    {
        var (now, booker) = (clock.GetCurrentInstant(), Booker.Of(caller, instrument, request.GroupId));
        await using var connection = await database.OpenConnectionAsync(cancel);
        var along = await judge.AlongAsync(instrument, request.ServiceMode, offer.BookingId, cancel);
        var (said, _) = await judge.RunAsync(connection, instrument, along, caller, request, offer, now, cancel);
        var price = booker.UserClass is { } userClass ? (await prices.EstimateAsync(instrument, userClass, offer.Slot, cancel)).Value : null;
        var needsApproval = ApprovalRules.With(ApprovalRules.Needed(instrument, booker, offer.Slot, request.ServiceMode, price?.Amount), said.Conditions).Count > 0;
        return new OfferPreview(price, needsApproval, CancellationRules.Until(instrument, offer.StartsAt, booker.Audience), said.Problems.In(instrument), said.Conditions);
    }

    private async Task<Outcome<Booking>?> AcceptAsync(StandbyChange.Open open, StandbyOfferId id, CancellationToken cancel)
    {
        var (db, request, offer, instrument) = open;
        var now = clock.GetCurrentInstant();
        if (Stale(offer, id, now) is { } stale) return stale;
        var booker = Booker.Of(caller, instrument, request.GroupId);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var along = await judge.AlongAsync(instrument, request.ServiceMode, offer!.BookingId, cancel);
        if (along is not null) await along.LockAsync(connection, request.PersonId, cancel);
        else await BookingReads.LockAsync(connection, NeighbourNeeds.Of(instrument, booker, offer.Slot, now), instrument.Id, request.PersonId, cancel);
        if (!await BookingLocks.HoldRulesAsync(db, [instrument, .. along?.Linked.Values ?? []], cancel))
        {
            judge.Forget(along);
            return null;
        }

        var (said, plan) = await judge.RunAsync(connection, instrument, along, caller, request, offer, now, cancel);
        if (said.Problems.Count > 0) return said.Problems.ToList();

        var booking = await db.Set<Booking>().SingleAsync(b => b.InstrumentId == instrument.Id && b.Id == offer.BookingId, cancel);
        await booking.PriceAsync(prices, instrument, cancel);
        var steps = ApprovalRules.With(ApprovalRules.Needed(instrument, booker, offer.Slot, request.ServiceMode, booking.Estimate), said.Conditions);
        if (booking.Accept(BookingRules.Held(instrument, offer.Slot, booker.Audience), instrument.RulesVersion, steps, now) is { } refused) return refused;
        if (booking.TakesAlong || plan.TakesAny)
        {
            await CompanionWrites.AcceptAsync(connection, booking.Id, cancel);
            if (!await CompanionWrites.ReplaceAsync(connection, booking.With(plan.TakesAny), plan, cancel)) return null;
        }

        offer.Close(StandbyOfferState.Accepted, now);
        request.Booked(booking.Id, now);
        db.AddStandbyEvent("standby.accepted", request, instrument, now, offer);
        db.AddBookingNews(BookingNews.NameOf(booking.Status), booking, BookingNews.Place.Of(instrument), new BookingNews.Recipient(request.PersonId, caller.Name, caller.Email, caller.Language), now);
        return booking.Tell(said.Conditions);
    }

    private async Task<Outcome<StandbyRequest>?> DeclineAsync(StandbyChange.Open open, StandbyOfferId id, CancellationToken cancel)
    {
        var (db, request, offer, instrument) = open;
        var now = clock.GetCurrentInstant();
        if (Stale(offer, id, now) is { } stale) return stale;
        await db.PassOnAsync(request, offer!, StandbyOfferState.Declined, instrument, now, cancel);
        request.Passed(now);
        return request;
    }

    private static Problem? Stale(StandbyOffer? offer, StandbyOfferId id, Instant now) =>
        offer?.Id != id ? Problem.Refused("standby.offer-over") : now >= offer.AnswerBy ? Problem.Refused("standby.offer-late", null, ("until", offer.AnswerBy)) : null;
}
