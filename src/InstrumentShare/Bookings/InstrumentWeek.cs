using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>One local day of an instrument: what is on it, and what of its open time is free from now on.</summary>
public sealed record InstrumentDay(LocalDate Date, TimeSlot Whole, IReadOnlyList<TimeSlot> Open, IReadOnlyList<TimeSlot> Free, IReadOnlyList<CalendarItem> Items);

/// <summary>The days of an instrument, seven or one, as a list and as a strip.</summary>
public sealed record InstrumentWeek(LocalDate From, IReadOnlyList<InstrumentDay> Days)
{
    public static async Task<InstrumentWeek> LoadAsync(CalendarQuery calendar, InstrumentRules instrument, LocalDate from, Instant now, CancellationToken cancel)
    {
        var range = RangeOf(instrument, from, 7);
        var items = await calendar.OfAsync(instrument, range, cancel);
        var taken = (await calendar.FreeAsync(instrument, range, cancel)).Taken;
        return Of(instrument, from, 7, items, taken, now);
    }

    /// <summary>Of what was read for several instruments; what is free there leaves the buffers of bookings out.</summary>
    public static InstrumentWeek Of(InstrumentTimes times, LocalDate from, int days, Instant now)
    {
        var taken = times.Items.Where(i => i.IsBooking).Select(i => new HeldUnit(i.Unit, new TimeSlot(i.StartsAt, i.EndsAt)))
            .Concat(times.Items.Where(i => !i.IsBooking).SelectMany(i => Enumerable.Range(1, times.Instrument.Capacity).Select(u => new HeldUnit(u, new TimeSlot(i.StartsAt, i.EndsAt))))).ToList();
        return Of(times.Instrument, from, days, times.Items, taken, now);
    }

    public static TimeSlot RangeOf(InstrumentRules instrument, LocalDate from, int days) => new(StartOf(instrument, from), StartOf(instrument, from.PlusDays(days)));

    private static InstrumentWeek Of(InstrumentRules instrument, LocalDate from, int count, IReadOnlyList<CalendarItem> items, IReadOnlyList<HeldUnit> taken, Instant now)
    {
        var days = Enumerable.Range(0, count).Select(from.PlusDays).Select(d => (Date: d, Whole: RangeOf(instrument, d, 1))).ToList();
        var free = FreeSlots.Gaps(instrument, RangeOf(instrument, from, count), taken).Select(g => After(g, now)).OfType<TimeSlot>().ToList();
        return new InstrumentWeek(from, days.Select(d => new InstrumentDay(
            d.Date, d.Whole, instrument.OpenSpans(d.Whole), free.Select(f => f.Intersect(d.Whole)).OfType<TimeSlot>().ToList(),
            items.Where(i => i.StartsAt < d.Whole.EndsAt && d.Whole.StartsAt < i.EndsAt).OrderBy(i => i.StartsAt).ToList())).ToList());
    }

    private static Instant StartOf(InstrumentRules instrument, LocalDate date) => instrument.Zone.AtStartOfDay(date).ToInstant();

    private static TimeSlot? After(TimeSlot slot, Instant now) => slot.EndsAt <= now ? null : slot.StartsAt >= now ? slot : new TimeSlot(now, slot.EndsAt);
}
