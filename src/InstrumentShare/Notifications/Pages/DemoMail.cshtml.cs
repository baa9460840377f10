using InstrumentShare.Access;
using InstrumentShare.Demo;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace InstrumentShare.Notifications.Pages;

/// <summary>The latest mail of a demo, for everyone to read; absent anywhere else.</summary>
[Public]
public sealed class DemoMailModel(AppDb db, MailTemplates templates, IOptions<DemoOptions> demo) : PageModel
{
    private const int Shown = 50;

    public IReadOnlyList<(OutboxMessage Message, OutgoingMail Mail)> Latest { get; private set; } = [];

    public (OutboxMessage Message, OutgoingMail Mail)? Open { get; private set; }

    public async Task<IActionResult> OnGetAsync(Guid? id, CancellationToken cancel)
    {
        if (!demo.Value.Enabled) return NotFound();
        if (id is not null)
        {
            if (await db.Set<OutboxMessage>().AsNoTracking().SingleOrDefaultAsync(m => m.Id == id, cancel) is not { } message || !templates.Knows(message.Kind)) return NotFound();
            Open = (message, templates.Render(LeavingMail.Of(message)));
            return Page();
        }

        var messages = await db.Set<OutboxMessage>().AsNoTracking().OrderByDescending(m => m.Id).Take(Shown).ToListAsync(cancel);
        Latest = messages.Where(m => templates.Knows(m.Kind)).Select(m => (m, templates.Render(LeavingMail.Of(m)))).ToList();
        return Page();
    }
}
