namespace InstrumentShare.Web;

/// <summary>The program's face to browsers and programs.</summary>
public sealed class WebOptions
{
    public const string Section = "Web";

    /// <summary>The address people reach the program at, for links in mail. Empty: the address the program listens on.</summary>
    public string PublicAddress { get; set; } = string.Empty;

    /// <summary>Sign-in, sign-up and reset attempts per minute from one address.</summary>
    public int SignInsPerMinute { get; set; } = 30;

    /// <summary>Largest request body in mebibytes.</summary>
    public int MaxRequestMebibytes { get; set; } = 32;

    /// <summary>OTLP endpoint for traces and metrics, such as http://collector:4317. Empty: none are exported.</summary>
    public string TelemetryEndpoint { get; set; } = string.Empty;

    /// <summary>Behind a reverse proxy on this machine or network: trust its forwarded headers.</summary>
    public bool BehindProxy { get; set; }
}
