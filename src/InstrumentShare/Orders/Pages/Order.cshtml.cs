using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Catalog.Pages;
using InstrumentShare.Kernel;
using InstrumentShare.Orders.Items;
using InstrumentShare.Orders.Quotes;
using InstrumentShare.Orders.Samples;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Orders.Pages;

/// <summary>A part of an order's page: samples, results. Its view component is called with the order's id as <c>id</c>.</summary>
public sealed record OrderPart(Type Component);

public sealed record QuoteLinesView(IReadOnlyList<QuoteLine> Lines, Money Total, DateTimeZone Zone);

/// <summary>A line of a quote as typed.</summary>
public sealed class QuoteLineForm
{
    public string? OrderLineId { get; set; }

    public string? Label { get; set; }

    public string? Minutes { get; set; }

    public string? Amount { get; set; }

    public string? Reason { get; set; }

    public bool IsEmpty => OrderLineId is null && string.IsNullOrWhiteSpace(Label + Amount + Reason);
}

/// <summary>One order: where it stands, what it costs, and what the reader can do next.</summary>
[RequirePermission(OrderPermissions.Read)]
public sealed class OrderModel(AppDb db, OrderQueries queries, PlaceOrder place, EndOrder end, QuoteOrder quote, DecideQuote decide, FinishOrder finish, IEnumerable<OrderPart> parts, Words words, IClock clock) : PageModel
{
    private const int Besides = 2;
    private const int DefaultDays = 30;

    [BindProperty(SupportsGet = true)] public Guid Id { get; set; }

    [BindProperty] public long? IfVersion { get; set; }

    [BindProperty] public string? Reason { get; set; }

    [BindProperty] public List<QuoteLineForm> QuoteForm { get; set; } = [];

    [BindProperty] public string? ValidUntil { get; set; }

    [BindProperty] public string? QuoteNote { get; set; }

    public OrderDetail Detail { get; private set; } = null!;

    public IEnumerable<OrderPart> Parts => parts;

    public IReadOnlyList<QuoteLine>? Preview { get; private set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public bool MayWithdraw => Detail.Door.IsCustomer && (OrderRules.MayBecome(Detail.Order.Status, OrderStatus.Withdrawn) || Detail.Order.Status == OrderStatus.Accepted);

    public bool MayDecline => Detail.Door.MayQuote && OrderRules.MayBecome(Detail.Order.Status, OrderStatus.Declined);

    public bool MayCancel => Detail.Door.MayQuote && OrderRules.MayBecome(Detail.Order.Status, OrderStatus.Cancelled);

    /// <summary>What the order waits for, said to the reader's side.</summary>
    public string? Told
    {
        get
        {
            var key = $"orders.next.{(Detail.Door.IsCustomer ? "customer" : "lab")}.{Word.Of(Detail.Order.Status)}";
            return words.Has(key) ? words[key] : null;
        }
    }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel) => await ShowAsync(cancel);

    public async Task<IActionResult> OnPostSubmitAsync(CancellationToken cancel) => await AnswerAsync(await place.SubmitAsync(new OrderId(Id), IfVersion, cancel), cancel);

    public async Task<IActionResult> OnPostWithdrawAsync(CancellationToken cancel) => await AnswerAsync(await end.WithdrawAsync(new OrderId(Id), Reason, IfVersion, cancel), cancel);

    public async Task<IActionResult> OnPostDeclineAsync(CancellationToken cancel) => await AnswerAsync(await end.DeclineAsync(new OrderId(Id), Reason, IfVersion, cancel), cancel);

    public async Task<IActionResult> OnPostCancelAsync(CancellationToken cancel) => await AnswerAsync(await end.CancelAsync(new OrderId(Id), Reason, IfVersion, cancel), cancel);

    public async Task<IActionResult> OnPostDeliverAsync(CancellationToken cancel) => await AnswerAsync(await finish.DeliverAsync(new OrderId(Id), IfVersion, cancel), cancel);

    public async Task<IActionResult> OnPostCloseAsync(CancellationToken cancel) => await AnswerAsync(await finish.CloseAsync(new OrderId(Id), IfVersion, cancel), cancel);

    // "quote" is what the form calls the chosen quote.
    public async Task<IActionResult> OnPostAcceptAsync([FromForm(Name = "quote")] Guid chosen, CancellationToken cancel) => await AnswerAsync(await decide.AcceptAsync(new OrderId(Id), new QuoteId(chosen), IfVersion, cancel), cancel);

    public async Task<IActionResult> OnPostRefuseAsync([FromForm(Name = "quote")] Guid chosen, CancellationToken cancel) => await AnswerAsync(await decide.RefuseAsync(new OrderId(Id), new QuoteId(chosen), Reason, IfVersion, cancel), cancel);

    public async Task<IActionResult> OnPostQuoteAsync(CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var request = ReadQuote(problems);
        return problems.Count > 0 ? await RefuseAsync(problems, cancel) : await AnswerAsync(await quote.RunAsync(new OrderId(Id), request, IfVersion, cancel), cancel);
    }

    /// <summary>Computes without sending.</summary>
    public async Task<IActionResult> OnPostPreviewAsync(CancellationToken cancel)
    {
        if (await queries.OneAsync(new OrderId(Id), cancel) is not { Door.MayQuote: true } detail) return NotFound();
        var problems = new List<Problem>();
        var request = ReadQuote(problems);
        if (problems.Count > 0) return await RefuseAsync(problems, cancel);
        var priced = await quote.PriceAsync(detail.Order, request.Lines!, clock.GetCurrentInstant().InZone(detail.Zone).Date, cancel);
        Preview = priced.Value;
        return priced.IsOk ? await ShowAsync(cancel) : await RefuseAsync(priced.Problems, cancel);
    }

    private QuoteOrder.Request ReadQuote(List<Problem> problems)
    {
        var lines = new List<QuoteLineInput>();
        foreach (var (form, at) in QuoteForm.Select((f, at) => (f, at)).Where(f => !f.f.IsEmpty))
        {
            int? minutes = string.IsNullOrWhiteSpace(form.Minutes) ? null : int.TryParse(form.Minutes, NumberStyles.None, CultureInfo.InvariantCulture, out var read) ? read : -1;
            Money? amount = null;
            if (!string.IsNullOrWhiteSpace(form.Amount))
            {
                if (Money.TryParse(form.Amount.Trim(), out var money)) amount = money;
                else problems.Add(Problem.Invalid("price.amount-unreadable", $"lines[{at}].amount", ("value", form.Amount)));
            }

            lines.Add(new QuoteLineInput(Guid.TryParse(form.OrderLineId, out var id) ? id : null, form.Label, minutes, amount, form.Reason));
        }

        return new(DateForm.Read("validUntil", ValidUntil, problems), QuoteNote, lines);
    }

    private async Task<IActionResult> AnswerAsync(Outcome<Order> outcome, CancellationToken cancel) =>
        outcome.IsOk ? Redirect($"/orders/{Id}") : outcome.Problems[0].Kind == ProblemKind.NotFound ? NotFound() : await RefuseAsync(outcome.Problems, cancel);

    private async Task<IActionResult> RefuseAsync(IReadOnlyList<Problem> problems, CancellationToken cancel)
    {
        (Problems, Response.StatusCode) = ([.. problems.Select(p => p with { Field = p.Field?.Replace("lines[", "quoteForm[", StringComparison.Ordinal) })], ProblemAnswers.StatusOf(problems[0].Kind));
        return await ShowAsync(cancel);
    }

    private async Task<IActionResult> ShowAsync(CancellationToken cancel)
    {
        ModelState.Clear();
        if (await queries.OneAsync(new OrderId(Id), cancel) is not { } detail) return NotFound();
        Detail = detail;
        if (QuoteForm.Count == 0 && detail.Door.MayQuote && OrderRules.MayBeQuoted(detail.Order.Status)) await OfferQuoteAsync(cancel);
        return Page();
    }

    private async Task OfferQuoteAsync(CancellationToken cancel)
    {
        var ids = Detail.Lines.Where(l => l.TestItemId is not null).Select(l => l.TestItemId!.Value).ToList();
        var minutes = await db.Set<TestItem>().AsNoTracking().Where(i => ids.Contains(i.Id)).ToDictionaryAsync(i => i.Id, i => i.MinutesPerSample, cancel);
        QuoteForm = Detail.Lines.Select(l => new QuoteLineForm
        {
            OrderLineId = l.Id.Value.ToString(), Minutes = l.TestItemId is { } item ? (minutes[item] * l.Samples).ToString(CultureInfo.InvariantCulture) : null,
        }).Concat(Enumerable.Range(0, Besides).Select(_ => new QuoteLineForm())).ToList();
        ValidUntil ??= LocalDatePattern.Iso.Format(clock.GetCurrentInstant().InZone(Detail.Zone).Date.PlusDays(DefaultDays));
    }
}
