using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace InstrumentShare.Usage.Faults.Pages;

/// <summary>One fault: for its reporter to read, for staff to answer.</summary>
[RequirePermission(AccessPermissions.OwnAccount)]
[RequestFormLimits(MultipartBodyLengthLimit = 2L * FaultPhotoRules.MaxBytes)]
public sealed class FaultModel(FaultQueries queries, SettleFault settle, AddFaultPhoto photos, Caller caller, Words words, IClock clock) : PageModel
{
    public FaultRow Row { get; private set; } = null!;

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    [BindProperty] public string? Notice { get; set; }

    [BindProperty] public string? Severity { get; set; }

    [BindProperty] public string? Resolution { get; set; }

    [BindProperty] public bool Reopen { get; set; } = true;

    public bool MayView => caller.May(FaultPermissions.View, Row.Scope);

    public bool MayManage => caller.May(FaultPermissions.Manage, Row.Scope);

    public bool MayAddPhoto => Row.Status != FaultStatus.Resolved && Row.Photos < FaultPhotoRules.MostPhotos && (Row.ReportedBy.Id == caller.PersonId?.Value || MayManage);

    public bool MayClose => caller.May(CatalogPermissions.ManageInstruments, Row.Scope);

    public Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancel) => ShowAsync(id, cancel);

    public async Task<IActionResult> OnPostAcknowledgeAsync(Guid id, CancellationToken cancel) =>
        await AnswerAsync(id, await settle.AcknowledgeAsync(new FaultId(id), Word.TryParse<FaultSeverity>(Severity, out var severity) ? severity : null, Notice, cancel), cancel);

    public async Task<IActionResult> OnPostPhotoAsync(Guid id, IFormFile? file, CancellationToken cancel)
    {
        var added = file is null ? Problem.Invalid("import.no-file", "file") : await photos.RunAsync(new FaultId(id), await file.BytesAsync(cancel), cancel);
        Problems = added.Problems;
        if (added.IsOk) return Redirect($"/faults/{id}");
        Response.StatusCode = ProblemAnswers.StatusOf(Problems[0].Kind);
        return await ShowAsync(id, cancel);
    }

    public async Task<IActionResult> OnPostOutageAsync(Guid id, int days, CancellationToken cancel)
    {
        var until = days is > 0 and <= FaultRules.MaxOutageDays ? clock.GetCurrentInstant() + Duration.FromDays(days) : (Instant?)null;
        var outcome = await settle.OutageAsync(new FaultId(id), Notice, until, cancel);
        return outcome.IsOk ? Redirect($"/manage/instruments/{outcome.Value.InstrumentId.Value}/closures?saved=true&shown={outcome.Value.ClosureId!.Value.Value}") : await AnswerAsync(id, outcome, cancel);
    }

    public async Task<IActionResult> OnPostResolveAsync(Guid id, CancellationToken cancel) => await AnswerAsync(id, await settle.ResolveAsync(new FaultId(id), Resolution, Reopen, cancel), cancel);

    private async Task<IActionResult> AnswerAsync(Guid id, Outcome<Fault> outcome, CancellationToken cancel)
    {
        Problems = outcome.Problems;
        return outcome.IsOk ? Redirect($"/faults/{id}") : await ShowAsync(id, cancel);
    }

    private async Task<IActionResult> ShowAsync(Guid id, CancellationToken cancel)
    {
        if (await queries.OneAsync(new FaultId(id), cancel) is not { } row) return NotFound();
        Row = row;
        Notice ??= row.Notice ?? words[row.Severity == FaultSeverity.Unusable ? "fault.ready-unusable" : "fault.ready-limited"];
        Severity ??= Word.Of(row.Severity);
        return Page();
    }
}
