using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Catalog.Pages;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Orders.Samples.Pages;

/// <summary>Samples of one kind that came in, as a form sends it. Labels are separated by commas.</summary>
public sealed class PartForm
{
    public string? OrderLineId { get; set; }

    public string? Count { get; set; }

    public string? Labels { get; set; }

    public string? Condition { get; set; }

    public string? Place { get; set; }
}

/// <summary>An order's samples: received, returned, discarded. Its customer sees them.</summary>
[RequirePermission(OrderPermissions.Read)]
public sealed class OrderSamplesModel(OrderQueries orders, SampleQueries queries, ReceiveSamples receive, LeaveSamples leave, Words words) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Id { get; set; }

    [BindProperty] public long? IfVersion { get; set; }

    [BindProperty] public List<PartForm> Parts { get; set; } = [];

    [BindProperty] public List<Guid> Chosen { get; set; } = [];

    [BindProperty] public string? How { get; set; }

    [BindProperty] public string? To { get; set; }

    [BindProperty] public string? After { get; set; }

    public OrderDetail Detail { get; private set; } = null!;

    public IReadOnlyList<SampleRow> Samples { get; private set; } = [];

    /// <summary>How many of each line are still to come.</summary>
    public IReadOnlyDictionary<OrderLineId, int> Left { get; private set; } = null!;

    public bool MayHandle => Detail.Door.MayHandle;

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel) => await ShowAsync(cancel);

    public async Task<IActionResult> OnPostReceiveAsync(CancellationToken cancel)
    {
        var parts = Parts.Where(p => p.Count is not (null or "" or "0")).Select(p => new ReceiveSamples.Part(
            Guid.TryParse(p.OrderLineId, out var line) ? line : null, int.TryParse(p.Count, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : -1,
            p.Labels?.Split([',', '，', ';', '；', '、'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), p.Condition, p.Place)).ToList();
        return await AnswerAsync(await receive.RunAsync(new OrderId(Id), parts, IfVersion, cancel), cancel);
    }

    public async Task<IActionResult> OnPostReturnAsync(CancellationToken cancel) => await AnswerAsync(await leave.ReturnAsync(new OrderId(Id), Chosen, How, To, IfVersion, cancel), cancel);

    public async Task<IActionResult> OnPostAnnounceAsync(CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var after = DateForm.Read("after", After, problems);
        return problems.Count > 0 ? await RefuseAsync(problems, cancel) : await AnswerAsync(await leave.AnnounceAsync(new OrderId(Id), Chosen, after, IfVersion, cancel), cancel);
    }

    public async Task<IActionResult> OnPostDiscardAsync(CancellationToken cancel) => await AnswerAsync(await leave.DiscardAsync(new OrderId(Id), Chosen, IfVersion, cancel), cancel);

    private async Task<IActionResult> AnswerAsync(Outcome<Order> outcome, CancellationToken cancel) =>
        outcome.IsOk ? Redirect($"/orders/{Id}/samples") : outcome.Problems[0].Kind == ProblemKind.NotFound ? NotFound() : await RefuseAsync(outcome.Problems, cancel);

    private async Task<IActionResult> RefuseAsync(IReadOnlyList<Problem> problems, CancellationToken cancel)
    {
        (Problems, Response.StatusCode) = (problems, ProblemAnswers.StatusOf(problems[0].Kind));
        return await ShowAsync(cancel);
    }

    private async Task<IActionResult> ShowAsync(CancellationToken cancel)
    {
        ModelState.Clear();
        if (await orders.OneAsync(new OrderId(Id), cancel) is not { } detail) return NotFound();
        (Detail, Samples) = (detail, await queries.OfOrderAsync(new OrderId(Id), cancel));
        Left = detail.Lines.Select(l => (l.Id, Count: l.Samples - Samples.Count(s => s.LineId == l.Id))).Where(l => l.Count > 0).ToDictionary(l => l.Id, l => l.Count);
        if (Parts.Count == 0)
            Parts = detail.Lines.Where(l => Left.ContainsKey(l.Id)).Select(l => new PartForm { OrderLineId = l.Id.Value.ToString(), Count = Left[l.Id].ToString(CultureInfo.InvariantCulture), Condition = words["samples.condition-good"] }).ToList();
        return Page();
    }
}
