using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Access.Groups.Pages;

/// <summary>The groups one leads; who answers for an institution goes on to its groups.</summary>
[RequirePermission(AccessPermissions.LeadGroup)]
public sealed class MyGroupsModel(GroupQueries queries, Caller caller) : PageModel
{
    private const int Shown = 200;

    public PageOf<GroupQueries.Item> List { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        List = await queries.ListAsync(null, null, Shown, cancel);
        var own = caller.GrantsOf(AccessPermissions.ManagePeople).FirstOrDefault(g => g.ScopeKind == ScopeKind.Institution);
        return List.Items.Count == 0 && own is not null ? Redirect($"/institutions/{own.ScopeId}/groups") : Page();
    }
}
