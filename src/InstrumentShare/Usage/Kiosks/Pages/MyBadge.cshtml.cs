using InstrumentShare.Access;
using InstrumentShare.Kernel;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Usage.Kiosks.Pages;

/// <summary>One's own card and PIN for tablets beside instruments.</summary>
[RequirePermission(KioskPermissions.Own)]
public sealed class MyBadgeModel(ChangeBadges badges, Caller caller) : PageModel
{
    public ChangeBadges.Own Mine { get; private set; } = null!;

    public bool HasInstitution => caller.InstitutionId is not null;

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    [BindProperty] public string? Number { get; set; }

    [BindProperty] public string? Pin { get; set; }

    public async Task OnGetAsync(CancellationToken cancel) => Mine = await badges.MineAsync(cancel);

    public async Task<IActionResult> OnPostBadgeAsync(CancellationToken cancel) => await AnswerAsync(await badges.OwnAsync(Number, cancel), cancel);

    public async Task<IActionResult> OnPostPinAsync(CancellationToken cancel) => await AnswerAsync(string.IsNullOrEmpty(Pin) ? KioskRules.Pin(Pin)! : await badges.PinAsync(Pin, cancel), cancel);

    public async Task<IActionResult> OnPostNoPinAsync(CancellationToken cancel) => await AnswerAsync(await badges.PinAsync(null, cancel), cancel);

    public async Task<IActionResult> OnPostRemoveAsync(Guid institution, CancellationToken cancel) =>
        await AnswerAsync(await badges.RemoveAsync(caller.PersonId!.Value, new InstitutionId(institution), cancel), cancel);

    private async Task<IActionResult> AnswerAsync(Outcome<Done> outcome, CancellationToken cancel)
    {
        if (outcome.IsOk) return Redirect("/account/badge");
        Problems = outcome.Problems;
        Mine = await badges.MineAsync(cancel);
        return Page();
    }
}
