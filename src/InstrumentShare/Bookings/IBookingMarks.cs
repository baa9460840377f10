namespace InstrumentShare.Bookings;

/// <param name="Key">Its words.</param>
public sealed record BookingMark(string Css, string Icon, string Key);

/// <summary>A higher module's marks on bookings in a list: what became of them. One query for all.</summary>
public interface IBookingMarks
{
    Task<IReadOnlyDictionary<BookingId, IReadOnlyList<BookingMark>>> OfAsync(IReadOnlyCollection<BookingId> ids, CancellationToken cancel);
}
