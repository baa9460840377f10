using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Catalog.Pages;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Options;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Orders.Results.Pages;

/// <summary>An order's results: files to download, who did, and more to add.</summary>
[RequirePermission(OrderPermissions.Read)]
[RequestFormLimits(MultipartBodyLengthLimit = 64L * 1024 * 1024)]
public sealed class ResultsModel(OrderQueries orders, ResultQueries results, UploadResult upload, IOptions<OrderOptions> options, Words words, IClock clock) : PageModel
{
    [BindProperty(SupportsGet = true)] public Guid Id { get; set; }

    [BindProperty] public string? OrderLineId { get; set; }

    [BindProperty] public string? ExpiresOn { get; set; }

    public OrderDetail Detail { get; private set; } = null!;

    public IReadOnlyList<ResultRow> Rows { get; private set; } = [];

    public IReadOnlyList<DownloadRow> Downloads { get; private set; } = [];

    public IReadOnlyList<(string Value, string Text)> Lines { get; private set; } = [];

    public int MaxMebibytes => options.Value.MaxFileMebibytes;

    public bool MayAdd => Detail.Door.MayHandle && OrderRules.TakesResults(Detail.Order.Status);

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel) => await ShowAsync(cancel);

    public async Task<IActionResult> OnPostAsync(IFormFile? file, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        if (file is null) problems.Add(Problem.Invalid("import.no-file", "file"));
        var expires = DateForm.Read("expiresOn", ExpiresOn, problems);
        if (problems.Count > 0) return await RefuseAsync(problems, cancel);
        var outcome = await upload.RunAsync(new OrderId(Id), file!.FileName, await file.BytesAsync(cancel), Guid.TryParse(OrderLineId, out var line) ? line : null, expires, null, cancel);
        return outcome.IsOk ? Redirect($"/orders/{Id}/results") : outcome.Problems[0].Kind == ProblemKind.NotFound ? NotFound() : await RefuseAsync(outcome.Problems, cancel);
    }

    private async Task<IActionResult> RefuseAsync(IReadOnlyList<Problem> problems, CancellationToken cancel)
    {
        (Problems, Response.StatusCode) = (problems, ProblemAnswers.StatusOf(problems[0].Kind));
        return await ShowAsync(cancel);
    }

    private async Task<IActionResult> ShowAsync(CancellationToken cancel)
    {
        ModelState.Clear();
        if (await orders.OneAsync(new OrderId(Id), cancel) is not { Door.MayDownload: true } detail) return NotFound();
        (Detail, Rows, Downloads) = (detail, await results.OfOrderAsync(detail.Order.Id, cancel), await results.DownloadsAsync(detail.Order.Id, cancel));
        Lines = [(string.Empty, words["results.whole"]), .. detail.Lines.Select(l => (l.Id.Value.ToString(), l.Position.ToString(CultureInfo.InvariantCulture) + ". " + l.Method))];
        ExpiresOn ??= LocalDatePattern.Iso.Format(clock.GetCurrentInstant().InZone(detail.Zone).Date.PlusDays(options.Value.KeepResultsDays));
        return Page();
    }
}
