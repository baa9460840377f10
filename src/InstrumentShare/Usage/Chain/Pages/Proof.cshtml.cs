using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Usage.Chain.Pages;

/// <summary>Proves a period of usage on demand, or names the first place that does not hold.</summary>
[RequirePermission(UsagePermissions.View)]
public sealed class ProofModel(VerifyUsage verify, DeskQueries desk, Words words) : PageModel
{
    public IReadOnlyList<(string Value, string Text)> Instruments { get; private set; } = [];

    public ChainProof? Proof { get; private set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public string? this[string filter] => Request.Query[filter];

    public async Task OnGetAsync(CancellationToken cancel)
    {
        Instruments = [(string.Empty, words["usage.any"]), .. (await desk.InstrumentsAsync(cancel)).Select(i => (i.Id.ToString(), words.Name(i.Name.Name, i.Name.NameEn)))];
        var list = ListQuery.Read(Request, "instrument", "institution", "from", "to");
        var request = ChainApi.RequestOf(list);
        Problems = list.Problems;
        if (Problems.Count > 0 || Request.Query.Count == 0) return;
        var outcome = await verify.RunAsync(request, cancel);
        (Proof, Problems) = (outcome.Value, outcome.Problems);
    }
}
