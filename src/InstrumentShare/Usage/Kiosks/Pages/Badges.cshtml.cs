using InstrumentShare.Access;
using InstrumentShare.Kernel;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Usage.Kiosks.Pages;

/// <summary>The cards of people at the reader's institutions. Numbers go in and never come out.</summary>
[RequirePermission(KioskPermissions.Badges)]
public sealed class BadgesModel(ChangeBadges badges) : PageModel
{
    public IReadOnlyList<ChangeBadges.BadgeRow> Badges { get; private set; } = [];

    public IReadOnlyList<Institution> Institutions { get; private set; } = [];

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    [BindProperty] public string? Email { get; set; }

    [BindProperty] public Guid InstitutionId { get; set; }

    [BindProperty] public string? Number { get; set; }

    public Task OnGetAsync(CancellationToken cancel) => LoadAsync(cancel);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel) => await AnswerAsync(await badges.OfAsync(Email, new InstitutionId(InstitutionId), Number, cancel), cancel);

    public async Task<IActionResult> OnPostRemoveAsync(Guid person, Guid institution, CancellationToken cancel) =>
        await AnswerAsync(await badges.RemoveAsync(new PersonId(person), new InstitutionId(institution), cancel), cancel);

    private async Task<IActionResult> AnswerAsync(Outcome<Done> outcome, CancellationToken cancel)
    {
        if (outcome.IsOk) return Redirect("/manage/badges");
        Problems = outcome.Problems;
        await LoadAsync(cancel);
        return Page();
    }

    private async Task LoadAsync(CancellationToken cancel) => (Badges, Institutions) = (await badges.ListAsync(cancel), await badges.InstitutionsAsync(cancel));
}
