namespace InstrumentShare.Bookings.Rules.Pages;

/// <summary>How the answer of a gate is shown.</summary>
/// <param name="Key">Its words.</param>
public sealed record GateLook(string Css, string Icon, string Key)
{
    public static GateLook Of(GateState state) => state switch
    {
        GateState.Pass => new("state-good", "circle-check", "gate.pass"),
        GateState.Fail => new("state-bad", "circle-x", "gate.fail"),
        GateState.NeedsApproval => new("state-warn", "hourglass", "gate.needs-approval"),
        GateState.Warn => new("state-warn", "alert-triangle", "gate.warn"),
        _ => new(string.Empty, "circle-dashed", "gate.with-time"),
    };
}
