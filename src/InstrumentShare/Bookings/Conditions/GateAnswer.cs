using InstrumentShare.Kernel;

namespace InstrumentShare.Bookings.Conditions;

/// <summary>What gates say of one time.</summary>
/// <param name="Problems">What stands against it.</param>
/// <param name="Conditions">What is said of it though it may be booked.</param>
public sealed record GateAnswer(IReadOnlyList<Problem> Problems, IReadOnlyList<BookingCondition> Conditions)
{
    public static GateAnswer Nothing { get; } = new([], []);

    public static GateAnswer Against(params IEnumerable<Problem> problems) => new([.. problems], []);
}
