using InstrumentShare.Bookings.Conditions;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings.Approvals;

/// <summary>Whom a booking needs the approval of, and how its steps go on.</summary>
public static class ApprovalRules
{
    /// <summary>The one step where the rules ask for approval and name nobody.</summary>
    public static ApprovalRule Owner { get; } = new(Approver.InstrumentOwner);

    /// <summary>
    /// The steps in order, each approver once. Who leads the group that books needs no word of their own; where no group books, the
    /// instrument's owner is asked in its leader's place. Rules must be in force on the day.
    /// </summary>
    /// <returns>Empty where nobody is asked.</returns>
    public static IReadOnlyList<ApprovalRule> Needed(InstrumentRules instrument, Booker booker, TimeSlot slot, ServiceMode mode, Money? estimate)
    {
        if (instrument.RulesFor(booker.Audience, instrument.DateOf(slot.StartsAt)) is not { } terms) return [];
        var steps = new List<ApprovalRule>();
        foreach (var rule in terms.Approvals.Where(r => Holds(r, instrument, booker, slot, mode, estimate)))
        {
            if (rule.By == Approver.GroupLeader && booker.LeadsGroup) continue;
            var asked = rule.By == Approver.GroupLeader && booker.Groups is not { Count: > 0 } ? rule with { By = Approver.InstrumentOwner } : rule;
            if (steps.All(s => s.By != asked.By)) steps.Add(asked);
        }

        return steps.Count == 0 && terms.ApprovalRequired ? [Owner] : steps;
    }

    /// <summary>The steps and, where a condition asks for approval, the instrument's owner after all others; each approver once.</summary>
    public static IReadOnlyList<ApprovalRule> With(IReadOnlyList<ApprovalRule> steps, IEnumerable<BookingCondition> conditions) =>
        conditions.Any(c => c.Effect == ConditionEffect.NeedsApproval) && steps.All(s => s.By != Approver.InstrumentOwner) ? [.. steps, Owner] : steps;

    /// <summary>What stands against giving a confirmed booking a time that needs approval: it is not exchanged without who is asked. Null where nobody is.</summary>
    public static Problem? AgainstChange(IReadOnlyList<ApprovalRule> steps, IEnumerable<BookingCondition> conditions) => steps.Count > 0
        ? Problem.Refused("booking.approved-time", "startsAt")
        : conditions.FirstOrDefault(c => c.Effect == ConditionEffect.NeedsApproval)?.Said;

    public static IReadOnlyList<ApprovalStep> Begin(IReadOnlyList<ApprovalRule> rules, Instant now) =>
        Next(rules.Select(r => new ApprovalStep(r.By, r.AtDeadline, ApprovalState.Waiting, r.DeadlineHours)).ToList(), now);

    /// <summary>The open step decided, and the next one opened unless it was rejected.</summary>
    public static IReadOnlyList<ApprovalStep> Decide(IReadOnlyList<ApprovalStep> steps, ApprovalState state, ApprovalActor actor, string? reason, Instant now)
    {
        var decided = steps.Select(s => s.State != ApprovalState.Open ? s : s with
        {
            State = state, DecidedAt = now, DecidedBy = actor.By, DecidedByName = actor.Name, DecidedFor = actor.For, DecidedForName = actor.ForName, Reason = reason,
        }).ToList();
        return state == ApprovalState.Rejected ? decided : Next(decided, now);
    }

    private static List<ApprovalStep> Next(List<ApprovalStep> steps, Instant now)
    {
        var next = steps.FindIndex(s => s.State == ApprovalState.Waiting);
        if (next >= 0) steps[next] = steps[next] with { State = ApprovalState.Open, OpenedAt = now, DueAt = steps[next].DeadlineHours is { } hours ? now + Duration.FromHours(hours) : null };
        return steps;
    }

    private static bool Holds(ApprovalRule rule, InstrumentRules instrument, Booker booker, TimeSlot slot, ServiceMode mode, Money? estimate) =>
        (rule.UserClass is null || rule.UserClass == booker.UserClass)
        && (rule.ServiceMode is null || rule.ServiceMode == mode)
        && (rule.LongerThanMinutes is null || slot.Length > Duration.FromMinutes(rule.LongerThanMinutes.Value))
        && (rule.DearerThanFen is null || estimate?.Fen > rule.DearerThanFen)
        && (!rule.OutsideHours || !OpeningCalendar.IsOpen(instrument.OpeningHours, instrument.Zone, slot));
}
