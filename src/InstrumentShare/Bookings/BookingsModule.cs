namespace InstrumentShare.Bookings;

public sealed class BookingsModule : Module;
