namespace InstrumentShare.Bookings;

/// <summary>
/// A part of an instrument's page that a higher module draws. Registered as a service; the view component is called with the
/// instrument's id as <c>id</c> and renders nothing when it has nothing to say.
/// </summary>
public sealed record InstrumentPart(Type Component);

/// <summary>In the same way, what everyone must read first on an instrument's page and calendar: what is wrong with it.</summary>
public sealed record InstrumentNotice(Type Component);
