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
}
