using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Catalog.Search;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Bookings.Calendar.Pages;

/// <summary>Several instruments beside one another, a row each. Which they are stands in the address; the page is whole without scripts.</summary>
[Public]
public sealed class TimelineModel(CalendarQuery calendar, InstrumentChoice choice, InstrumentSearch search, CalendarChanges changes, Caller caller, IClock clock) : PageModel
{
    private const int Offered = 12;

    private List<InstrumentId> ids = [];

    /// <summary>Where the stream of changes stood before anything was read.</summary>
    public long? After { get; } = changes.Position;

    public Instant Now { get; } = clock.GetCurrentInstant();

    public IReadOnlyList<TimelineRow> Rows { get; private set; } = [];

    /// <summary><c>day</c>, <c>week</c> or <c>list</c> of a week.</summary>
    public string Shown { get; private set; } = "day";

    public LocalDate Date { get; private set; }

    public LocalDate From => Shown == "day" ? Date : Date.PlusDays(1 - (int)Date.DayOfWeek);

    public int Days => Shown == "day" ? 1 : 7;

    /// <summary>First and last minute of the day that are drawn, in whole hours.</summary>
    public (int First, int Last) Window { get; private set; } = (0, 1440);

    public string? Query { get; private set; }

    public IReadOnlyList<InstrumentListItem> Found { get; private set; } = [];

    public IReadOnlyList<InstrumentChoice.GroupOption> Groups { get; private set; } = [];

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public bool IsStaff => choice.IsStaff;

    public bool IsSignedIn => caller.IsSignedIn;

    public bool MayBook => caller.IsSignedIn && caller.MayAnywhere(BookingPermissions.Create);

    public IEnumerable<InstrumentId> Chosen => ids;

    /// <param name="set"><c>mine</c> or <c>recent</c>: a set whose ids go into the address.</param>
    /// <param name="group">The same for a group of instruments.</param>
    /// <param name="without">One to be taken out of the address.</param>
    public async Task<IActionResult> OnGetAsync(string? instruments, string? view, string? date, string? q, string? set, string? group, string? without, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        Query = string.IsNullOrWhiteSpace(q) ? null : q.Trim();
        Shown = view is "week" or "list" ? view : "day";
        if (set is null && group is null && instruments is null && Query is null && IsSignedIn) set = IsStaff ? "mine" : "recent";
        if (set is not null || group is not null)
        {
            var taken = await SetAsync(set, group, problems, cancel);
            if (taken.Count > 0) return Redirect(Address(instruments: taken.Select(i => new InstrumentId(i)), date: date));
        }

        Read(instruments, problems);
        if (without is not null) return Redirect(Address(ids.Where(i => !string.Equals(i.Value.ToString(), without, StringComparison.OrdinalIgnoreCase)), date: date));
        var known = await calendar.InstrumentsAsync(ids, cancel);
        foreach (var unknown in ids.Except(known.Select(k => k.Id)))
            problems.Add(Problem.Refused("calendar.unknown-instrument", "instruments", ("value", unknown.Value)));
        ids = known.Select(k => k.Id).ToList();
        ReadDate(date, known, problems);
        if (Query is not null) await FindAsync(problems, cancel);
        Groups = await choice.GroupsAsync(cancel);
        await LoadAsync(known, cancel);
        Problems = problems;
        return Page();
    }

    /// <summary>This page's address with something changed; what is default stays out.</summary>
    public string Address(IEnumerable<InstrumentId>? instruments = null, string? view = null, LocalDate? on = null, string? date = null)
    {
        var parts = new List<string> { "instruments=" + string.Join(',', (instruments ?? ids).Select(i => i.Value)) };
        if ((view ?? Shown) is var shown && shown != "day") parts.Add("view=" + shown);
        if (on is { } day) date = LocalDatePattern.Iso.Format(day);
        if (date is not null) parts.Add("date=" + Uri.EscapeDataString(date));
        return "/calendar?" + string.Join('&', parts);
    }

    private Task<List<Guid>> SetAsync(string? set, string? group, List<Problem> problems, CancellationToken cancel)
    {
        if (group is not null && Guid.TryParse(group, out var id)) return choice.OfGroupAsync(id, cancel);
        if (group is null && set is "mine" or "recent") return set == "mine" ? choice.MineAsync(cancel) : choice.RecentAsync(cancel);
        problems.Add(group is not null ? Problem.Invalid("booking.id-unreadable", "group", ("value", group)) : Problem.Invalid("request.filter-value", "set", ("value", set), ("filter", "set"), ("known", "mine, recent")));
        return Task.FromResult(new List<Guid>());
    }

    private void Read(string? instruments, List<Problem> problems)
    {
        foreach (var text in (instruments ?? string.Empty).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(StringComparer.Ordinal))
        {
            if (Guid.TryParse(text, out var id)) ids.Add(new InstrumentId(id));
            else problems.Add(Problem.Invalid("booking.id-unreadable", "instruments", ("value", text)));
        }

        ids = ids.Distinct().ToList();
        if (ids.Count <= CalendarQuery.MostInstruments) return;
        problems.Add(Problem.Invalid("calendar.instruments", "instruments", ("max", CalendarQuery.MostInstruments), ("count", ids.Count)));
        ids.RemoveRange(CalendarQuery.MostInstruments, ids.Count - CalendarQuery.MostInstruments);
    }

    private void ReadDate(string? date, List<InstrumentRules> known, List<Problem> problems)
    {
        Date = Now.InZone(known.FirstOrDefault()?.Zone ?? Words.DefaultZone).Date;
        if (string.IsNullOrEmpty(date)) return;
        if (LocalDatePattern.Iso.Parse(date) is { Success: true, Value: { Year: > 1971 and < 2199 } given }) Date = given;
        else problems.Add(Problem.Invalid("calendar.date", "date", ("value", date)));
    }

    private async Task FindAsync(List<Problem> problems, CancellationToken cancel)
    {
        var found = await search.FindAsync(new InstrumentFilter { Q = Query, Limit = Offered }, cancel);
        if (found.IsOk) Found = found.Value.Items.Where(i => !ids.Contains(i.Id)).ToList();
        else problems.AddRange(found.Problems);
    }

    private async Task LoadAsync(List<InstrumentRules> known, CancellationToken cancel)
    {
        if (known.Count == 0) return;
        var ranges = known.Select(i => InstrumentWeek.RangeOf(i, From, Days)).ToList();
        var times = await calendar.OfAsync(known, new TimeSlot(ranges.Min(r => r.StartsAt), ranges.Max(r => r.EndsAt)), cancel);
        Rows = times.Select(t => new TimelineRow(t.Instrument, InstrumentWeek.Of(t, From, Days, Now))).ToList();
        var spans = Rows.SelectMany(r => r.Week.Days.SelectMany(d => d.Open.Concat(d.Items.Where(i => i.IsBooking).Select(i => new TimeSlot(i.StartsAt, i.EndsAt).Intersect(d.Whole)!.Value))
            .Select(s => (From: r.Minute(d, s.StartsAt), To: r.Minute(d, s.EndsAt))))).ToList();
        if (spans.Count > 0) Window = (spans.Min(s => s.From) / 60 * 60, (spans.Max(s => s.To) + 59) / 60 * 60);
    }
}

/// <summary>One instrument's row.</summary>
public sealed record TimelineRow(InstrumentRules Instrument, InstrumentWeek Week)
{
    /// <summary>Bookings of a tray lie below one another, one lane a unit; as many as are used, and never less than one.</summary>
    public int Lanes { get; } = Math.Clamp(Week.Days.SelectMany(d => d.Items).Select(i => i.Unit).DefaultIfEmpty(1).Max(), 1, Math.Max(1, Instrument.Capacity));

    public int StepMinutes { get; } = Instrument.RulesOn(Week.From)?.GranularityMinutes ?? 30;

    /// <summary>The minute on the wall of a day, 0 to 1440, cut to the day.</summary>
    public int Minute(InstrumentDay day, Instant at) =>
        at <= day.Whole.StartsAt ? 0 : at >= day.Whole.EndsAt ? 1440 : (int)(at.InZone(Instrument.Zone).TimeOfDay.TickOfDay / NodaConstants.TicksPerMinute);

    public string Wall(Instant at) => WallTime.Write(at, Instrument.Zone);
}

/// <summary>Where a span lies in the drawn part of a day, in per cent with two decimals, as SVG's attributes take it.</summary>
public readonly record struct Placed(decimal X, decimal Width)
{
    public static Placed? Of((int First, int Last) window, int from, int to)
    {
        var (start, end) = (Math.Clamp(from, window.First, window.Last), Math.Clamp(to, window.First, window.Last));
        var whole = (decimal)Math.Max(1, window.Last - window.First);
        return end > start ? new Placed((start - window.First) * 100 / whole, (end - start) * 100 / whole) : null;
    }

    public string Left => Percent(X);

    public string Wide => Percent(Width);

    public static string Percent(decimal share) => share.ToString("0.##", CultureInfo.InvariantCulture) + "%";
}
