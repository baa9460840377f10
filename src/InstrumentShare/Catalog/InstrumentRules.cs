using InstrumentShare.Access;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Catalog;

/// <summary>A standing closure or maintenance of an instrument.</summary>
public sealed record ClosedSpan(ClosureId Id, ClosureKind Kind, TimeSlot Slot, string Title);

/// <summary>As much of an instrument as decides who may look at it, and by which clock.</summary>
public record InstrumentHead
{
    public required InstrumentId Id { get; init; }

    public required InstitutionId InstitutionId { get; init; }

    public required Region InstitutionRegion { get; init; }

    /// <summary>The zone of opening hours and of a person's day and week.</summary>
    public required DateTimeZone Zone { get; init; }

    public required bool IsVisible { get; init; }

    public Scope Scope => new(Id.Value, InstitutionId.Value, Region: InstitutionRegion);
}

/// <summary>
/// Everything about an instrument that a booking decision depends on, as it stood at one <see cref="RulesVersion"/>.
/// It may be old: the write that follows a decision asks for the same version again.
/// </summary>
public sealed record InstrumentRules : InstrumentHead
{
    /// <summary>The zone in which dates of accrual are counted.</summary>
    public required DateTimeZone InstitutionZone { get; init; }

    public required string Name { get; init; }

    public required string NameEn { get; init; }

    /// <summary>Which of several of the same name it is.</summary>
    public string Model { get; init; } = string.Empty;

    public required int Capacity { get; init; }

    public required bool TakesBookings { get; init; }

    public required Sharing Sharing { get; init; }

    public required InstrumentStatus Status { get; init; }

    public required long RulesVersion { get; init; }

    public required IReadOnlyList<OpeningHours> OpeningHours { get; init; }

    /// <summary>Not withdrawn and not over when they were read; ascending.</summary>
    public required IReadOnlyList<ClosedSpan> Closures { get; init; }

    public required IReadOnlyList<BookingRuleSet> RuleSets { get; init; }

    /// <summary>The active groups that the instrument is in, ascending.</summary>
    public IReadOnlyList<InstrumentGroupId> Groups { get; init; } = [];

    /// <summary>Whether it stands under customs supervision and so may not be used elsewhere without a notice.</summary>
    public bool IsCustomsSupervised { get; init; }

    public WorkingCalendar WorkingDays { get; init; } = StateCouncilDays.Calendar;

    /// <summary>The local date of an instant.</summary>
    public LocalDate DateOf(Instant instant) => instant.InZone(Zone).Date;

    /// <summary>The rules for everyone's bookings that start on a local date; null when none are in force.</summary>
    public BookingTerms? RulesOn(LocalDate date) => RulesFor(RuleAudience.Everyone, date);

    /// <summary>The rules for an audience's bookings that start on a local date; null when none are in force.</summary>
    public BookingTerms? RulesFor(RuleAudience who, LocalDate date)
    {
        var sets = RuleSets.Where(r => r.HoldsOn(date) && r.IsFor(who)).ToList();
        return sets.Count == 0 ? null : BookingTerms.Of(sets);
    }

    /// <summary>Open spans within a range, closures not taken off.</summary>
    public IReadOnlyList<TimeSlot> OpenSpans(TimeSlot range, RuleAudience? who = null) => OpeningCalendar.OpenSpans(OpeningHours, Zone, range, date => OpeningOn(date, who));

    /// <summary>Whether it is open for the whole of a slot.</summary>
    public bool IsOpen(TimeSlot slot, RuleAudience? who = null) => OpeningCalendar.IsOpen(OpeningHours, Zone, slot, date => OpeningOn(date, who));

    /// <summary>Open spans within a range, without its closures.</summary>
    public IReadOnlyList<TimeSlot> BookableSpans(TimeSlot range, RuleAudience? who = null) => OpeningCalendar.Without(OpenSpans(range, who), Closures.Select(c => c.Slot));

    public IEnumerable<ClosedSpan> ClosuresOver(TimeSlot slot) => Closures.Where(c => c.Slot.Overlaps(slot));

    // A year whose holidays are not announced yet has its ordinary hours; a booking in it is refused by a rule of its own.
    private OpeningDay OpeningOn(LocalDate date, RuleAudience? who)
    {
        if (!RuleSets.Any(SaysHours) || RulesFor(who ?? RuleAudience.Everyone, date) is not { } terms) return OpeningDay.Of(date);
        if (terms.OffHours) return OpeningDay.Whole;
        return WorkingDays.KindOf(date) switch
        {
            DayKind.Holiday when terms.ClosedOnHolidays => OpeningDay.Closed,
            DayKind.MakeUpWorkday when terms.MakeUpWeekday is { } weekday => new OpeningDay((IsoDayOfWeek)weekday),
            _ => OpeningDay.Of(date),
        };
    }

    private static bool SaysHours(BookingRuleSet set) => set.OffHours is not null || set.ClosedOnHolidays is not null || set.MakeUpWeekday is not null;
}
