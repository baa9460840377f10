using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;

namespace InstrumentShare.Bookings.Standby;

/// <summary>What is told of the waiting list.</summary>
internal static class StandbyNews
{
    public const string OfferMade = "standby.offered";
    public const string OfferExpired = "standby.expired";

    private sealed record MailSlot(Instant StartsAt, Instant EndsAt);

    /// <param name="AnswerBy">The moment by which the mail must have been read.</param>
    private sealed record MailData(string Person, string Instrument, string InstrumentEn, string TimeZone, MailSlot Slot, Instant AnswerBy, StandbyOfferId OfferId);

    /// <param name="name"><c>standby.</c> and what has happened.</param>
    public static void AddStandbyEvent(this AppDb db, string name, StandbyRequest request, InstrumentRules instrument, Instant now, StandbyOffer? offer = null)
    {
        var (startsAt, endsAt) = offer is null ? (request.StartsAt, request.EndsAt) : (offer.StartsAt, offer.EndsAt);
        db.AddEvent(name, now, request.Id.Value, instrument.Id.Value, instrument.InstitutionId.Value, request.PersonId.Value,
            new { startsAt, endsAt, request.Minutes, request.Status, OfferId = offer?.Id, request.BookingId });
    }

    public static void AddStandbyMail(this AppDb db, string kind, InstrumentRules instrument, StandbyOffer offer, BookingNews.Recipient to, Instant now)
    {
        if (string.IsNullOrEmpty(to.Email)) return;
        db.AddMail(kind, to.Email, to.PersonId.Value, to.Language, new MailData(to.Name, instrument.Name, instrument.NameEn, instrument.Zone.Id, new MailSlot(offer.StartsAt, offer.EndsAt), offer.AnswerBy, offer.Id), now);
    }
}
