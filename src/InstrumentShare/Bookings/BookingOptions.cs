namespace InstrumentShare.Bookings;

/// <summary>When bookings change by themselves.</summary>
public sealed class BookingOptions
{
    public const string Section = "Bookings";

    /// <summary>A request that nobody has decided on expires this many minutes before it would begin.</summary>
    public int ExpireMinutesBefore { get; set; } = 15;

    /// <summary>A confirmed booking that nobody checked in to is completed this many minutes after its end.</summary>
    public int CompleteMinutesAfter { get; set; } = 60;

    /// <summary>Who is at an instrument is told this many minutes before their time ends.</summary>
    public int EndingMinutesBefore { get; set; } = 15;

    /// <summary>How to connect to an instrument used from afar is shown to a booking's holder until so many minutes after its end.</summary>
    public int AccessMinutesAfter { get; set; } = 60;

    /// <summary>How often a node looks for changes that live calendars show.</summary>
    public int ChangesEveryMilliseconds { get; set; } = 1000;

    /// <summary>How many live calendars one person may have open on a node.</summary>
    public int ListenersPerPerson { get; set; } = 10;

    /// <summary>How many live calendars people who are not signed in may have open from one address on a node.</summary>
    public int ListenersPerAddress { get; set; } = 100;
}
