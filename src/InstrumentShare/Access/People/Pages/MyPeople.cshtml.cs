using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Access.People.Pages;

/// <summary>Goes to the people of the institution one answers for; who answers for all chooses one first.</summary>
[RequirePermission(AccessPermissions.ReadPeople)]
public sealed class MyPeopleModel(Caller caller) : PageModel
{
    public IActionResult OnGet()
    {
        var own = caller.GrantsOf(AccessPermissions.ReadPeople).FirstOrDefault(g => g.ScopeKind == ScopeKind.Institution);
        return Redirect(own is null ? "/institutions" : $"/institutions/{own.ScopeId}/people");
    }
}
