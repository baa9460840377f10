using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Pricing;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Bookings.Pages;

/// <param name="CalendarPath">Where a free span leads to.</param>
public sealed record StripView(InstrumentWeek Week, Instant Now, string CalendarPath);

public sealed record EstimateView(Price Price, DateTimeZone Zone);

public static class InstrumentAnswerText
{
    /// <summary>Where the instrument stands: region, street and room.</summary>
    public static string Place(Instrument instrument, Words words) => InstrumentItemAnswer.LocationOf(instrument.Region, instrument.Street, words);
}

/// <summary>How a state of bookings looks: its colour class and its picture; the word stands beside.</summary>
public static class StatusLook
{
    public static (string Css, string Icon) Of(BookingStatus status) => status switch
    {
        BookingStatus.Requested => ("state-warn", "hourglass"),
        BookingStatus.Confirmed => ("state-good", "circle-check"),
        BookingStatus.InUse => ("state-info", "player-play"),
        BookingStatus.Completed => ("state-quiet", "check"),
        BookingStatus.Rejected => ("state-bad", "circle-x"),
        BookingStatus.Cancelled => ("state-quiet", "ban"),
        _ => ("state-quiet", "clock-off"),
    };
}
