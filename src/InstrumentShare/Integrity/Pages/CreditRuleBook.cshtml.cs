using InstrumentShare.Access;
using InstrumentShare.Catalog.Pages;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Usage;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Integrity.Pages;

/// <summary>What events cost at a place, by which rule, and what was before; for who may, a form to put another rule in force.</summary>
[RequirePermission(IntegrityPermissions.Read)]
public sealed class CreditRuleBookModel(CreditRuleBook book, ChangeCredit change, Caller caller) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public string? Place { get; set; }

    [BindProperty]
    public string? Event { get; set; }

    [BindProperty]
    public string? Points { get; set; }

    [BindProperty]
    public string? ExpiresDays { get; set; } = "90";

    [BindProperty]
    public bool Enabled { get; set; } = true;

    [BindProperty]
    public string? ValidFrom { get; set; }

    public IReadOnlyList<(CreditPlace Place, string Text, bool MayChange)> Places { get; private set; } = [];

    public CreditRulesOfPlace Rules { get; private set; } = null!;

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public bool Saved { get; private set; }

    public bool MayChange => Places.Any(p => p.Place == Rules.Place && p.MayChange);

    public async Task<IActionResult> OnGetAsync(bool saved, CancellationToken cancel)
    {
        Saved = saved;
        return await ShowAsync(cancel);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (CreditPlace.Read(Place) is not { } place) return NotFound();
        var problems = new List<Problem>();
        var from = DateForm.Read("validFrom", ValidFrom, problems);
        if (problems.Count == 0)
        {
            var what = Word.TryParse<CreditEvent>(Event, out var known) ? known : (CreditEvent?)null;
            // Points are typed as what is taken.
            var taken = FormTimes.Count(Points, null);
            var outcome = await change.RuleAsync(new(place, what, taken is { } points ? (points < 0 ? 1 : -points) : null, FormTimes.Count(ExpiresDays, null), Enabled, from), cancel);
            if (outcome.IsOk) return Redirect($"/credit-rules?place={Uri.EscapeDataString(place.ToString())}&saved=true");
            problems.AddRange(outcome.Problems);
        }

        (Problems, Response.StatusCode) = (problems, ProblemAnswers.StatusOf(problems[0].Kind));
        return await ShowAsync(cancel);
    }

    private async Task<IActionResult> ShowAsync(CancellationToken cancel)
    {
        Places = await book.PlacesAsync(cancel);
        var place = string.IsNullOrEmpty(Place) ? Places.Where(p => p.MayChange).Concat(Places).Select(p => p.Place).FirstOrDefault() ?? new CreditPlace(caller.InstitutionId) : CreditPlace.Read(Place);
        if (place is null || await book.OfAsync(place, cancel) is not { } rules) return NotFound();
        Rules = rules;
        return Page();
    }
}
