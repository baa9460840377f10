namespace InstrumentShare.Bookings.Standby;

/// <summary>How time that became free is offered to those who wait for it.</summary>
public sealed class StandbyOptions
{
    public const string Section = "Standby";

    /// <summary>How long an offer stands, in minutes; quiet hours of its reader are added. Shorter when the start is near.</summary>
    public int OfferMinutes { get; set; } = 120;

    /// <summary>Time that could not be thought about for so many minutes is offered to nobody.</summary>
    public int LeastMinutes { get; set; } = 10;

    /// <summary>Every offer is answered this many minutes before the time begins, or as long before as the instrument's rules want it booked.</summary>
    public int MinutesBefore { get; set; } = 30;

    /// <summary>How many open entries one person may have on one instrument's waiting list.</summary>
    public int PerPerson { get; set; } = 3;

    /// <summary>How many open entries one instrument's waiting list may have.</summary>
    public int PerInstrument { get; set; } = 200;
}
