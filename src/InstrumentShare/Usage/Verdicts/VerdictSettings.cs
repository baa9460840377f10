using InstrumentShare.Access;
using InstrumentShare.Catalog;
using NodaTime;

namespace InstrumentShare.Usage.Verdicts;

/// <param name="UsageControlled">Whether uses are recorded at all; if not, every booking counts as kept.</param>
/// <param name="LateGraceMinutes">Null: lateness is not judged; likewise the others.</param>
public sealed record VerdictTerms(bool UsageControlled, int? LateGraceMinutes, int? OverGraceMinutes, int? EarlyGraceMinutes)
{
    /// <summary>Where nothing is set: ten minutes late or over are forgiven, leaving early is not judged.</summary>
    public static readonly VerdictTerms Default = new(true, 10, 10, null);
}

/// <summary>How bookings of an instrument are judged from one local date to another, both included. The date of the booking's start decides.</summary>
public sealed class VerdictSettings
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required InstrumentId InstrumentId { get; init; }

    public required LocalDate ValidFrom { get; init; }

    public LocalDate? ValidTo { get; private set; }

    public bool UsageControlled { get; init; } = true;

    public int? LateGraceMinutes { get; init; }

    public int? OverGraceMinutes { get; init; }

    public int? EarlyGraceMinutes { get; init; }

    public PersonId? CreatedBy { get; init; }

    public required Instant CreatedAt { get; init; }

    public VerdictTerms Terms => new(UsageControlled, LateGraceMinutes, OverGraceMinutes, EarlyGraceMinutes);

    public void EndOn(LocalDate last) => ValidTo = last;

    public bool HoldsOn(LocalDate date) => ValidFrom <= date && !(ValidTo < date);

    public static VerdictTerms TermsOn(IEnumerable<VerdictSettings> settings, LocalDate date) => settings.FirstOrDefault(s => s.HoldsOn(date))?.Terms ?? VerdictTerms.Default;
}
