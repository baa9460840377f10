using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>What is asked for: an instrument's time, not yet known to end after it starts.</summary>
public readonly record struct WantedTime(Instant StartsAt, Instant EndsAt)
{
    public static WantedTime Of(TimeSlot slot) => new(slot.StartsAt, slot.EndsAt);
}

/// <summary>Whom the booking is for, as far as the rules ask.</summary>
/// <param name="ExpiresOn">The last day on which the account may be used.</param>
/// <param name="RunsInstrument">Whether the person may override its rules, and so counts as its staff.</param>
/// <param name="Groups">The groups the person belongs to; the first is the one that is booked for.</param>
/// <param name="MemberUntil">The last day of the longest membership; null while one has no end.</param>
/// <param name="LeadsGroup">Whether the person leads the group that is booked for.</param>
public sealed record Booker(
    InstitutionId? InstitutionId, LocalDate? ExpiresOn = null, bool RunsInstrument = false, UserClass? UserClass = null, IReadOnlyList<GroupId>? Groups = null, LocalDate? MemberUntil = null, bool LeadsGroup = false)
{
    public RuleAudience Audience => new(UserClass, InstitutionId, Groups ?? []);

    /// <summary>The caller, for one of their groups or the first.</summary>
    public static Booker Of(Caller caller, InstrumentRules instrument, GroupId? group = null) => new(
        caller.InstitutionId, caller.ExpiresOn, caller.May(BookingPermissions.Manage, instrument.Scope), UserClassRules.Of(instrument.InstitutionId, caller.InstitutionId, caller.InstitutionKind),
        group is { } first ? [first, .. caller.Groups.Where(g => g != first)] : caller.Groups, caller.MemberUntil, Leads(caller.Grants, group ?? (caller.Groups is [var own, ..] ? own : null)));

    /// <summary>Somebody else's booking as it stands.</summary>
    public static Booker Of(Booking booking, PersonAccess? holder = null, bool runsInstrument = false) => new(
        booking.InstitutionId, holder?.ExpiresOn, runsInstrument, booking.UserClass, booking.Audience.Groups, LeadsGroup: Leads(holder?.Grants ?? [], booking.GroupId));

    private static bool Leads(IReadOnlyList<RoleGrant> grants, GroupId? group) =>
        group is { } led && grants.Any(g => g is { Role: Role.GroupLeader, ScopeKind: ScopeKind.Group } && g.ScopeId == led.Value);

    public bool IsInsiderOf(InstrumentRules instrument) => InstitutionId == instrument.InstitutionId;
}

/// <summary>
/// The rules of booking, the same for a new booking and a moved one. Each breach is named, none hides another.
/// The overlap with other bookings is not judged here: only the database sees all of them.
/// </summary>
public static class BookingRules
{
    /// <summary>No booking is longer, whoever asks: calendars look this far back for what is still running.</summary>
    public static readonly Duration Longest = Duration.FromDays(31);

    /// <param name="around">What counts beside it, as far as <see cref="NeighbourNeeds"/> asks.</param>
    /// <returns>Empty when the booking may be made.</returns>
    public static List<Problem> Judge(InstrumentRules instrument, WantedTime wanted, Booker booker, Neighbours around, Instant now)
    {
        var problems = Gates(instrument, booker);
        if (wanted.EndsAt <= wanted.StartsAt)
        {
            problems.Add(Problem.Invalid("booking.end-before-start", "endsAt", ("startsAt", wanted.StartsAt), ("endsAt", wanted.EndsAt)));
            return problems;
        }

        var slot = new TimeSlot(wanted.StartsAt, wanted.EndsAt);
        if (slot.Length > Longest)
        {
            problems.Add(Problem.Invalid("booking.too-long", "endsAt", ("days", 31)));
            return problems;
        }

        var startsOn = instrument.DateOf(slot.StartsAt);
        AddAccount(problems, instrument, slot, booker);
        if (instrument.RulesFor(booker.Audience, startsOn) is not { } rules)
        {
            problems.Add(Problem.Refused("booking.no-rules", "startsAt", ("date", startsOn)));
            return problems;
        }

        AddMembership(problems, instrument, rules, slot, booker);
        AddNotice(problems, instrument, rules, slot, startsOn, now);
        if (!ExemptTimeRules.Holds(rules, instrument.Zone, slot)) AddLength(problems, rules, slot);
        if (rules.BlockSlots.Count > 0) BlockSlotRules.Add(problems, instrument, rules, slot);
        else AddGrid(problems, instrument, rules, slot);
        AddOpen(problems, instrument, slot, booker.Audience);
        AddHolidays(problems, instrument, rules, slot);
        BookingLimitRules.Add(problems, instrument, rules, slot, around, now);
        NeighbourRules.AddOwn(problems, instrument, rules, slot, around.Own);
        if (booker.IsInsiderOf(instrument)) NeighbourRules.AddOutsideShare(problems, instrument, rules, slot, around.Inside, now);
        return rules.Strict.Count == 0 ? problems : problems.ConvertAll(p => rules.Strict.Contains(p.Code) ? p with { Overridable = false } : p);
    }

    /// <summary>What stands against the booker before any time is named.</summary>
    public static List<Problem> Gates(InstrumentRules instrument, Booker booker)
    {
        var problems = new List<Problem>();
        if (!instrument.TakesBookings) problems.Add(Soft(Problem.Refused("booking.not-bookable", "instrumentId")));
        problems.AddRange(OutOfOrder(instrument));
        if (instrument.Sharing == Sharing.Internal && booker.InstitutionId != instrument.InstitutionId && !booker.RunsInstrument)
            problems.Add(Problem.Refused("booking.sharing-internal", "instrumentId"));
        if (instrument.Sharing == Sharing.None && !booker.RunsInstrument) problems.Add(Problem.Refused("booking.sharing-none", "instrumentId"));
        return problems;
    }

    private static IEnumerable<Problem> OutOfOrder(InstrumentRules instrument) =>
        instrument.Status is InstrumentStatus.AwaitingRepair or InstrumentStatus.ToBeScrapped ? [Soft(Problem.Refused("booking.out-of-order", "instrumentId"))] : [];

    /// <summary>What a standing booking must still keep when it is decided on: the world may have changed since it was asked for.</summary>
    /// <param name="isOverridden">Staff went over what may be gone over when it was booked: that it is out of order they knew.</param>
    public static List<Problem> JudgeStanding(InstrumentRules instrument, TimeSlot slot, RuleAudience who, bool isOverridden, Instant now)
    {
        var problems = isOverridden ? [] : OutOfOrder(instrument).ToList();
        if (slot.StartsAt <= now) problems.Add(Problem.Refused("booking.started", "startsAt", ("startsAt", slot.StartsAt)));
        AddOpen(problems, instrument, slot, who);
        return problems;
    }

    /// <summary>What stands against taking an instrument along with a booking of another: it must be shared and open. Lengths, notice and limits are the other's.</summary>
    public static List<Problem> JudgeCompanion(InstrumentRules instrument, TimeSlot slot, Booker booker)
    {
        var (problems, date) = (Gates(instrument, booker), instrument.DateOf(slot.StartsAt));
        if (instrument.RulesFor(booker.Audience, date) is null) problems.Add(Problem.Refused("booking.no-rules", "startsAt", ("date", date)));
        AddOpen(problems, instrument, slot, booker.Audience);
        return problems;
    }

    /// <summary>The slot with what the rules keep free around it.</summary>
    public static TimeSlot Held(InstrumentRules instrument, TimeSlot slot, RuleAudience who) => instrument.RulesFor(who, instrument.DateOf(slot.StartsAt)) is { } rules
        ? slot.Widen(Duration.FromMinutes(rules.SetupMinutes), Duration.FromMinutes(rules.CoolingMinutes))
        : slot;

    private static void AddAccount(List<Problem> problems, InstrumentRules instrument, TimeSlot slot, Booker booker)
    {
        if (booker.ExpiresOn is { } last && last < LimitWindows.LastDay(instrument.Zone, slot))
            problems.Add(Problem.Refused("booking.account-expires", "endsAt", ("expiresOn", last)));
    }

    private static void AddMembership(List<Problem> problems, InstrumentRules instrument, BookingTerms rules, TimeSlot slot, Booker booker)
    {
        if (!rules.MembershipRequired) return;
        if (booker.Groups is not { Count: > 0 }) problems.Add(Soft(Problem.Refused("booking.membership", "instrumentId")));
        else if (booker.MemberUntil is { } last && last < LimitWindows.LastDay(instrument.Zone, slot))
            problems.Add(Soft(Problem.Refused("booking.membership-expires", "endsAt", ("expiresOn", last))));
    }

    private static void AddHolidays(List<Problem> problems, InstrumentRules instrument, BookingTerms rules, TimeSlot slot)
    {
        var last = LimitWindows.LastDay(instrument.Zone, slot);
        if ((rules.ClosedOnHolidays || rules.MakeUpWeekday is not null) && !instrument.WorkingDays.Knows(last))
            problems.Add(Soft(Problem.Refused("booking.holidays-unknown", "startsAt", ("year", last.Year))));
    }

    private static void AddNotice(List<Problem> problems, InstrumentRules instrument, BookingTerms rules, TimeSlot slot, LocalDate startsOn, Instant now)
    {
        var earliest = now + Duration.FromMinutes(rules.LeadMinutes);
        var lastDay = instrument.DateOf(now).PlusDays(rules.HorizonDays);
        if (slot.StartsAt < now) problems.Add(Problem.Refused("booking.past", "startsAt", ("now", now)));
        else if (slot.StartsAt < earliest) problems.Add(Soft(Problem.Refused("booking.lead-time", "startsAt", ("minutes", rules.LeadMinutes), ("earliest", earliest))));
        if (startsOn > lastDay) problems.Add(Soft(Problem.Refused("booking.horizon", "startsAt", ("days", rules.HorizonDays), ("lastDay", lastDay))));
    }

    private static void AddLength(List<Problem> problems, BookingTerms rules, TimeSlot slot)
    {
        var minutes = (long)slot.Length.TotalMinutes;
        if (slot.Length < Duration.FromMinutes(rules.MinMinutes)) problems.Add(Soft(Problem.Refused("booking.min-length", "endsAt", ("minutes", rules.MinMinutes), ("wanted", minutes))));
        if (slot.Length > Duration.FromMinutes(rules.MaxMinutes)) problems.Add(Soft(Problem.Refused("booking.max-length", "endsAt", ("minutes", rules.MaxMinutes), ("wanted", minutes))));
    }

    // Counted on the clock from local midnight, so that a change of clocks does not shift the grid. An end is on the grid too
    // when the length is a multiple, for grids that do not divide the day.
    private static void AddGrid(List<Problem> problems, InstrumentRules instrument, BookingTerms rules, TimeSlot slot)
    {
        if (!OnGrid(instrument, rules, slot.StartsAt)) problems.Add(Soft(Problem.Refused("booking.granularity", "startsAt", ("minutes", rules.GranularityMinutes))));
        if (!OnGrid(instrument, rules, slot.EndsAt) && slot.Length.ToInt64Nanoseconds() % (rules.GranularityMinutes * NodaConstants.NanosecondsPerMinute) != 0)
            problems.Add(Soft(Problem.Refused("booking.granularity", "endsAt", ("minutes", rules.GranularityMinutes))));
    }

    private static bool OnGrid(InstrumentRules instrument, BookingTerms rules, Instant instant) =>
        instant.InZone(instrument.Zone).TimeOfDay.NanosecondOfDay % (rules.GranularityMinutes * NodaConstants.NanosecondsPerMinute) == 0;

    private static void AddOpen(List<Problem> problems, InstrumentRules instrument, TimeSlot slot, RuleAudience who)
    {
        if (!instrument.IsOpen(slot, who)) problems.Add(Soft(Problem.Refused("booking.outside-hours", "startsAt", ("wanted", slot))));
        foreach (var closed in instrument.ClosuresOver(slot))
            problems.Add(Problem.Refused("booking.closure", "startsAt", ("kind", closed.Kind), ("title", closed.Title), ("closed", closed.Slot)));
    }

    /// <summary>A breach that staff may set aside with a reason.</summary>
    internal static Problem Soft(Problem problem) => problem with { Overridable = true };
}
