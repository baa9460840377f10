using InstrumentShare.Access;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Subsidies.Pages;

[Public]
public sealed class PoliciesModel(PolicyLibrary library) : PageModel
{
    public IReadOnlyList<KnownPolicy> Policies { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel) => Policies = await library.CurrentAsync(cancel);
}
