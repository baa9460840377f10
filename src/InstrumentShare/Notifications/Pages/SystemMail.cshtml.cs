using InstrumentShare.Access;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Notifications.Pages;

/// <summary>Mail that has not left: what waits, what was given up and why. What it says is not shown: it is addressed to somebody.</summary>
[RequirePermission(AccessPermissions.ManageSystem)]
public sealed class SystemMailModel(AppDb db, RetryMessage retry) : PageModel
{
    private const int Shown = 100;

    public IReadOnlyList<OutboxMessage> Failed { get; private set; } = [];

    public IReadOnlyList<OutboxMessage> Waiting { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancel)
    {
        var unsent = db.Set<OutboxMessage>().AsNoTracking().Where(m => m.SentAt == null);
        Failed = await unsent.Where(m => m.FailedAt != null).OrderByDescending(m => m.FailedAt).Take(Shown).ToListAsync(cancel);
        Waiting = await unsent.Where(m => m.FailedAt == null && m.Held == null).OrderBy(m => m.NextAttemptAt).Take(Shown).ToListAsync(cancel);
    }

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancel) =>
        (await retry.RunAsync(id, cancel)).IsOk ? RedirectToPage() : NotFound();
}
