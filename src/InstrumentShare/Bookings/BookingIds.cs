using InstrumentShare.Kernel;

namespace InstrumentShare.Bookings;

public readonly record struct BookingId(Guid Value) : ITypedId<BookingId>
{
    public static BookingId From(Guid value) => new(value);
}
