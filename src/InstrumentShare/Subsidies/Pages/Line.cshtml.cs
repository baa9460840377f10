using InstrumentShare.Access;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Subsidies.Pages;

[RequirePermission(SubsidyPermissions.Read)]
public sealed class LineModel(ExplainLine explain) : PageModel
{
    public ExplainedLine Told { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(Guid id, Guid lineId, CancellationToken cancel)
    {
        if (await explain.RunAsync(SubsidyRunId.From(id), lineId, cancel) is not { } told) return NotFound();
        Told = told;
        return Page();
    }
}
