using InstrumentShare.Kernel;

namespace InstrumentShare.Bookings.Qualifications.Pages;

/// <summary>How states of certificates and results look: colour class and picture; the word stands beside.</summary>
public static class CertificateLook
{
    public static (string Css, string Icon) Of(CertificateState state) => state switch
    {
        CertificateState.Valid => ("state-good", "circle-check"),
        CertificateState.Expiring => ("state-warn", "hourglass"),
        CertificateState.Expired => ("state-quiet", "clock-off"),
        _ => ("state-bad", "ban"),
    };

    public static (string Css, string Icon) Of(TrainingResult result) => result switch
    {
        TrainingResult.Passed => ("state-good", "circle-check"),
        TrainingResult.Failed => ("state-bad", "circle-x"),
        _ => ("state-quiet", "user-off"),
    };
}
