using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Kernel;
using Microsoft.AspNetCore.Mvc;
using NodaTime;

namespace InstrumentShare.Usage.Bench.Pages;

/// <summary>What the label on an instrument leads to: how it stands, and to who is signed in the buttons for now.</summary>
[Public]
public sealed class BenchModel(BenchQueries queries, BenchActions actions, Caller caller, IClock clock) : BenchPage(queries, actions, clock)
{
    public bool MayAct => caller.IsSignedIn && caller.MayAnywhere(BookingPermissions.Create);

    public Task<IActionResult> OnGetAsync(string code, CancellationToken cancel) => ShowAsync(code, [], cancel);

    public async Task<IActionResult> OnPostAsync(string code, CancellationToken cancel)
    {
        if (!caller.IsSignedIn) return Redirect($"/sign-in?returnUrl={Uri.EscapeDataString("/b/" + code)}");
        if (!MayAct) return Forbid();
        if (await Queries.FindAsync(code, cancel) is not { } id) return NotFound();
        var problems = await ActAsync(id, cancel);
        return problems.Count == 0 ? Redirect($"/b/{Uri.EscapeDataString(code)}?done={Do}") : await ShowAsync(code, problems, cancel);
    }

    private async Task<IActionResult> ShowAsync(string code, IReadOnlyList<Problem> problems, CancellationToken cancel) =>
        await Queries.FindAsync(code, cancel) is { } id && await LoadAsync(id, $"/b/{Uri.EscapeDataString(code)}", problems, cancel) ? Page() : NotFound();
}
