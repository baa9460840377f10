using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>What an instrument requires, as far as a decision asks.</summary>
public sealed record Requirement(QualificationId Id, string Name, string NameEn, QualificationLevel RequiredLevel, int? ValidMonths, bool BookBeforeTraining);

/// <summary>A certificate of one person for one requirement. Both days are included; no last day is no end.</summary>
public readonly record struct HeldCertificate(QualificationLevel Level, LocalDate ValidFrom, LocalDate? ValidTo, bool IsRevoked);

/// <summary>Where somebody stands against one requirement.</summary>
public enum QualificationStanding
{
    Enough,
    SupervisedOnly,
    LevelTooLow,
    Expired,
    Missing,
}

/// <summary>
/// Who may work an instrument that asks for a qualification. What the lab does itself (entrusted) asks for nothing. Who holds any
/// level may work it with a person in charge, which is what the service mode <c>assisted</c> books. To work it alone, by hand or
/// remotely, takes the required level. A certificate counts if it holds on the last day of the slot; of several the highest counts.
/// </summary>
public static class QualificationRules
{
    public const int MaxName = 100;
    public const int MaxNameEn = 200;
    public const int MaxText = 500;
    public const int MaxMonths = 120;

    /// <param name="on">The local date of the slot's end at the institution.</param>
    public static QualificationStanding Judge(QualificationLevel required, IReadOnlyCollection<HeldCertificate> held, LocalDate on, ServiceMode mode)
    {
        if (mode == ServiceMode.Entrusted) return QualificationStanding.Enough;
        var standing = held.Where(c => !c.IsRevoked).ToList();
        var valid = standing.Where(c => c.ValidFrom <= on && !(c.ValidTo < on)).ToList();
        if (valid.Count == 0) return standing.Any(c => c.ValidTo < on) ? QualificationStanding.Expired : QualificationStanding.Missing;
        var level = valid.Max(c => c.Level);
        if (level >= required || mode == ServiceMode.Assisted) return QualificationStanding.Enough;
        return level == QualificationLevel.Supervised ? QualificationStanding.SupervisedOnly : QualificationStanding.LevelTooLow;
    }

    /// <summary>The last day that counts of a slot: one that ends at midnight ends on the day before.</summary>
    public static LocalDate LastDay(TimeSlot slot, DateTimeZone zone) => (slot.EndsAt - Duration.Epsilon).InZone(zone).Date;

    /// <summary>The code of the refusal; null when nothing stands against it.</summary>
    public static string? CodeOf(QualificationStanding standing) => standing switch
    {
        QualificationStanding.Missing => "booking.qualification-missing",
        QualificationStanding.Expired => "booking.qualification-expired",
        QualificationStanding.SupervisedOnly => "booking.supervised-only",
        QualificationStanding.LevelTooLow => "booking.qualification-level",
        _ => null,
    };

    /// <summary>Names of 1 to 100 and 200 characters, at most 500 of description, months from 1 to 120 or none, a level from which one may work alone.</summary>
    public static List<Problem> Check(string? name, string? nameEn, string? description, QualificationLevel requiredLevel, int? validMonths)
    {
        var problems = new List<Problem>();
        BookingText.Check(problems, name, "name", required: true, MaxName);
        BookingText.Check(problems, nameEn, "nameEn", required: true, MaxNameEn);
        BookingText.Check(problems, description, "description", required: false, MaxText);
        if (requiredLevel == QualificationLevel.Supervised) problems.Add(Problem.Invalid("qualification.required-level", "requiredLevel"));
        if (validMonths is < 1 or > MaxMonths) problems.Add(Problem.Invalid("qualification.months", "validMonths", ("value", validMonths), ("max", MaxMonths)));
        return problems;
    }
}
