using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings;

/// <summary>Says what is in the way of a slot, and offers the nearest three that satisfy every rule for this person.</summary>
internal static class OverlapSearch
{
    private static readonly Duration Near = Duration.FromDays(2);
    private static readonly Duration Far = Duration.FromDays(31);

    /// <param name="Problem">Null when a unit is free after all.</param>
    public sealed record Finding(Problem? Problem, int? FreeUnit);

    public static async Task<Finding> RunAsync(NpgsqlConnection connection, InstrumentRules instrument, TimeSlot slot, Booker booker, PersonId person, BookingId? except, Instant now, CancellationToken cancel)
    {
        var near = await LookAsync(connection, instrument, slot, booker, person, except, now, Near, cancel);
        if (near.FreeUnit(slot) is { } unit) return new Finding(null, unit);
        var length = Suggested(instrument, slot, booker);
        var nearest = near.Nearest(slot.StartsAt, Around(slot.StartsAt, Near), length);
        if (nearest.Count < 3) nearest = (await LookAsync(connection, instrument, slot, booker, person, except, now, Far, cancel)).Nearest(slot.StartsAt, Around(slot.StartsAt, Far), length);
        var held = BookingRules.Held(instrument, slot, booker.Audience);
        var taken = near.Taken.Where(t => t.Held.Overlaps(held)).OrderBy(t => t.Held.StartsAt).First().Held;
        return new Finding(Problem.Refused("booking.overlap", "startsAt", ("taken", taken), ("slots", nearest)), null);
    }

    private static async Task<FreeSlots> LookAsync(NpgsqlConnection connection, InstrumentRules instrument, TimeSlot slot, Booker booker, PersonId person, BookingId? except, Instant now, Duration reach, CancellationToken cancel)
    {
        // A day more on both sides for lengths and buffers that reach out of the range of starts.
        var range = Around(slot.StartsAt, reach).Widen(Duration.FromDays(1), slot.Length + Duration.FromDays(1));
        IReadOnlyList<BookingId> moved = except is { } id ? [id] : [];
        var held = await BookingReads.HeldAsync(connection, instrument.Id, range, moved, cancel);
        var around = await BookingReads.AroundAsync(connection, instrument, NeighbourNeeds.Of(instrument, booker, range, now), person, booker, moved, cancel);
        return new FreeSlots(instrument, booker, held, around, now);
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
