using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Catalog.Pages;

/// <summary>An instrument's record as a form: a new one, or one that is there.</summary>
[RequirePermission(CatalogPermissions.ManageInstruments)]
public sealed class EditInstrumentModel(AppDb db, Caller caller, SaveInstrument save) : PageModel
{
    private const int ListedInstitutions = 200;

    [BindProperty(SupportsGet = true)]
    public Guid? Id { get; set; }

    /// <summary>The version the form was filled from.</summary>
    [BindProperty]
    public long? Version { get; set; }

    public InstrumentInput Input { get; private set; } = new()
    {
        IsVisible = true, TakesBookings = true, Capacity = 1, TimeZone = "Asia/Shanghai", Funds = [], Subjects = [], BelongsTo = "none", Funding = "public",
        Source = "purchased", Kind = "general", Sharing = "external", Status = "normal",
    };

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public InstrumentHead? Head { get; private set; }

    public IReadOnlyList<(string Value, string Text)> Institutions { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (Id is null)
        {
            await LoadInstitutionsAsync(cancel);
            return Page();
        }

        if (await LoadAsync(cancel) is not { } instrument) return NotFound();
        (Input, Version) = (InstrumentInput.Of(instrument), instrument.Version);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        Input = InstrumentForm.Read(Request.Form);
        var saved = Id is null ? await save.CreateAsync(Input, cancel) : await save.ChangeAsync(new InstrumentId(Id.Value), Input with { InstitutionId = null }, Version, cancel);
        if (saved.IsOk) return Redirect($"/manage/instruments/{saved.Value.Id.Value}?saved=true");
        if (saved.Problems[0].Kind == ProblemKind.NotFound) return NotFound();
        if (saved.Problems[0].Kind == ProblemKind.Forbidden) return Forbid();
        (Problems, Response.StatusCode) = (saved.Problems, ProblemAnswers.StatusOf(saved.Problems[0].Kind));
        db.ChangeTracker.Clear();
        if (Id is null) await LoadInstitutionsAsync(cancel);
        else await LoadAsync(cancel);
        return Page();
    }

    private async Task<Instrument?> LoadAsync(CancellationToken cancel)
    {
        var found = await db.FindManagedInstrumentAsync(new InstrumentId(Id!.Value), caller, cancel);
        if (!found.IsOk) return null;
        Head = new InstrumentHead(found.Value.Id, found.Value.Name, found.Value.NameEn, string.Empty, Request.Query.ContainsKey("saved"));
        return found.Value;
    }

    private async Task LoadInstitutionsAsync(CancellationToken cancel)
    {
        var ids = ManagedInstruments.ManagedBy(caller).Institutions.Select(i => new InstitutionId(i)).ToList();
        var found = await db.Set<Institution>().AsNoTracking().Where(i => ids.Contains(i.Id) && i.IsActive).OrderBy(i => i.Name).Take(ListedInstitutions).ToListAsync(cancel);
        Institutions = found.Select(i => (i.Id.Value.ToString(), i.Name)).ToList();
    }
}
