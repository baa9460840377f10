using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace InstrumentShare.Usage.Kiosks.Pages;

/// <summary>Tablets beside the reader's instruments: registered, seen, ended.</summary>
[RequirePermission(KioskPermissions.Kiosks)]
public sealed class KiosksModel(KioskQueries queries, ChangeKiosks change, PublicAddress address, IClock clock) : PageModel
{
    public IReadOnlyList<KioskRow> Kiosks { get; private set; } = [];

    public IReadOnlyList<UsagePlace> Instruments { get; private set; } = [];

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public Instant Now => clock.GetCurrentInstant();

    /// <summary>A code just made, on the one page that shows it.</summary>
    public ChangeKiosks.Coded? Made { get; private set; }

    public string Address => $"{address.Value}{KioskDoor.Path}/enrol?code={Made!.Code}";

    [BindProperty] public string? Name { get; set; }

    [BindProperty] public List<Guid> Instrument { get; set; } = [];

    [BindProperty] public string? Reason { get; set; }

    public Guid? Revoked { get; private set; }

    public Task OnGetAsync(CancellationToken cancel) => LoadAsync(cancel);

    public async Task OnPostAsync(CancellationToken cancel)
    {
        await ShowCodeAsync(await change.RegisterAsync(Name, Instrument, cancel), cancel);
        if (Made is not null) (Name, Instrument) = (null, []);
    }

    public async Task OnPostCodeAsync(Guid kiosk, CancellationToken cancel) => await ShowCodeAsync(await change.NewCodeAsync(kiosk, cancel), cancel);

    public async Task<IActionResult> OnPostRevokeAsync(Guid kiosk, CancellationToken cancel)
    {
        var revoked = await change.RevokeAsync(kiosk, Reason, cancel);
        if (revoked.IsOk) return Redirect("/manage/kiosks");
        (Problems, Revoked) = (revoked.Problems, kiosk);
        await LoadAsync(cancel);
        return Page();
    }

    private async Task ShowCodeAsync(Outcome<ChangeKiosks.Coded> outcome, CancellationToken cancel)
    {
        (Made, Problems) = (outcome.Value, outcome.Problems);
        await LoadAsync(cancel);
    }

    private async Task LoadAsync(CancellationToken cancel) => (Kiosks, Instruments) = (await queries.ListAsync(cancel), await queries.InstrumentsAsync(cancel));
}
