namespace InstrumentShare.Bookings.Standby.Pages;

/// <summary>How a state on a waiting list looks: its colour class and its picture; the word stands beside.</summary>
public static class StandbyLook
{
    public static (string Css, string Icon) Of(StandbyStatus status) => status switch
    {
        StandbyStatus.Waiting => ("state-info", "hourglass"),
        StandbyStatus.Offered => ("state-warn", "bell"),
        StandbyStatus.Booked => ("state-good", "circle-check"),
        _ => ("state-quiet", "clock-off"),
    };

    public static (string Css, string Icon) Of(StandbyOfferState state) => state switch
    {
        StandbyOfferState.Open => ("state-warn", "hourglass"),
        StandbyOfferState.Accepted => ("state-good", "circle-check"),
        StandbyOfferState.Declined => ("state-quiet", "ban"),
        _ => ("state-quiet", "clock-off"),
    };
}
