using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Usage.Feedback.Pages;

/// <summary>Where the user of an instrument says how it went; a booking refused for feedback owed leads here.</summary>
[RequirePermission(UsagePermissions.Own)]
public sealed class FeedbackModel(UsageQueries queries, GiveFeedback feedback, Caller caller) : PageModel
{
    public UsageRow Record { get; private set; } = null!;

    public UsageFeedback? Given { get; private set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    [BindProperty] public string? Kind { get; set; } = Word.Of(FeedbackKind.Normal);

    [BindProperty] public string? Text { get; set; }

    [BindProperty] public string? Rating { get; set; }

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancel) => await LoadAsync(id, cancel) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(Guid id, CancellationToken cancel)
    {
        // A number that is none is refused as such, never left out.
        var rating = string.IsNullOrWhiteSpace(Rating) ? (int?)null : int.TryParse(Rating, out var read) ? read : 0;
        var outcome = await feedback.RunAsync(new UsageId(id), new(Word.TryParse<FeedbackKind>(Kind, out var kind) ? kind : null, Text, rating), cancel);
        if (outcome.IsOk) return Redirect($"/my/usage/{id}/feedback");
        if (!await LoadAsync(id, cancel)) return NotFound();
        (Problems, Response.StatusCode) = (outcome.Problems, ProblemAnswers.StatusOf(outcome.Problems[0].Kind));
        return Page();
    }

    private async Task<bool> LoadAsync(Guid id, CancellationToken cancel)
    {
        var history = await queries.HistoryAsync(new UsageId(id), cancel);
        if (history.Count == 0 || history[0].Person.Id != caller.PersonId?.Value) return false;
        (Record, Given) = (history[0], await feedback.OnAsync(history.Select(h => h.Id), cancel));
        return true;
    }
}
