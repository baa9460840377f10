using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace InstrumentShare.Catalog.Pages;

/// <summary>What the pages of one instrument's settings share: the instrument, if it is the reader's to manage, and problems.</summary>
public abstract class ManagedPage(AppDb db, InstrumentQueries instruments, Caller caller, string tab) : PageModel
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public InstrumentDetail Detail { get; private set; } = null!;

    public InstrumentHead Head { get; private set; } = null!;

    public IReadOnlyList<Problem> Problems { get; protected set; } = [];

    protected InstrumentId InstrumentId => new(Id);

    protected DateTimeZone Zone => Detail.Zone;

    /// <summary>Null when the page can be shown; else the answer to give.</summary>
    protected async Task<IActionResult?> OpenAsync(CancellationToken cancel)
    {
        var found = await db.FindManagedInstrumentAsync(InstrumentId, caller, cancel);
        if (!found.IsOk) return found.Problems[0].Kind == ProblemKind.Forbidden ? Forbid() : NotFound();
        db.ChangeTracker.Clear();
        Detail = (await instruments.DetailAsync(InstrumentId, cancel))!;
        Head = new InstrumentHead(Detail.Instrument.Id, Detail.Instrument.Name, Detail.Instrument.NameEn, tab, Request.Query.ContainsKey("saved"));
        return null;
    }

    /// <summary>After a refused change: the page again, with what was typed and what is wrong.</summary>
    protected async Task<IActionResult> ShowAsync(IReadOnlyList<Problem> problems, CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        if (await OpenAsync(cancel) is { } answer) return answer;
        (Problems, Response.StatusCode) = (problems, ProblemAnswers.StatusOf(problems[0].Kind));
        return Page();
    }

    protected IActionResult Done() => Redirect($"/manage/instruments/{Id}/{Head.Path}?saved=true");
}
