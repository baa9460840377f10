using InstrumentShare.Kernel;

namespace InstrumentShare.Pricing;

/// <summary>What happened, or is planned, that a charge is counted from.</summary>
/// <param name="Booked">The booked slot; null for a use without a booking.</param>
/// <param name="Used">The slot really used; null when nothing was recorded, which only an estimate may have.</param>
/// <param name="Samples">How many samples were measured.</param>
/// <param name="IsEstimate">Whether the time used is yet to come and taken to be as booked.</param>
public sealed record ChargeBasis(TimeSlot? Booked, TimeSlot? Used, int Samples, bool IsEstimate = false)
{
    /// <summary>A booking that is yet to be used, taken to run as booked.</summary>
    public static ChargeBasis Estimate(TimeSlot booked, int samples = 1) => new(booked, null, samples, IsEstimate: true);
}

/// <summary>What a use costs under one policy, and why.</summary>
/// <param name="Seconds">The time that was charged for, in whole seconds; for a charge by samples the time used.</param>
public sealed record Price(Money Amount, long Seconds, int Samples, Explanation Explanation);
