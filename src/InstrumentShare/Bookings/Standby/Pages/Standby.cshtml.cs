using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Bookings.Standby.Pages;

/// <summary>What the reader waits for, what is offered to them first.</summary>
[RequirePermission(BookingPermissions.Create)]
public sealed class StandbyModel(StandbyQueries queries, WithdrawStandby withdraw) : PageModel
{
    private const int Rows = 30;

    public IReadOnlyList<StandbyRow> Offers { get; private set; } = [];

    public PageOf<StandbyRow> List { get; private set; } = null!;

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string? cursor, CancellationToken cancel)
    {
        var position = ListQuery.Decoded(cursor);
        if (position is not null && StandbyQueries.ReadKey(position) is null) return RedirectToPage();
        await ShowAsync(position, cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostWithdrawAsync(Guid id, CancellationToken cancel)
    {
        var done = await withdraw.RunAsync(new StandbyId(id), cancel);
        if (done.IsOk) return RedirectToPage();
        if (done.Problems is [{ Kind: ProblemKind.NotFound }]) return NotFound();
        Problems = done.Problems;
        await ShowAsync(null, cancel);
        return Page();
    }

    private async Task ShowAsync(string? position, CancellationToken cancel) =>
        (Offers, List) = (await queries.OffersAsync(cancel), await queries.MineAsync(onlyOpen: false, position, Rows, cancel));
}
