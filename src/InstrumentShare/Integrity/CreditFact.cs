using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Usage.Verdicts;
using NodaTime;

namespace InstrumentShare.Integrity;

/// <summary>What is known of one booking as far as credit asks.</summary>
/// <param name="Freed">Why nothing is held against it all the same; null where what was found counts.</param>
public sealed record CreditFact(
    BookingId BookingId, InstrumentId InstrumentId, PersonId PersonId, GroupId? GroupId, Instant OccurredAt, IReadOnlyList<CreditEvent> Found, CreditReversal? Freed = null)
{
    /// <summary>The judgement of booked time that stands.</summary>
    public static CreditFact Of(Verdict v) =>
        new(v.BookingId, v.InstrumentId, v.PersonId, v.GroupId, v.BookingEndedAt, [.. v.Verdicts.Select(CreditRules.EventOf).OfType<CreditEvent>()], v.IsExcused ? CreditReversal.JudgedAnew : null);

    /// <summary>Time that its holder gave back late. Where others took the whole of it over, nobody was harmed.</summary>
    public static CreditFact Of(Booking b) =>
        new(b.Id, b.InstrumentId, b.PersonId, b.GroupId, b.CancelledAt!.Value, b.CancelledLate ? [CreditEvent.CancelledLate] : [], b.TakenOverBy is null ? null : CreditReversal.TakenOver);
}
