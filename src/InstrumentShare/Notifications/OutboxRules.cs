using NodaTime;

namespace InstrumentShare.Notifications;

/// <summary>When a message that could not be sent is tried again, and when it is given up.</summary>
public static class OutboxRules
{
    // Short at first for a hiccup, then long enough for a server that is down over a weekend.
    private static readonly Duration[] Waits =
    [
        Duration.FromMinutes(1), Duration.FromMinutes(5), Duration.FromMinutes(15), Duration.FromHours(1),
        Duration.FromHours(6), Duration.FromHours(24), Duration.FromHours(48),
    ];

    /// <summary>How many attempts are made in all.</summary>
    public static int MaxAttempts => Waits.Length + 1;

    /// <summary>How long to wait after the given number of failed attempts; null when it is given up.</summary>
    /// <param name="attempts">Attempts made so far, at least 1.</param>
    public static Duration? WaitAfter(int attempts) => attempts <= Waits.Length ? Waits[attempts - 1] : null;
}
