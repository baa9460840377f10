using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Usage;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Billing.Ledger;

public static class LedgerApi
{
    /// <param name="FromAccountId">Null for the institution's bank, for money that comes in.</param>
    /// <param name="ToAccountId">The same, for money that goes out.</param>
    public sealed record TransferRequest(Guid? InstitutionId, Guid? FromAccountId, Guid? ToAccountId, Money? Amount, string? Reason);

    public sealed record ReverseRequest(string? Reason);

    /// <param name="Month">Its first day.</param>
    public sealed record CloseRequest(Guid? InstitutionId, LocalDate? Month);

    public static readonly string[] Filters = ["institution", "account", "kind", "from", "to", "charge", "problem"];

    public static void Map(RouteGroupBuilder api)
    {
        var ledger = api.MapGroup("/ledger").WithTags("Ledger");
        ledger.MapGet("/accounts", AccountsAsync).WithName("ListLedgerAccounts").WithSummary("Accounts of an institution's ledger, with balance and what is held").RequirePermission(LedgerPermissions.View);
        ledger.MapGet("/entries", EntriesAsync).WithName("ListLedgerEntries").WithSummary("Entries with their lines, the latest first").RequirePermission(LedgerPermissions.View);
        ledger.MapGet("/entries.csv", FileAsync).WithName("ExportLedgerEntries").WithSummary("The same as CSV, a row a line").RequirePermission(LedgerPermissions.View);
        ledger.MapPost("/transfers", TransferAsync).WithName("EnterTransfer").WithSummary("Enter money from one account to another, with a reason").RequirePermission(LedgerPermissions.Enter).Idempotent();
        ledger.MapPost("/entries/{id:guid}/reversal", ReverseAsync).WithName("ReverseLedgerEntry").WithSummary("Take back an entry that was made by hand").RequirePermission(LedgerPermissions.Enter).Idempotent();
        ledger.MapGet("/periods", PeriodsAsync).WithName("ListLedgerPeriods").WithSummary("Closed months, and the one that closes next").RequirePermission(LedgerPermissions.View);
        ledger.MapPost("/periods", CloseAsync).WithName("CloseLedgerPeriod").WithSummary("Close the next month once it is over").RequirePermission(LedgerPermissions.Enter).Idempotent();
        ledger.MapGet("/proof", ProofAsync).WithName("GetLedgerProof").WithSummary("The last proof that balances equal lines").RequirePermission(LedgerPermissions.View);
    }

    private static async Task<IResult> AccountsAsync(HttpRequest request, LedgerQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(request, "institution", "kind");
        var (institution, kind) = (UsageFilters.Id(list, "institution"), UsageFilters.WordOf<LedgerAccountKind>(list, "kind"));
        Guid after = default;
        if (list.Cursor is not null && !Guid.TryParse(list.Cursor, out after)) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", request.Query["cursor"].ToString())));
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        return await queries.InstitutionAsync(institution, cancel) is { } of ? Results.Ok(await queries.AccountsAsync(of.Id.Value, kind, list.Cursor is null ? null : after, list.Limit, cancel)) : answers.Of(Problem.NotFound());
    }

    private static async Task<IResult> EntriesAsync(HttpRequest request, LedgerQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(request, Filters);
        var filter = ReadFilter(list);
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        return await queries.InstitutionAsync(UsageFilters.Id(list, "institution"), cancel) is { } of ? Results.Ok(await queries.EntriesAsync(filter with { Institution = of.Id.Value }, list.Limit, list.Cursor, cancel)) : answers.Of(Problem.NotFound());
    }

    private static async Task<IResult> FileAsync(HttpRequest request, LedgerQueries queries, LedgerFile file, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(request, Filters);
        var filter = ReadFilter(list);
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        return await queries.InstitutionAsync(UsageFilters.Id(list, "institution"), cancel) is { } of
            ? Results.Stream(stream => file.WriteAsync(filter with { Institution = of.Id.Value }, stream, cancel), "text/csv; charset=utf-8", "ledger.csv") : answers.Of(Problem.NotFound());
    }

    public static LedgerFilter ReadFilter(ListQuery list)
    {
        if (list.Cursor is { } cursor && !LedgerQueries.IsCursor(cursor)) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", cursor)));
        return new LedgerFilter(Guid.Empty, UsageFilters.Id(list, "account"), UsageFilters.WordOf<LedgerEntryKind>(list, "kind"), UsageFilters.Date(list, "from"), UsageFilters.Date(list, "to"), UsageFilters.Id(list, "charge"), UsageFilters.Flag(list, "problem"));
    }

    private static async Task<IResult> TransferAsync(TransferRequest r, MoveMoney money, ProblemAnswers answers, CancellationToken cancel) =>
        Answer(await money.TransferAsync(new MoveMoney.Transfer(new InstitutionId(r.InstitutionId ?? Guid.Empty), r.FromAccountId, r.ToAccountId, r.Amount, r.Reason), cancel), answers);

    private static async Task<IResult> ReverseAsync(Guid id, ReverseRequest r, MoveMoney money, ProblemAnswers answers, CancellationToken cancel) => Answer(await money.ReverseAsync(new LedgerEntryId(id), r.Reason, cancel), answers);

    private static async Task<IResult> PeriodsAsync(HttpRequest request, LedgerQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(request, "institution");
        var asked = UsageFilters.Id(list, "institution");
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        if (await queries.InstitutionAsync(asked, cancel) is not { } of) return answers.Of(Problem.NotFound());
        return Results.Ok(new { items = (await queries.PeriodsAsync(of.Id, cancel)).Select(p => new { p.Month, p.ClosedAt }), next = await queries.NextMonthAsync(of.Id, cancel) });
    }

    private static async Task<IResult> CloseAsync(CloseRequest r, ClosePeriod close, ProblemAnswers answers, CancellationToken cancel)
    {
        var outcome = await close.RunAsync(new InstitutionId(r.InstitutionId ?? Guid.Empty), r.Month, cancel);
        return outcome.IsOk ? Results.Json(new { outcome.Value.Month, outcome.Value.ClosedAt }, statusCode: StatusCodes.Status201Created) : answers.Of(outcome);
    }

    private static async Task<IResult> ProofAsync(HttpRequest request, LedgerQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(request, "institution");
        var asked = UsageFilters.Id(list, "institution");
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        return await queries.InstitutionAsync(asked, cancel) is { } of && await queries.ProofAsync(of.Id, cancel) is { } proof ? Results.Ok(proof) : answers.Of(Problem.NotFound());
    }

    internal static IResult Answer(Outcome<LedgerEntryId> outcome, ProblemAnswers answers) =>
        outcome.IsOk ? Results.Json(new { id = outcome.Value.Value }, statusCode: StatusCodes.Status201Created) : answers.Of(outcome);
}
