using InstrumentShare.Access;
using InstrumentShare.Catalog.Import;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Catalog.Pages;

/// <summary>A file of instruments: checked first, then taken in whole or not at all.</summary>
[RequirePermission(CatalogPermissions.ImportInstruments)]
[RefuseLargeUpload]
[RequestFormLimits(MultipartBodyLengthLimit = ImportApi.MaxRequestBytes)]
public sealed class ImportModel(AppDb db, Caller caller, ImportInstruments import) : PageModel
{
    private const int ListedInstitutions = 200;

    [BindProperty]
    public Guid? InstitutionId { get; set; }

    public IReadOnlyList<(string Value, string Text)> Institutions { get; private set; } = [];

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public ImportResult? Result { get; private set; }

    public async Task OnGetAsync(CancellationToken cancel)
    {
        await LoadInstitutionsAsync(cancel);
        if (!Request.Query.ContainsKey(RefuseLargeUploadAttribute.Reason)) return;
        (Problems, Response.StatusCode) = ([new Problem("import.too-large", "file", Kind: ProblemKind.Invalid)], StatusCodes.Status413PayloadTooLarge);
    }

    public async Task<IActionResult> OnPostAsync(IFormFile? file, string? action, CancellationToken cancel)
    {
        await LoadInstitutionsAsync(cancel);
        if (file is null) return Refused([Problem.Invalid("import.no-file", "file")]);
        var done = await import.RunAsync(await ImportApi.BytesAsync(file, cancel), InstitutionId is { } id ? new InstitutionId(id) : null, action != "import", cancel);
        if (!done.IsOk) return Refused(done.Problems);
        Result = done.Value;
        if (Result.ProblemCount > 0) Response.StatusCode = StatusCodes.Status400BadRequest;
        return Page();
    }

    private PageResult Refused(IReadOnlyList<Problem> problems)
    {
        (Problems, Response.StatusCode) = (problems, ProblemAnswers.StatusOf(problems[0].Kind));
        return Page();
    }

    private async Task LoadInstitutionsAsync(CancellationToken cancel)
    {
        var ids = ManagedInstruments.ManagedBy(caller).Institutions.Select(i => new InstitutionId(i)).ToList();
        var found = await db.Set<Institution>().AsNoTracking().Where(i => ids.Contains(i.Id) && i.IsActive).OrderBy(i => i.Name).Take(ListedInstitutions).ToListAsync(cancel);
        Institutions = found.Select(i => (i.Id.Value.ToString(), i.Name)).ToList();
    }
}
