using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>One local day of an instrument: what is on it, and what of its open time is free from now on.</summary>
public sealed record InstrumentDay(LocalDate Date, TimeSlot Whole, IReadOnlyList<TimeSlot> Open, IReadOnlyList<TimeSlot> Free, IReadOnlyList<CalendarItem> Items);

/// <summary>Seven days of an instrument, as a list and as a strip.</summary>
public sealed record InstrumentWeek(LocalDate From, IReadOnlyList<InstrumentDay> Days)
{
    public static async Task<InstrumentWeek> LoadAsync(CalendarQuery calendar, InstrumentRules instrument, LocalDate from, Instant now, CancellationToken cancel)
    {
        var days = Enumerable.Range(0, 7).Select(from.PlusDays).Select(d => (Date: d, Whole: new TimeSlot(StartOf(instrument, d), StartOf(instrument, d.PlusDays(1))))).ToList();
        var range = new TimeSlot(days[0].Whole.StartsAt, days[^1].Whole.EndsAt);
        var items = await calendar.OfAsync(instrument, range, cancel);
        var taken = (await calendar.FreeAsync(instrument, range, cancel)).Taken;
        var free = FreeSlots.Gaps(instrument, range, taken).Select(g => After(g, now)).OfType<TimeSlot>().ToList();
        return new InstrumentWeek(from, days.Select(d => new InstrumentDay(
            d.Date, d.Whole, instrument.OpenSpans(d.Whole), free.Select(f => f.Intersect(d.Whole)).OfType<TimeSlot>().ToList(),
            items.Where(i => i.StartsAt < d.Whole.EndsAt && d.Whole.StartsAt < i.EndsAt).OrderBy(i => i.StartsAt).ToList())).ToList());
    }

    private static Instant StartOf(InstrumentRules instrument, LocalDate date) => instrument.Zone.AtStartOfDay(date).ToInstant();

    private static TimeSlot? After(TimeSlot slot, Instant now) => slot.EndsAt <= now ? null : slot.StartsAt >= now ? slot : new TimeSlot(now, slot.EndsAt);
}
