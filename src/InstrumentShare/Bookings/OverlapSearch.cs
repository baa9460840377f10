using InstrumentShare.Access;
using InstrumentShare.Bookings.Companions;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings;

/// <summary>Says what is in the way of a slot, on its instrument and on all that is taken along, and offers the nearest three that satisfy every rule for this person.</summary>
internal static class OverlapSearch
{
    private static readonly Duration Near = Duration.FromDays(2);
    private static readonly Duration Far = Duration.FromDays(31);

    /// <param name="Problems">Empty when everything is free after all.</param>
    public sealed record Finding(IReadOnlyList<Problem> Problems, int? FreeUnit, CompanionPlan Plan);

    /// <param name="along">What is taken along; null for nothing.</param>
    public static async Task<Finding> RunAsync(NpgsqlConnection connection, InstrumentRules instrument, TimeSlot slot, Booker booker, PersonId person, BookingId? except, Instant now, Along? along, CancellationToken cancel)
    {
        if (along?.Unknown is { } unknown) return new Finding([unknown], null, CompanionPlan.Nothing);
        var near = await LookAsync(connection, instrument, slot, booker, person, except, now, Near, along, cancel);
        var (unit, plan) = (near.FreeUnit(slot), near.Along?.PlanAt(slot) ?? CompanionPlan.Nothing);
        if (unit is not null && plan.IsFree) return new Finding([], unit, plan);
        var length = Suggested(instrument, slot, booker);
        var nearest = near.Nearest(slot.StartsAt, Around(slot.StartsAt, Near), length);
        if (nearest.Count < 3) nearest = (await LookAsync(connection, instrument, slot, booker, person, except, now, Far, along, cancel)).Nearest(slot.StartsAt, Around(slot.StartsAt, Far), length);
        var problems = plan.Problems.Select(p => p with { Data = new Dictionary<string, object?>(p.Data ?? new Dictionary<string, object?>(), StringComparer.Ordinal) { ["slots"] = nearest } }).ToList();
        if (unit is null)
        {
            var held = BookingRules.Held(instrument, slot, booker.Audience);
            var taken = near.Taken.Where(t => t.Held.Overlaps(held)).OrderBy(t => t.Held.StartsAt).First().Held;
            problems.Insert(0, Problem.Refused("booking.overlap", "startsAt", ("taken", taken), ("slots", nearest)));
        }

        return new Finding(problems, unit, plan);
    }

    private static async Task<FreeSlots> LookAsync(NpgsqlConnection connection, InstrumentRules instrument, TimeSlot slot, Booker booker, PersonId person, BookingId? except, Instant now, Duration reach, Along? along, CancellationToken cancel)
    {
        // A day more on both sides for lengths and buffers that reach out of the range of starts.
        var range = Around(slot.StartsAt, reach).Widen(Duration.FromDays(1), slot.Length + Duration.FromDays(1));
        IReadOnlyList<BookingId> moved = except is { } id ? [id] : [];
        var held = await BookingReads.HeldAsync(connection, instrument.Id, range, moved, cancel);
        var around = await BookingReads.AroundAsync(connection, instrument, NeighbourNeeds.Of(instrument, booker, range, now), person, booker, moved, cancel);
        return new FreeSlots(instrument, booker, held, around, now) { Along = along is null ? null : await along.TimesAsync(connection, booker, range, cancel) };
    }

    private static TimeSlot Around(Instant instant, Duration reach) => new(instant - reach, instant + reach);

    // As long as was asked for, in whole steps of the grid, where the rules allow that at all.
    private static Duration Suggested(InstrumentRules instrument, TimeSlot slot, Booker booker)
    {
        if (instrument.RulesFor(booker.Audience, instrument.DateOf(slot.StartsAt)) is not { } rules) return slot.Length;
        var steps = (long)Math.Ceiling(slot.Length.TotalMinutes / rules.GranularityMinutes);
        return Duration.FromMinutes(Math.Clamp(steps * rules.GranularityMinutes, rules.MinMinutes, rules.MaxMinutes));
    }
}
