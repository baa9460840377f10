using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Usage.Chain;
using InstrumentShare.Usage.Feedback;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace InstrumentShare.Usage.Pages;

/// <summary>A usage record with all it corrects, and the form that corrects it; the first value stays in sight.</summary>
[RequirePermission(UsagePermissions.Read)]
public sealed class UsageDetailModel(UsageQueries queries, CorrectUsage correct, GiveFeedback feedback, ChainQueries chains, InstrumentRulesQuery instruments, Caller caller, IClock clock) : PageModel
{
    public IReadOnlyList<UsageRow> History { get; private set; } = [];

    public UsageRow Record => History[0];

    public DateTimeZone Zone { get; private set; } = DateTimeZone.Utc;

    public Instant Now => clock.GetCurrentInstant();

    /// <summary>What its user said after it.</summary>
    public UsageFeedback? Given { get; private set; }

    /// <summary>The record's place in its chain; null while it is open, or where nobody linked it.</summary>
    public LinkRow? Link { get; private set; }

    public bool MayCorrect { get; private set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    [BindProperty] public string? StartsAt { get; set; }

    [BindProperty] public string? EndsAt { get; set; }

    [BindProperty] public string? Samples { get; set; }

    [BindProperty] public string? Feedback { get; set; }

    [BindProperty] public string? Reason { get; set; }

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancel)
    {
        if (!await LoadAsync(id, cancel)) return NotFound();
        StartsAt = FormTimes.Format(Record.StartedAt, Zone);
        EndsAt = Record.EndedAt is { } end ? FormTimes.Format(end, Zone) : null;
        (Samples, Feedback) = (Record.Samples.ToString(System.Globalization.CultureInfo.InvariantCulture), Record.Feedback);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancel)
    {
        if (!await LoadAsync(id, cancel)) return NotFound();
        var (start, end) = (FormTimes.Parse(StartsAt, Zone), FormTimes.Parse(EndsAt, Zone));
        var unread = new List<Problem>();
        if (start is null) unread.Add(Problem.Invalid("usage.time-missing", "startsAt"));
        if (end is null) unread.Add(Problem.Invalid("usage.time-missing", "endsAt"));
        Problems = unread;
        if (unread.Count > 0) return Page();
        return await CorrectAsync(id, new CorrectUsage.Correction(start, end, FormTimes.Count(Samples, null), Feedback, null, Reason), cancel);
    }

    /// <summary>The record is right as it is, whatever its problem: the same values again, with the reason.</summary>
    public async Task<IActionResult> OnPostAcceptAsync(Guid id, CancellationToken cancel)
    {
        if (!await LoadAsync(id, cancel)) return NotFound();
        return await CorrectAsync(id, new CorrectUsage.Correction(null, null, null, null, null, Reason), cancel);
    }

    private async Task<IActionResult> CorrectAsync(Guid id, CorrectUsage.Correction correction, CancellationToken cancel)
    {
        var outcome = await correct.RunAsync(new UsageId(id), correction, cancel);
        Problems = outcome.Problems;
        return outcome.IsOk ? Redirect($"/manage/usage/{outcome.Value.Id.Value}") : Page();
    }

    private async Task<bool> LoadAsync(Guid id, CancellationToken cancel)
    {
        History = await queries.HistoryAsync(new UsageId(id), cancel);
        if (History.Count == 0) return false;
        Given = await feedback.OnAsync(History.Select(h => h.Id), cancel);
        Link = await chains.OfAsync(new InstrumentId(Record.Instrument.Id), new UsageId(Record.Id), cancel);
        Zone = DateTimeZoneProviders.Tzdb[Record.Zone];
        var instrument = await instruments.OfAsync(new InstrumentId(Record.Instrument.Id), cancel: cancel);
        MayCorrect = Record.IsCurrent && Record.Status == UsageStatus.Closed && caller.May(UsagePermissions.Record, instrument!.Scope);
        return true;
    }
}
