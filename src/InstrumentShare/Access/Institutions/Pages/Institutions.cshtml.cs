using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Access.Institutions.Pages;

/// <summary>All institutions: to change them, or on the way to their people.</summary>
[RequirePermission(AccessPermissions.ReadPeople)]
public sealed class InstitutionsModel(InstitutionQueries queries) : PageModel
{
    private const int Shown = 50;

    [BindProperty(SupportsGet = true, Name = "q")]
    public string? Words { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid? After { get; set; }

    public PageOf<InstitutionQueries.Item> List { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken cancel) => List = await queries.ListAsync(Words, null, null, inactiveToo: true, After, Shown, cancel);
}
