using InstrumentShare.Access;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Usage.Verdicts;

/// <summary>One current use of the booked unit around the booked time.</summary>
/// <param name="EndsAt">Null while it goes on.</param>
/// <param name="IsOfBooking">Whether it was recorded under the booking itself.</param>
/// <param name="IsOwn">Whether it is by the booking's holder.</param>
public sealed record UseSpan(Guid Id, Instant StartsAt, Instant? EndsAt, bool IsOfBooking, bool IsOwn);

/// <param name="Verdicts">In the order of the enumeration, each once, at least one.</param>
/// <param name="MinutesLate">Whole minutes, begun ones counted, so that the figure always exceeds the grace; 0 when not late.</param>
/// <param name="UsageIds">The uses that it stands on.</param>
public sealed record Judgement(IReadOnlyList<BookingVerdict> Verdicts, int MinutesLate = 0, int MinutesOver = 0, int MinutesEarly = 0, IReadOnlyList<Guid>? Uses = null)
{
    public IReadOnlyList<Guid> UsageIds => Uses ?? [];
}

/// <summary>What becomes of a booking, by what was used of it. Times are compared to the second; a grace is in minutes and belongs to the user.</summary>
public static class VerdictRules
{
    public const int MaxGraceMinutes = 1440;

    /// <summary>
    /// Judges a booked slot. Without use control it is as booked by rule. Otherwise the uses recorded under the booking count, or
    /// where there are none, any use of the holder's that overlaps it; no use at all is a no-show. Late: the first start lies past
    /// the booked start by more than the grace; while another person was still there the start counts from when they left.
    /// Overran, left early: the last end lies past or before the booked end by more than the grace. A grace of null judges nothing.
    /// </summary>
    public static Judgement Judge(TimeSlot booked, IReadOnlyList<UseSpan> uses, VerdictTerms terms)
    {
        if (!terms.UsageControlled) return new Judgement([BookingVerdict.AsBooked]);
        var linked = uses.Where(u => u.IsOfBooking).ToList();
        var own = linked.Count > 0 ? linked : uses.Where(u => u.IsOwn && u.StartsAt < booked.EndsAt && !(u.EndsAt <= booked.StartsAt)).ToList();
        if (own.Count == 0) return new Judgement([BookingVerdict.NoShow]);

        var began = own.Min(u => u.StartsAt);
        var ended = own.Any(u => u.EndsAt is null) ? (Instant?)null : own.Max(u => u.EndsAt!.Value);
        var late = Minutes(began - FreeFrom(booked, uses), terms.LateGraceMinutes);
        var over = ended is { } end ? Minutes(end - booked.EndsAt, terms.OverGraceMinutes) : 0;
        var early = ended is { } last ? Minutes(booked.EndsAt - last, terms.EarlyGraceMinutes) : 0;
        var found = new List<BookingVerdict>();
        if (late > 0) found.Add(BookingVerdict.Late);
        if (over > 0) found.Add(BookingVerdict.Overran);
        if (early > 0) found.Add(BookingVerdict.LeftEarly);
        return new Judgement(found.Count > 0 ? found : [BookingVerdict.AsBooked], late, over, early, [.. own.Select(u => u.Id).Order()]);
    }

    /// <summary>An excuse stays with a remade judgement that finds nothing it was not given for.</summary>
    public static bool KeepsExcuse(IEnumerable<BookingVerdict> excused, IEnumerable<BookingVerdict> found) => found.All(f => f == BookingVerdict.AsBooked || excused.Contains(f));

    /// <summary>What is wrong with an excuse: what there is to excuse, whose it is, and a reason of at most 500 characters.</summary>
    public static List<Problem> Excuse(IEnumerable<BookingVerdict> found, bool isExcused, bool isOwn, string? reason)
    {
        var problems = new List<Problem>();
        if (isOwn) problems.Add(Problem.Refused("verdict.own"));
        if (isExcused) problems.Add(Problem.Refused("verdict.excused-already"));
        else if (found.All(f => f == BookingVerdict.AsBooked)) problems.Add(Problem.Refused("verdict.nothing-to-excuse"));
        if (string.IsNullOrWhiteSpace(reason)) problems.Add(Problem.Invalid("verdict.reason-missing", "reason"));
        else if (reason.Trim().Length > UsageRules.MaxText) problems.Add(Problem.Invalid("usage.text-length", "reason", ("most", UsageRules.MaxText)));
        return problems;
    }

    /// <summary>What is wrong with graces: each is none or 0 to 1440 minutes; they begin today or later.</summary>
    public static List<Problem> Settings(VerdictTerms terms, LocalDate from, LocalDate today)
    {
        var problems = new List<Problem>();
        if (from < today) problems.Add(Problem.Invalid("verdict-settings.past", "validFrom", ("today", today)));
        foreach (var (field, minutes) in new[] { ("lateGraceMinutes", terms.LateGraceMinutes), ("overGraceMinutes", terms.OverGraceMinutes), ("earlyGraceMinutes", terms.EarlyGraceMinutes) })
            if (minutes is < 0 or > MaxGraceMinutes) problems.Add(Problem.Invalid("verdict-settings.grace", field, ("value", minutes), ("most", MaxGraceMinutes)));
        return problems;
    }

    // While somebody else is still at the unit when the booked time has come, the holder cannot begin.
    private static Instant FreeFrom(TimeSlot booked, IReadOnlyList<UseSpan> uses)
    {
        var others = uses.Where(u => !u.IsOwn && u.StartsAt < booked.StartsAt && u.EndsAt > booked.StartsAt).Select(u => u.EndsAt!.Value);
        return others.Append(booked.StartsAt).Max();
    }

    private static int Minutes(Duration beyond, int? graceMinutes) =>
        graceMinutes is { } grace && beyond > Duration.FromMinutes(grace) ? (int)Math.Ceiling(beyond.TotalSeconds / 60) : 0;
}
