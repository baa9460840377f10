using NodaTime;

namespace InstrumentShare.Tests.Support;

/// <summary>A clock that stands still until a test moves it. Starts on Monday 2 March 2026, 09:00 in Shanghai.</summary>
public sealed class FixedClock : IClock
{
    public static readonly Instant Start = Instant.FromUtc(2026, 3, 2, 1, 0);

    public Instant Now { get; set; } = Start;

    public Instant GetCurrentInstant() => Now;

    public void Advance(Duration by) => Now += by;
}
