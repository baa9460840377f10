using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Usage;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Billing;

public static class ChargeApi
{
    public sealed record AnnotateRequest(string[]? Tags, string[]? Evidence, string? ClaimReference, string? InvoiceNumber, LocalDate? InvoicedOn, string? Reason);

    public sealed record InvoiceRequest(Guid[]? ChargeIds, string? InvoiceNumber, LocalDate? InvoicedOn, string? Reason);

    public sealed record ExplanationAnswer(Guid Id, Money Amount, ChargeStatus Status, IReadOnlyList<ExplanationText.Line> Steps);

    public static void Map(RouteGroupBuilder api)
    {
        var charges = api.MapGroup("/charges").WithTags("Charges");
        charges.MapGet("/", ListAsync).WithName("ListCharges").WithSummary("Charges, newest service first").RequirePermission(BillingPermissions.Read);
        charges.MapGet("/{id:guid}", OneAsync).WithName("GetCharge").WithSummary("A charge").RequirePermission(BillingPermissions.Read);
        charges.MapGet("/{id:guid}/explanation", ExplainAsync).WithName("ExplainCharge").WithSummary("Steps from booking or use to the amount").RequirePermission(BillingPermissions.Read);
        charges.MapPatch("/{id:guid}", AnnotateAsync).WithName("AnnotateCharge").WithSummary("Write tags, evidence, claim and invoice on an issued charge").RequirePermission(BillingPermissions.Annotate);
        charges.MapPost("/invoices", InvoiceAsync).WithName("InvoiceCharges").WithSummary("Write one invoice on several charges of one payer").RequirePermission(BillingPermissions.Annotate).Idempotent();
    }

    private static async Task<IResult> ListAsync(HttpRequest request, ChargeQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(request, "instrument", "institution", "userInstitution", "person", "from", "to", "status", "kind", "invoiced", "mine");
        var filter = ReadFilter(list, out var onlyOwn);
        return list.Problems.Count > 0 ? answers.Of(list.Problems) : Results.Ok(await queries.ListAsync(filter, list.Limit, list.Cursor, onlyOwn, cancel));
    }

    public static ChargeFilter ReadFilter(ListQuery list, out bool onlyOwn)
    {
        onlyOwn = UsageFilters.Flag(list, "mine") ?? false;
        if (list.Cursor is { } cursor && !ChargeQueries.IsCursor(cursor)) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", cursor)));
        return new ChargeFilter(
            UsageFilters.Id(list, "instrument"), UsageFilters.Id(list, "institution"), UsageFilters.Id(list, "userInstitution"), UsageFilters.Id(list, "person"), UsageFilters.Date(list, "from"),
            UsageFilters.Date(list, "to"), UsageFilters.WordOf<ChargeStatus>(list, "status"), UsageFilters.WordOf<ChargeKind>(list, "kind"), UsageFilters.Flag(list, "invoiced"));
    }

    private static async Task<IResult> OneAsync(Guid id, ChargeQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        if (await queries.OneAsync(new ChargeId(id), cancel) is not { } charge) return answers.Of(Problem.NotFound());
        http.Response.SetETag(charge.Version);
        return Results.Ok(charge);
    }

    private static async Task<IResult> ExplainAsync(Guid id, ChargeQueries queries, Words words, ProblemAnswers answers, CancellationToken cancel)
    {
        if (await queries.OneAsync(new ChargeId(id), cancel) is not { } charge) return answers.Of(Problem.NotFound());
        var (steps, zone) = await queries.ExplanationAsync(new ChargeId(id), cancel);
        return Results.Ok(new ExplanationAnswer(id, charge.Amount, charge.Status, ExplanationText.Of(steps, words, zone)));
    }

    private static async Task<IResult> AnnotateAsync(Guid id, AnnotateRequest r, AnnotateCharges annotate, ChargeQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        var change = new AnnotateCharges.Change(r.Tags, r.Evidence, r.ClaimReference, r.InvoiceNumber, r.InvoicedOn, r.Reason);
        var outcome = await annotate.RunAsync([new ChargeId(id)], change, http.Request.IfMatch(), cancel);
        return outcome.IsOk ? await OneAsync(id, queries, http, answers, cancel) : answers.Of(outcome);
    }

    private static async Task<IResult> InvoiceAsync(InvoiceRequest r, AnnotateCharges annotate, ProblemAnswers answers, CancellationToken cancel)
    {
        var ids = (r.ChargeIds ?? []).Select(i => new ChargeId(i)).ToList();
        if (string.IsNullOrWhiteSpace(r.InvoiceNumber)) return answers.Of(Problem.Invalid("charge.invoice-incomplete", "invoiceNumber"));
        var outcome = await annotate.RunAsync(ids, new AnnotateCharges.Change(null, null, null, r.InvoiceNumber, r.InvoicedOn, r.Reason), null, cancel);
        return outcome.IsOk ? Results.Ok(new { chargeIds = ids, r.InvoiceNumber, r.InvoicedOn }) : answers.Of(outcome);
    }
}
