using InstrumentShare.Access;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Subsidies.Pages;

[Public]
public sealed class PolicyModel(PolicyLibrary library, Caller caller) : PageModel
{
    public KnownPolicy Known { get; private set; } = null!;

    public bool MayRun => caller.May(SubsidyPermissions.Run, new Scope(Region: Known.Policy.Region));

    public async Task<IActionResult> OnGetAsync(string id, CancellationToken cancel)
    {
        if (await library.FindAsync(id, cancel) is not { } known) return NotFound();
        Known = known;
        return Page();
    }
}
