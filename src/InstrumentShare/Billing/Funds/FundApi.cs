using InstrumentShare.Access;
using InstrumentShare.Access.Groups;
using InstrumentShare.Billing.Ledger;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Usage;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Billing.Funds;

public static class FundApi
{
    public sealed record FundRequest(
        Guid? GroupId, string? Number, string? Name, string? NameEn, Guid? ResponsibleId, LocalDate? ValidFrom, LocalDate? ValidTo, string[]? Expenses, Money? Limit, FundState? State)
    {
        public SaveFund.Request Wish => new(GroupId, Number, Name, NameEn, ResponsibleId, ValidFrom, ValidTo, Expenses, Limit, State);
    }

    public sealed record MoneyRequest(Money? Amount, string? Reason);

    public sealed record SplitRequest(string? Name, string? NameEn, SaveSplit.Part[]? Shares, bool? IsActive);

    public sealed record DefaultRequest(Guid? FundId);

    public sealed record TermsRequest(bool? DemandsFund, int? ReviewDays, decimal? TaxPercent, LocalDate? ValidFrom);

    public sealed record TermsAnswer(bool DemandsFund, int ReviewDays, decimal TaxPercent, LocalDate ValidFrom, LocalDate? ValidTo)
    {
        public static TermsAnswer Of(BillingTerms t) => new(t.DemandsFund, t.ReviewDays, t.TaxBasisPoints / 100m, t.ValidFrom, t.ValidTo);
    }

    public static void Map(RouteGroupBuilder api)
    {
        var funds = api.MapGroup("/funds").WithTags("Funds");
        funds.MapGet("/", ListAsync).WithName("ListFunds").WithSummary("Fund cards of one's groups, and those one's roles cover, with what is used, held and left").RequirePermission(FundPermissions.Read);
        funds.MapPost("/", CreateAsync).WithName("CreateFund").WithSummary("Make a fund card for a group").RequirePermission(FundPermissions.Manage).Idempotent();
        funds.MapGet("/{id:guid}", OneAsync).WithName("GetFund").WithSummary("A fund card").RequirePermission(FundPermissions.Read);
        funds.MapPatch("/{id:guid}", ChangeAsync).WithName("ChangeFund").WithSummary("Change a fund card; absent fields stay").RequirePermission(FundPermissions.Manage);
        funds.MapGet("/{id:guid}/movements", MovementsAsync).WithName("ListFundMovements").WithSummary("What moved in and out of a fund, the latest first").RequirePermission(FundPermissions.Read);
        funds.MapGet("/{id:guid}/holds", HoldsAsync).WithName("ListFundHolds").WithSummary("What bookings hold of a fund now").RequirePermission(FundPermissions.Read);
        funds.MapPost("/{id:guid}/top-ups", TopUpAsync).WithName("TopUpFund").WithSummary("Put money into a fund, with a reason").RequirePermission(FundPermissions.Manage).Idempotent();
        funds.MapPost("/{id:guid}/withdrawals", WithdrawAsync).WithName("WithdrawFromFund").WithSummary("Take money out of a fund, with a reason").RequirePermission(FundPermissions.Manage).Idempotent();
        api.MapGet("/groups/{id:guid}/fund-splits", SplitsAsync).WithTags("Funds").WithName("ListFundSplits").WithSummary("How a group shares bills over its funds").RequirePermission(FundPermissions.Read);
        api.MapPost("/groups/{id:guid}/fund-splits", CreateSplitAsync).WithTags("Funds").WithName("CreateFundSplit").WithSummary("Share bills over several funds by percentages").RequirePermission(FundPermissions.Split).Idempotent();
        api.MapPatch("/fund-splits/{id:guid}", ChangeSplitAsync).WithTags("Funds").WithName("ChangeFundSplit").WithSummary("Change a split; absent fields stay").RequirePermission(FundPermissions.Split);
        api.MapPut("/groups/{id:guid}/default-fund", DefaultAsync).WithTags("Funds").WithName("PutDefaultFund").WithSummary("The fund or split that a group's bookings begin with; null for none").RequirePermission(FundPermissions.Split);
        api.MapGet("/institutions/{id:guid}/billing-terms", TermsAsync).WithTags("Funds").WithName("GetBillingTerms").WithSummary("Whether bookings name a fund, the review days and the tax of charges, by dates").RequirePermission(FundPermissions.Read);
        api.MapPut("/institutions/{id:guid}/billing-terms", PutTermsAsync).WithTags("Funds").WithName("PutBillingTerms").WithSummary("Set how an institution settles from a date on").RequirePermission(FundPermissions.Manage);
    }

    private static async Task<IResult> ListAsync(HttpRequest request, FundQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(request, "institution", "group", "state");
        var filter = ReadFilter(list);
        var after = After(list);
        return list.Problems.Count > 0 ? answers.Of(list.Problems) : Results.Ok(await queries.ListAsync(filter, after, list.Limit, cancel));
    }

    public static FundFilter ReadFilter(ListQuery list) => new(UsageFilters.Id(list, "institution"), UsageFilters.Id(list, "group"), UsageFilters.WordOf<FundState>(list, "state"));

    public static Guid? After(ListQuery list)
    {
        if (list.Cursor is null) return null;
        if (Guid.TryParse(list.Cursor, out var after)) return after;
        list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", list.Cursor)));
        return null;
    }

    private static async Task<IResult> OneAsync(Guid id, FundQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        if (await queries.OneAsync(id, cancel) is not { } fund) return answers.Of(Problem.NotFound());
        http.Response.SetETag(fund.Version);
        return Results.Ok(fund);
    }

    private static async Task<IResult> CreateAsync(FundRequest r, SaveFund save, ProblemAnswers answers, CancellationToken cancel)
    {
        var outcome = await save.CreateAsync(r.Wish, cancel);
        return outcome.IsOk ? Results.Created($"/api/v1/funds/{outcome.Value.Id}", new { outcome.Value.Id, outcome.Value.Number, outcome.Value.State }) : answers.Of(outcome);
    }

    private static async Task<IResult> ChangeAsync(Guid id, FundRequest r, SaveFund save, FundQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        var outcome = await save.ChangeAsync(id, r.Wish, http.Request.IfMatch(), cancel);
        return outcome.IsOk ? await OneAsync(id, queries, http, answers, cancel) : answers.Of(outcome);
    }

    private static async Task<IResult> MovementsAsync(Guid id, HttpRequest request, FundQueries queries, FundMovements movements, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(request);
        var after = After(list);
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        return await queries.OneAsync(id, cancel) is { } fund ? Results.Ok(await movements.ListAsync(fund, after, list.Limit, cancel)) : answers.Of(Problem.NotFound());
    }

    private static async Task<IResult> HoldsAsync(Guid id, FundQueries queries, FundMovements movements, ProblemAnswers answers, CancellationToken cancel) =>
        await queries.OneAsync(id, cancel) is { } fund ? Results.Ok(new { items = await movements.HoldsAsync(fund, cancel) }) : answers.Of(Problem.NotFound());

    private static async Task<IResult> TopUpAsync(Guid id, MoneyRequest r, FillFund fill, ProblemAnswers answers, CancellationToken cancel) => LedgerApi.Answer(await fill.RunAsync(id, LedgerEntryKind.TopUp, r.Amount, r.Reason, cancel), answers);

    private static async Task<IResult> WithdrawAsync(Guid id, MoneyRequest r, FillFund fill, ProblemAnswers answers, CancellationToken cancel) => LedgerApi.Answer(await fill.RunAsync(id, LedgerEntryKind.Withdrawal, r.Amount, r.Reason, cancel), answers);

    private static async Task<IResult> SplitsAsync(Guid id, FundQueries queries, GroupQueries groups, ProblemAnswers answers, CancellationToken cancel) =>
        await groups.OfAsync(new GroupId(id), cancel) is { } group && queries.MayRead(group) ? Results.Ok(new { items = await queries.SplitsAsync(group.Id, cancel) }) : answers.Of(Problem.NotFound());

    private static async Task<IResult> CreateSplitAsync(Guid id, SplitRequest r, SaveSplit save, ProblemAnswers answers, CancellationToken cancel)
    {
        var outcome = await save.CreateAsync(new GroupId(id), new SaveSplit.Request(r.Name, r.NameEn, r.Shares, r.IsActive), cancel);
        return outcome.IsOk ? Results.Created($"/api/v1/groups/{id}/fund-splits", new { outcome.Value.Id, outcome.Value.Name }) : answers.Of(outcome);
    }

    private static async Task<IResult> ChangeSplitAsync(Guid id, SplitRequest r, SaveSplit save, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        var outcome = await save.ChangeAsync(id, new SaveSplit.Request(r.Name, r.NameEn, r.Shares, r.IsActive), http.Request.IfMatch(), cancel);
        return outcome.IsOk ? Results.Ok(new { outcome.Value.Id, outcome.Value.Name, outcome.Value.IsActive, outcome.Value.Version }) : answers.Of(outcome);
    }

    private static async Task<IResult> DefaultAsync(Guid id, DefaultRequest r, SaveSplit save, ProblemAnswers answers, CancellationToken cancel)
    {
        var outcome = await save.DefaultAsync(new GroupId(id), r.FundId, cancel);
        return outcome.IsOk ? Results.Ok(r) : answers.Of(outcome);
    }

    private static async Task<IResult> TermsAsync(Guid id, AppDb db, ProblemAnswers answers, CancellationToken cancel)
    {
        if (!await db.Set<Institution>().AnyAsync(i => i.Id == new InstitutionId(id), cancel)) return answers.Of(Problem.NotFound());
        var terms = await db.Set<BillingTerms>().AsNoTracking().Where(t => t.InstitutionId == new InstitutionId(id)).OrderBy(t => t.ValidFrom).Take(200).ToListAsync(cancel);
        return Results.Ok(new { items = terms.Select(TermsAnswer.Of) });
    }

    private static async Task<IResult> PutTermsAsync(Guid id, TermsRequest r, ChangeTerms change, ProblemAnswers answers, CancellationToken cancel)
    {
        var outcome = await change.RunAsync(new ChangeTerms.Change(new InstitutionId(id), r.DemandsFund, r.ReviewDays, r.TaxPercent, r.ValidFrom), cancel);
        return outcome.IsOk ? Results.Ok(TermsAnswer.Of(outcome.Value)) : answers.Of(outcome);
    }
}
