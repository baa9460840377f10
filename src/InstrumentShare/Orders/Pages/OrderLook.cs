using InstrumentShare.Orders.Quotes;

namespace InstrumentShare.Orders.Pages;

/// <summary>How a state looks: its colour class and its picture; the word stands beside.</summary>
public static class OrderLook
{
    public static (string Css, string Icon) Of(OrderStatus status) => status switch
    {
        OrderStatus.Draft => ("state-quiet", "pencil"),
        OrderStatus.Submitted => ("state-warn", "send"),
        OrderStatus.Quoted => ("state-warn", "file-dollar"),
        OrderStatus.Accepted => ("state-info", "check"),
        OrderStatus.Received => ("state-info", "package"),
        OrderStatus.Performing => ("state-info", "player-play"),
        OrderStatus.Delivered => ("state-good", "file-text"),
        OrderStatus.Closed => ("state-good", "checks"),
        OrderStatus.Declined => ("state-bad", "circle-x"),
        _ => ("state-quiet", "ban"),
    };

    public static (string Css, string Icon) Of(QuoteStatus status) => status switch
    {
        QuoteStatus.Open => ("state-warn", "hourglass"),
        QuoteStatus.Accepted => ("state-good", "check"),
        QuoteStatus.Refused => ("state-bad", "circle-x"),
        _ => ("state-quiet", "clock-off"),
    };
}
