using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Access.Institutions.Pages;

/// <summary>Enters an institution, or changes one.</summary>
[RequirePermission(AccessPermissions.ManageSystem)]
public sealed class EditInstitutionModel(SaveInstitution save, AppDb db) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid? Id { get; set; }

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? NameEn { get; set; }

    [BindProperty]
    public string? SocialCreditCode { get; set; }

    [BindProperty]
    public string? Kind { get; set; } = Word.Of(InstitutionKind.University);

    [BindProperty]
    public string? Region { get; set; }

    [BindProperty]
    public string? RorId { get; set; }

    [BindProperty]
    public string? TimeZone { get; set; } = "Asia/Shanghai";

    [BindProperty]
    public List<string> Tags { get; set; } = [];

    [BindProperty]
    public string? EmailDomains { get; set; }

    [BindProperty]
    public bool IsActive { get; set; } = true;

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (Id is null) return Page();
        if (await db.Set<Institution>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == new InstitutionId(Id.Value), cancel) is not { } institution) return NotFound();
        var fields = SaveInstitution.FieldsOf(institution);
        (Name, NameEn, SocialCreditCode, Kind, Region) = (fields.Name, fields.NameEn, fields.SocialCreditCode, fields.Kind, fields.Region);
        (RorId, TimeZone, Tags, EmailDomains, IsActive) = (fields.RorId, fields.TimeZone, [.. fields.Tags!], string.Join(", ", fields.EmailDomains!), institution.IsActive);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        var domains = (EmailDomains ?? string.Empty).Split([',', '，', ';', ' ', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var fields = new InstitutionFields(Name ?? string.Empty, NameEn ?? string.Empty, SocialCreditCode ?? string.Empty, Kind, Region?.Trim(), RorId ?? string.Empty, TimeZone?.Trim() ?? string.Empty, Tags, domains, IsActive);
        var saved = Id is null ? await save.CreateAsync(fields, cancel) : await save.ChangeAsync(new InstitutionId(Id.Value), fields, cancel);
        if (saved.IsOk) return Redirect($"/institutions/{saved.Value.Id.Value}/edit?saved=1");
        if (saved.Problems[0].Kind == ProblemKind.NotFound) return NotFound();
        Problems = saved.Problems;
        return Page();
    }
}
