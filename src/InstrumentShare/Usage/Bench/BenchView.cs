using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Usage.Faults;
using NodaTime;

namespace InstrumentShare.Usage.Bench;

/// <summary>An instrument as it stands at its bench, for everyone.</summary>
/// <param name="Coming">Bookings from now on, within a day; names only for those who may see them.</param>
public sealed record BenchPlace(InstrumentRules Instrument, BenchState State, IReadOnlyList<CalendarItem> Coming, IReadOnlyList<StandingFault> Faults);

/// <summary>What one person can do at the bench now.</summary>
/// <param name="Due">One's own booking that is in use or may be checked in.</param>
/// <param name="UsedFrom">Since when it is in use.</param>
/// <param name="Against">What stands against checking it in.</param>
/// <param name="Extensions">Null where nothing is to be made longer.</param>
/// <param name="WalkUps">Times to take at once, without a booking.</param>
/// <param name="NoWalkUp">Why there are none, where the instrument is free.</param>
/// <param name="Next">The next free slots.</param>
public sealed record BenchMine(
    CalendarItem? Due, Instant? UsedFrom, Problem? Against, Extensions? Extensions, IReadOnlyList<TimeSlot> WalkUps, IReadOnlyList<Problem> NoWalkUp, IReadOnlyList<TimeSlot> Next);

/// <summary>The buttons of one instrument: what is shown, and where they lead to.</summary>
/// <param name="Action">The address that the forms go to.</param>
public sealed record BenchView(BenchPlace Place, BenchMine? Mine, Instant Now, string Action, BenchForm Form, IReadOnlyList<Problem> Problems);

/// <summary>What was typed or tapped, so that nothing typed is lost.</summary>
public sealed record BenchForm(string? Samples = null, string? Feedback = null, string? Remark = null, string? Severity = null, string? Text = null);
