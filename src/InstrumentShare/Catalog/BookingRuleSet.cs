using InstrumentShare.Access;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Catalog;

/// <summary>
/// Rules of booking for one place and one audience between two dates, both included, by the local date on which a booking starts.
/// A setting that is null is not said here: a wider set says it, or the default of <see cref="BookingTerms"/> holds. In a limit,
/// 0 says that there is none. Sets of one place and audience never overlap; a date without any set takes no bookings.
/// </summary>
public sealed record BookingRuleSet
{
    public BookingRuleSetId Id { get; init; } = BookingRuleSetId.From(Guid.CreateVersion7());

    public InstrumentId? InstrumentId { get; init; }

    public InstrumentGroupId? InstrumentGroupId { get; init; }

    /// <summary>The instruments of an institution.</summary>
    public InstitutionId? InstitutionId { get; init; }

    /// <summary>The instruments of a region's institutions.</summary>
    public Region? Region { get; init; }

    public UserClass? UserClass { get; init; }

    /// <summary>For the people of this institution.</summary>
    public InstitutionId? UserInstitutionId { get; init; }

    /// <summary>For the members of this research group.</summary>
    public GroupId? UserGroupId { get; init; }

    public required LocalDate ValidFrom { get; init; }

    public LocalDate? ValidTo { get; private set; }

    public int? MinMinutes { get; init; }

    public int? MaxMinutes { get; init; }

    /// <summary>Starts and lengths are multiples of this, counted from local midnight.</summary>
    public int? GranularityMinutes { get; init; }

    /// <summary>The only times that can be booked, whole; an empty list says that there are none such.</summary>
    public IReadOnlyList<DailySpan>? BlockSlots { get; init; }

    /// <summary>How long before its start a booking must be made, at the latest.</summary>
    public int? LeadMinutes { get; init; }

    /// <summary>How many days ahead one may book.</summary>
    public int? HorizonDays { get; init; }

    /// <summary>Until how long before the start its owner may move it; as for cancelling where it is not said.</summary>
    public int? ChangeLeadMinutes { get; init; }

    /// <summary>Until how long before the start its owner may cancel it.</summary>
    public int? CancelLeadMinutes { get; init; }

    /// <summary>Whether its owner may still cancel after that, as a late cancellation that is kept against them.</summary>
    public bool? LateCancel { get; init; }

    /// <summary>Kept free before each booking.</summary>
    public int? SetupMinutes { get; init; }

    /// <summary>Kept free after each booking.</summary>
    public int? CoolingMinutes { get; init; }

    public int? PersonDayMinutes { get; init; }

    public int? PersonWeekMinutes { get; init; }

    /// <summary>Further limits of number or time; an empty list says that there are none.</summary>
    public IReadOnlyList<BookingLimit>? Limits { get; init; }

    /// <summary>What one person leaves free between two bookings of theirs on the instrument.</summary>
    public int? GapMinutes { get; init; }

    /// <summary>Whether a person may hold no other instrument at the same time.</summary>
    public bool? OneAtATime { get; init; }

    /// <summary>Whether only members of a research group may book.</summary>
    public bool? MembershipRequired { get; init; }

    /// <summary>Whether time outside of the opening hours may be booked.</summary>
    public bool? OffHours { get; init; }

    public bool? ClosedOnHolidays { get; init; }

    /// <summary>Whose hours hold on a working day that makes up for a holiday: Monday is 1, Sunday 7; 0 for the day's own.</summary>
    public int? MakeUpWeekday { get; init; }

    /// <summary>Nights and weekends in which lengths, limits and gaps do not count.</summary>
    public IReadOnlyList<ExemptTime>? ExemptTimes { get; init; }

    /// <summary>How much of a week's open time is kept for users of other institutions.</summary>
    public int? OutsideSharePercent { get; init; }

    /// <summary>How long before it begins, time kept for others and not taken is everybody's.</summary>
    public int? OutsideReleaseHours { get; init; }

    /// <summary>How many days after a use its user may book on without having given feedback.</summary>
    public int? FeedbackDays { get; init; }

    public bool? ApprovalRequired { get; init; }

    /// <summary>Who is asked, in order; an empty list says nobody in particular.</summary>
    public IReadOnlyList<ApprovalRule>? Approvals { get; init; }

    /// <summary>Codes of refusals that staff may not set aside here.</summary>
    public IReadOnlyList<string>? Strict { get; init; }

    /// <summary>Why the rules were made so.</summary>
    public string? Reason { get; init; }

    public PersonId? CreatedBy { get; init; }

    public required Instant CreatedAt { get; init; }

    public bool HoldsOn(LocalDate date) => ValidFrom <= date && (ValidTo is null || date <= ValidTo);

    public bool IsFor(RuleAudience who) =>
        (UserClass is null || UserClass == who.UserClass)
        && (UserInstitutionId is null || UserInstitutionId == who.InstitutionId)
        && (UserGroupId is null || who.Groups.Contains(UserGroupId.Value));

    /// <summary>
    /// Sets of greater rank have the word: first the nearer place (instrument, group of instruments, institution, the smaller region),
    /// then the narrower audience (research group, institution, user class, everyone).
    /// </summary>
    public int Rank => (PlaceRank * 4) + (UserGroupId is not null ? 3 : UserInstitutionId is not null ? 2 : UserClass is not null ? 1 : 0);

    private int PlaceRank => InstrumentId is not null ? 100 : InstrumentGroupId is not null ? 99 : InstitutionId is not null ? 98 : Region?.Code.Length ?? 0;

    /// <summary>Ends the set with this day as its last; null leaves it open.</summary>
    public BookingRuleSet EndingOn(LocalDate? lastDay)
    {
        ValidTo = lastDay;
        return this;
    }
}

/// <summary>Whom rules are asked for: the class of user as the instrument's institution sees them, their institution and their groups.</summary>
public sealed record RuleAudience(UserClass? UserClass, InstitutionId? InstitutionId, IReadOnlyList<GroupId> Groups)
{
    /// <summary>Nobody in particular: only what holds for everyone.</summary>
    public static RuleAudience Everyone { get; } = new(null, null, []);
}

/// <summary>A span of the local day in minutes from midnight; it crosses midnight where it ends no later than it begins.</summary>
public sealed record DailySpan(int FromMinute, int ToMinute);

/// <summary>A span that begins on given weekdays (Monday is 1, Sunday 7).</summary>
public sealed record ExemptTime(IReadOnlyList<int> Weekdays, int FromMinute, int ToMinute);

public enum LimitHolder
{
    Person,
    Group,
    Institution,
}

public enum LimitMeasure
{
    Count,
    Minutes,
}

public enum LimitWindow
{
    Day,
    Week,
    Month,

    /// <summary>Everything from now on.</summary>
    Ahead,
}

/// <summary>
/// How many bookings or minutes one holder may have in a window: a local day, ISO week or calendar month, or any 24 hours, 7 or 30
/// days where it rolls. A person's count on every instrument, a group's and an institution's on the one that is booked.
/// </summary>
public sealed record BookingLimit(LimitHolder Per, LimitMeasure Measure, LimitWindow Window, int Max, bool Rolling = false);
