using InstrumentShare.Access;
using InstrumentShare.Bookings.Approvals;
using InstrumentShare.Bookings.Cancellations;
using InstrumentShare.Bookings.Series;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Pricing;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace InstrumentShare.Bookings.Pages;

/// <summary>One booking: what it is, what it will cost, and what may still be done with it.</summary>
[RequirePermission(BookingPermissions.Read)]
public sealed class BookingModel(BookingQueries queries, RescheduleBooking reschedule, CancelBooking cancelBooking, MoveSeries moveSeries, CancelSeries cancelSeries, DecideBooking decide, PricePolicies prices, QuoteLateCancellation late, Caller caller, IClock clock) : PageModel
{
    [BindProperty]
    public long? IfVersion { get; set; }

    [BindProperty]
    public string? StartsAt { get; set; }

    [BindProperty]
    public string? EndsAt { get; set; }

    /// <summary>Of a series, which dates a change is for.</summary>
    [BindProperty]
    public string? Scope { get; set; }

    [BindProperty]
    public string? OverrideReason { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public Booking Booking { get; private set; } = null!;

    public InstrumentRules Rules { get; private set; } = null!;

    public string Person { get; private set; } = string.Empty;

    public Price? Price { get; private set; }

    public bool JustMade { get; private set; }

    public bool IsOwn => BookingDoor.IsOwn(caller, Booking);

    public bool MayManage => BookingDoor.MayManage(caller, Booking, Rules);

    public bool MayChange => Booking.MainId is null && (IsOwn || MayManage) && Booking.Status is BookingStatus.Requested or BookingStatus.Confirmed && (IsOwn || MayManage) && Booking.StartsAt > clock.GetCurrentInstant();

    /// <summary>What cancelling now would be for its holder; null while it would not be late.</summary>
    public LateCancellation? Late { get; private set; }

    public bool MayDecide => Booking.Status == BookingStatus.Requested && ApprovalDoor.ActorOf(caller, Booking, Rules, clock.GetCurrentInstant()) is not null;

    public Instant CancelUntil => CancellationRules.Until(Rules, Booking.StartsAt, Booking.Audience);

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public IReadOnlyList<TimeSlot> Nearest => Problems.Select(p => p.Data?.GetValueOrDefault("slots")).OfType<IReadOnlyList<TimeSlot>>().FirstOrDefault() ?? [];

    /// <summary>The move that is asked to be confirmed; null before and after.</summary>
    public MovePreview? Preview { get; private set; }

    /// <summary>The same of many dates of a series, also where some of them clash.</summary>
    public SeriesMove? SeriesPreview { get; private set; }

    /// <param name="start">With <paramref name="end"/>: a new time to look at, as the calendar asks.</param>
    public async Task<IActionResult> OnGetAsync(Guid id, string? made, string? start, string? end, CancellationToken cancel)
    {
        JustMade = made is not null;
        (StartsAt, EndsAt) = (start, end);
        return start is null && end is null ? await ShowAsync(id, cancel) : await OnPostCheckAsync(id, null, cancel);
    }

    /// <summary>Looks without writing, and asks to confirm.</summary>
    public async Task<IActionResult> OnPostCheckAsync(Guid id, string? slot, CancellationToken cancel)
    {
        if (await queries.FindAsync(new BookingId(id), cancel) is not var (_, rules, _)) return NotFound();
        if (slot?.Split('/') is [var from, var to]) (StartsAt, EndsAt) = (from, to);
        var problems = new List<Problem>();
        var scope = SeriesInput.Scope(Scope, problems);
        if (WallTime.Read(rules, StartsAt, EndsAt, problems) is not { } wanted || problems.Count > 0) return await RefuseAsync(id, problems, cancel);
        if (scope != SeriesScope.This)
        {
            var look = await moveSeries.PreviewAsync(new(new BookingId(id), wanted.StartsAt, wanted.EndsAt, scope, null, OverrideReason), cancel);
            SeriesPreview = look.Value;
            return await RefuseAsync(id, look.Problems, cancel);
        }

        var outcome = await reschedule.PreviewAsync(new(new BookingId(id), wanted.StartsAt, wanted.EndsAt, null, OverrideReason), cancel);
        Preview = outcome.Value;
        return await RefuseAsync(id, outcome.Problems, cancel);
    }

    public async Task<IActionResult> OnPostMoveAsync(Guid id, string? slot, CancellationToken cancel)
    {
        if (await queries.FindAsync(new BookingId(id), cancel) is not var (_, rules, _)) return NotFound();
        if (slot?.Split('/') is [var from, var to]) (StartsAt, EndsAt) = (from, to);
        var problems = new List<Problem>();
        var scope = SeriesInput.Scope(Scope, problems);
        if (WallTime.Read(rules, StartsAt, EndsAt, problems) is not { } wanted || problems.Count > 0) return await RefuseAsync(id, problems, cancel);
        if (scope != SeriesScope.This) return await AnswerAsync(id, await moveSeries.RunAsync(new(new BookingId(id), wanted.StartsAt, wanted.EndsAt, scope, IfVersion, OverrideReason), cancel), cancel);
        return await AnswerAsync(id, await reschedule.RunAsync(new(new BookingId(id), wanted.StartsAt, wanted.EndsAt, IfVersion, OverrideReason), cancel), cancel);
    }

    public async Task<IActionResult> OnPostCancelAsync(Guid id, CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var scope = SeriesInput.Scope(Scope, problems);
        if (problems.Count > 0) return await queries.FindAsync(new BookingId(id), cancel) is null ? NotFound() : await RefuseAsync(id, problems, cancel);
        if (scope != SeriesScope.This) return await AnswerAsync(id, await cancelSeries.RunAsync(new BookingId(id), scope, Reason, IfVersion, cancel), cancel);
        return await AnswerAsync(id, await cancelBooking.RunAsync(new BookingId(id), Reason, IfVersion, cancel), cancel);
    }

    public async Task<IActionResult> OnPostApproveAsync(Guid id, CancellationToken cancel) => await AnswerAsync(id, await decide.ApproveAsync(new BookingId(id), IfVersion, cancel), cancel);

    public async Task<IActionResult> OnPostRejectAsync(Guid id, CancellationToken cancel) => await AnswerAsync(id, await decide.RejectAsync(new BookingId(id), Reason, IfVersion, cancel), cancel);

    private async Task<IActionResult> AnswerAsync(Guid id, Outcome<SeriesId> outcome, CancellationToken cancel) =>
        outcome.IsOk ? Redirect($"/booking-series/{outcome.Value.Value}") : outcome.Problems[0].Kind == ProblemKind.NotFound ? NotFound() : await RefuseAsync(id, outcome.Problems, cancel);

    private async Task<IActionResult> AnswerAsync(Guid id, Outcome<Booking> outcome, CancellationToken cancel) =>
        outcome.IsOk ? Redirect($"/bookings/{id}") : outcome.Problems[0].Kind == ProblemKind.NotFound ? NotFound() : await RefuseAsync(id, outcome.Problems, cancel);

    private Task<IActionResult> RefuseAsync(Guid id, IReadOnlyList<Problem> problems, CancellationToken cancel)
    {
        Problems = problems;
        return ShowAsync(id, cancel);
    }

    private async Task<IActionResult> ShowAsync(Guid id, CancellationToken cancel)
    {
        if (await queries.FindAsync(new BookingId(id), cancel) is not var (booking, rules, person)) return NotFound();
        (Booking, Rules, Person) = (booking, rules, person);
        Late = await late.OfAsync(booking, rules, cancel);
        var policies = await prices.OfAsync(rules.Id, rules.RulesVersion, cancel);
        if (policies.FirstOrDefault(p => p.Id == booking.PricePolicyId) is { } policy && ChargeCalculator.Compute(policy, ChargeBasis.Estimate(booking.Slot)) is { IsOk: true } price) Price = price.Value;
        return Page();
    }
}
