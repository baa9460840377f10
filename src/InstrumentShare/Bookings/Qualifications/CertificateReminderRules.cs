using NodaTime;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>When a holder is told that a certificate ends: 30 days before its last day, and once more 7 days before.</summary>
public static class CertificateReminderRules
{
    public const int FirstDays = 30;
    public const int LastDays = 7;

    public static bool IsLast(LocalDate validTo, LocalDate today) => today.PlusDays(LastDays) >= validTo;
}
