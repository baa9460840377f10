using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Orders.Items;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Orders.Samples.Pages;

public sealed record ChooseView(IReadOnlyList<SampleRow> Samples, IReadOnlyList<Guid> Chosen);

/// <summary>Batches on the instruments in the reader's care, and where samples wait.</summary>
[RequirePermission(OrderPermissions.Handle)]
public sealed class BatchesModel(SampleQueries queries) : PageModel
{
    private const int Rows = 30;

    public IReadOnlyList<(NamedPlace Instrument, int Waiting)> Desks { get; private set; } = [];

    public PageOf<BatchRow> List { get; private set; } = null!;

    public async Task OnGetAsync(string? cursor, CancellationToken cancel)
    {
        Desks = await queries.DesksAsync(cancel);
        List = await queries.BatchesAsync(null, Guid.TryParse(ListQuery.Decoded(cursor), out var before) ? before : null, Rows, cancel);
    }
}

/// <summary>Puts samples together for an instrument.</summary>
[RequirePermission(OrderPermissions.Handle)]
public sealed class NewBatchModel(SampleQueries queries, InstrumentRulesQuery rules, ChangeBatches change, Caller caller, Words words, NodaTime.IClock clock) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Instrument { get; set; }

    [BindProperty] public string? Name { get; set; }

    [BindProperty] public List<Guid> Chosen { get; set; } = [];

    public InstrumentRules Rules { get; private set; } = null!;

    public IReadOnlyList<SampleRow> Waiting { get; private set; } = [];

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        Chosen = [.. Waiting.Select(s => s.Id.Value)];
        Name = words["batches.default-name", ("on", Rules.DateOf(clock.GetCurrentInstant()))];
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (!await LoadAsync(cancel)) return NotFound();
        var made = await change.CreateAsync(new(Instrument, Name, Chosen), cancel);
        if (made.IsOk) return Redirect($"/manage/batches/{made.Value.Id.Value}");
        (Problems, Response.StatusCode) = (made.Problems, ProblemAnswers.StatusOf(made.Problems[0].Kind));
        return Page();
    }

    private async Task<bool> LoadAsync(CancellationToken cancel)
    {
        if (await rules.OfAsync(new InstrumentId(Instrument), cancel: cancel) is not { } found || !caller.May(OrderPermissions.Handle, found.Scope)) return false;
        (Rules, Waiting) = (found, await queries.WaitingAsync(found, cancel));
        return true;
    }
}

/// <summary>A result as a form sends it.</summary>
public sealed class BatchResultForm
{
    public Guid SampleId { get; set; }

    public string? Result { get; set; }

    public string? Note { get; set; }
}

/// <summary>One batch: its samples, its time, what came of it.</summary>
[RequirePermission(OrderPermissions.Handle)]
public sealed class BatchModel(SampleQueries queries, InstrumentRulesQuery rules, ChangeBatches change) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Id { get; set; }

    [BindProperty] public long? IfVersion { get; set; }

    [BindProperty] public string? StartsAt { get; set; }

    [BindProperty] public string? EndsAt { get; set; }

    [BindProperty] public List<BatchResultForm> Results { get; set; } = [];

    [BindProperty] public List<Guid> Chosen { get; set; } = [];

    public BatchDetail Detail { get; private set; } = null!;

    public InstrumentRules Rules { get; private set; } = null!;

    public IReadOnlyList<SampleRow> Waiting { get; private set; } = [];

    /// <summary>Whether no time is held for it.</summary>
    public bool MayBook => Detail.Row.BookingStatus is not { } status || !Booking.Holding.Contains(status);

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel) => await ShowAsync(cancel);

    public async Task<IActionResult> OnPostBookAsync(CancellationToken cancel)
    {
        if (await queries.BatchAsync(new BatchId(Id), cancel) is not { } detail) return NotFound();
        var problems = new List<Problem>();
        var wanted = WallTime.Read((await rules.OfAsync(new InstrumentId(detail.Row.Instrument.Id), cancel: cancel))!, StartsAt, EndsAt, problems);
        return wanted is not { } time || problems.Count > 0 ? await RefuseAsync(problems, cancel) : await AnswerAsync(await change.BookAsync(new BatchId(Id), time.StartsAt, time.EndsAt, null, null, cancel), cancel);
    }

    public async Task<IActionResult> OnPostDoneAsync(CancellationToken cancel) =>
        await AnswerAsync(await change.DoneAsync(new BatchId(Id), Results.ConvertAll(r => new ChangeBatches.ResultOf(r.SampleId, r.Result, r.Note)), IfVersion, cancel), cancel);

    public async Task<IActionResult> OnPostRemoveAsync(Guid sample, CancellationToken cancel) => await AnswerAsync(await change.RemoveAsync(new BatchId(Id), sample, IfVersion, cancel), cancel);

    public async Task<IActionResult> OnPostAddAsync(CancellationToken cancel) => await AnswerAsync(await change.AddAsync(new BatchId(Id), Chosen, IfVersion, cancel), cancel);

    public async Task<IActionResult> OnPostCancelAsync(CancellationToken cancel) => await AnswerAsync(await change.CancelAsync(new BatchId(Id), IfVersion, cancel), cancel);

    private async Task<IActionResult> AnswerAsync(Outcome<Batch> outcome, CancellationToken cancel) =>
        outcome.IsOk ? Redirect($"/manage/batches/{Id}") : outcome.Problems[0].Kind == ProblemKind.NotFound ? NotFound() : await RefuseAsync(outcome.Problems, cancel);

    private async Task<IActionResult> RefuseAsync(IReadOnlyList<Problem> problems, CancellationToken cancel)
    {
        Problems = problems;
        if (problems.Count > 0) Response.StatusCode = ProblemAnswers.StatusOf(problems[0].Kind);
        return await ShowAsync(cancel);
    }

    private async Task<IActionResult> ShowAsync(CancellationToken cancel)
    {
        ModelState.Clear();
        if (await queries.BatchAsync(new BatchId(Id), cancel) is not { } detail) return NotFound();
        (Detail, Rules) = (detail, (await rules.OfAsync(new InstrumentId(detail.Row.Instrument.Id), cancel: cancel))!);
        Waiting = detail.Row.Status == BatchStatus.Planned ? await queries.WaitingAsync(Rules, cancel) : [];
        return Page();
    }
}
