using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace InstrumentShare.Bookings.Standby.Pages;

/// <summary>Where the links of an offer's mail lead: it asks before it acts, since mail programs open links by themselves.</summary>
[RequirePermission(BookingPermissions.Create)]
public sealed class OfferModel(StandbyQueries queries, AnswerOffer answer, IClock clock) : PageModel
{
    public StandbyRequest Waiting { get; private set; } = null!;

    public StandbyOffer Offer { get; private set; } = null!;

    public InstrumentRules Rules { get; private set; } = null!;

    /// <summary>What would come of accepting; null when it can no longer be answered.</summary>
    public OfferPreview? Preview { get; private set; }

    /// <summary>As it is by now: past its deadline it is over, whether the job has been there or not.</summary>
    public StandbyOfferState State => Offer.State == StandbyOfferState.Open && clock.GetCurrentInstant() >= Offer.AnswerBy ? StandbyOfferState.Expired : Offer.State;

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancel) => ShowAsync(id, cancel);

    public async Task<IActionResult> OnPostAcceptAsync(Guid id, CancellationToken cancel)
    {
        var booked = await answer.AcceptAsync(new StandbyOfferId(id), cancel);
        if (booked.IsOk) return Redirect($"/bookings/{booked.Value.Id.Value}?made=1");
        Problems = booked.Problems;
        return await ShowAsync(id, cancel);
    }

    public async Task<IActionResult> OnPostDeclineAsync(Guid id, CancellationToken cancel)
    {
        var declined = await answer.DeclineAsync(new StandbyOfferId(id), cancel);
        if (declined.IsOk) return Redirect("/standby");
        Problems = declined.Problems;
        return await ShowAsync(id, cancel);
    }

    private async Task<IActionResult> ShowAsync(Guid id, CancellationToken cancel)
    {
        if (await queries.FindAsync(new StandbyOfferId(id), cancel) is not var (request, offer, instrument)) return NotFound();
        (Waiting, Offer, Rules) = (request, offer, instrument);
        if (State == StandbyOfferState.Open) Preview = await answer.PreviewAsync(request, offer, instrument, cancel);
        return Page();
    }
}
