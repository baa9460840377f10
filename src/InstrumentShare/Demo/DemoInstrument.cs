using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Pricing;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>An instrument of the demo with its hours, closures, rules and prices.</summary>
internal sealed record DemoInstrument(Instrument Entity, DemoKind Kind, DemoStyle Style, DemoInstitution Owner)
{
    public static readonly DateTimeZone Zone = DateTimeZoneProviders.Tzdb["Asia/Shanghai"];

    /// <summary>Who made its rules and decides on requests.</summary>
    public DemoPerson Manager { get; set; } = null!;

    public List<OpeningHours> Hours { get; } = [];

    public List<Closure> Closures { get; } = [];

    public List<BookingRuleSet> RuleSets { get; } = [];

    public List<PricePolicy> Prices { get; } = [];

    /// <summary>How many bookings a week it gets, in thousandths.</summary>
    public required int WeeklyPermille { get; init; }

    public bool IsBooked => Entity.TakesBookings && Entity.Sharing != Sharing.None;

    public IReadOnlyList<TimeSlot> BookableSpans(LocalDate from, LocalDate to) =>
        OpeningCalendar.Without(OpeningCalendar.OpenSpans(Hours, Zone, from, to), Closures.Select(c => c.Slot));
}
