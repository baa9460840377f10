using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>What pays for a booking.</summary>
/// <param name="FundId">A fund or a split over several; null where none is named.</param>
/// <param name="BookingId">The booking whose present hold counts as free; null for a new one, or for several at once.</param>
public sealed record BookingFunding(Guid? FundId, UserClass? UserClass, BookingId? BookingId = null)
{
    /// <summary>What pays for who books; null where nobody is asked: who runs the instrument and names no fund.</summary>
    public static BookingFunding? Of(Booker booker, Guid? fund) => fund is null && booker.RunsInstrument ? null : new BookingFunding(fund, booker.UserClass);
}

/// <param name="Left">What may still be spent of it; null for a split.</param>
public sealed record FundChoice(Guid Id, string Number, string Name, string NameEn, Money? Left, bool IsDefault);

/// <param name="AreDemanded">Whether bookings of the instrument name a fund.</param>
public sealed record FundChoices(bool AreDemanded, IReadOnlyList<FundChoice> Funds);

/// <summary>A higher module's funds, as far as booking forms and bookings that name none ask for them.</summary>
public interface IBookingFunds
{
    /// <summary>The fund that a group's bookings begin with; null where none is demanded or none is set.</summary>
    Task<Guid?> DefaultAsync(InstrumentRules instrument, GroupId? group, Instant startsAt, CancellationToken cancel);

    /// <summary>The refusal of a fund that was spent between the look and the write, with its figures.</summary>
    Task<Problem> ShortAsync(Guid fund, long neededFen, CancellationToken cancel);

    /// <summary>What a person may choose from.</summary>
    Task<FundChoices> ChoicesAsync(InstrumentRules instrument, PersonId person, CancellationToken cancel);
}
