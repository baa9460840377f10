using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Bookings.HouseRules.Pages;

/// <summary>Where house rules are read and agreed to: those of an instrument, one document, or what the reader has agreed to.</summary>
[RequirePermission(HouseRulePermissions.Own)]
public sealed class OwnHouseRuleModel(HouseRuleQueries queries, InstrumentRulesQuery rules, JudgeBooking judge, AgreeToHouseRule agree) : PageModel
{
    /// <summary>A refused booking leads here.</summary>
    [BindProperty(SupportsGet = true, Name = "instrument")]
    public Guid? InstrumentId { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid? Document { get; set; }

    public InstrumentRules? Instrument { get; private set; }

    /// <summary>To be shown with their text.</summary>
    public IReadOnlyList<OwnHouseRule> Documents { get; private set; } = [];

    /// <summary>What the reader has agreed to, shown where nothing in particular is asked for.</summary>
    public IReadOnlyList<OwnHouseRule> Agreed { get; private set; } = [];

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (InstrumentId is { } id)
        {
            Instrument = await rules.OfAsync(new InstrumentId(id), cancel: cancel);
            if (Instrument is null || !judge.MaySee(Instrument)) return NotFound();
            Documents = await queries.OfInstrumentAsync(Instrument, cancel);
        }
        else if (Document is { } document)
        {
            if (await queries.OwnAsync(new HouseRuleId(document), cancel) is not { } found) return NotFound();
            Documents = [found];
        }
        else
        {
            Agreed = await queries.AgreedAsync(cancel);
        }

        return Page();
    }

    public async Task<IActionResult> OnPostAsync(Guid agreeTo, int number, CancellationToken cancel)
    {
        var agreed = await agree.RunAsync(new HouseRuleId(agreeTo), number, cancel);
        if (agreed.IsOk) return Redirect("/my/house-rules" + (InstrumentId is { } id ? "?instrument=" + id : Document is { } document ? "?document=" + document : string.Empty));
        if (agreed.Problems[0].Kind == ProblemKind.NotFound) return NotFound();
        (Problems, Response.StatusCode) = (agreed.Problems, ProblemAnswers.StatusOf(agreed.Problems[0].Kind));
        return await OnGetAsync(cancel);
    }
}
