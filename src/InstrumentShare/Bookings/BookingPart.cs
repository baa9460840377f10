namespace InstrumentShare.Bookings;

/// <summary>
/// A part of a booking's page that a higher module draws: check-in, charge. Registered as a service; the view component is
/// called with the booking's id as <c>id</c> and renders nothing when it has nothing to say.
/// </summary>
public sealed record BookingPart(Type Component);
