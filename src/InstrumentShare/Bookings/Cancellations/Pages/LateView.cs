using NodaTime;

namespace InstrumentShare.Bookings.Cancellations.Pages;

public sealed record LateView(LateCancellation Late, DateTimeZone Zone);
