using InstrumentShare.Kernel;

namespace InstrumentShare.Bookings.Conditions;

public enum ConditionEffect
{
    /// <summary>The person is told.</summary>
    Warn,

    /// <summary>The instrument's owner is asked first.</summary>
    NeedsApproval,
}

/// <summary>What a gate says of a booking that may be made all the same.</summary>
/// <param name="Gate">Who says it, in the words <c>gate.&lt;name&gt;</c>.</param>
/// <param name="Said">Why; its code and words are those of a problem, though it refuses nothing.</param>
public sealed record BookingCondition(string Gate, ConditionEffect Effect, Problem Said);
