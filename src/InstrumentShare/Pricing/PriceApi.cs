using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Pricing;

public static class PriceApi
{
    /// <summary>Amounts that are left out are nothing.</summary>
    public sealed record ChangeRequest(
        UserClass? UserClass, LocalDate? ValidFrom, LocalDate? ValidTo, ChargeFor? ChargeFor, Money? RatePerHour, Money? RatePerSample, Money? StartUpFee, Money? MinimumFee, string? Note, bool AcknowledgeBookings = false);

    public sealed record Item(
        Guid Id, UserClass UserClass, LocalDate ValidFrom, LocalDate? ValidTo, ChargeFor ChargeFor, Money RatePerHour, Money RatePerSample, Money StartUpFee, Money MinimumFee, string Note);

    public static void Map(RouteGroupBuilder api)
    {
        var prices = api.MapGroup("/instruments/{id:guid}/prices").WithTags("Prices");
        prices.MapGet("/", ListAsync).WithName("ListPrices").WithSummary("Prices of an instrument by class of users, past, present and to come").Public();
        prices.MapPost("/", ChangeAsync).WithName("ChangePrice").WithSummary("Set a new price from a day on").RequirePermission(PricingPermissions.Change).Idempotent();
    }

    public static Item ItemOf(PricePolicy p) => new(p.Id.Value, p.UserClass, p.ValidFrom, p.ValidTo, p.ChargeFor, p.RatePerHour, p.RatePerSample, p.StartUpFee, p.MinimumFee, p.Note);

    private static async Task<IResult> ListAsync(Guid id, InstrumentRulesQuery instruments, PricePolicies policies, Caller caller, ProblemAnswers answers, CancellationToken cancel)
    {
        var rules = await instruments.OfAsync(new InstrumentId(id), cancel: cancel);
        if (rules is null || (!rules.IsVisible && !caller.May(PricingPermissions.Change, rules.Scope))) return answers.Of(Problem.NotFound());
        var items = await policies.OfAsync(rules.Id, rules.RulesVersion, cancel);
        return Results.Ok(new PageOf<Item>([.. items.Select(ItemOf)], null, items.Count));
    }

    private static async Task<IResult> ChangeAsync(Guid id, ChangeRequest request, ChangePrices change, ProblemAnswers answers, CancellationToken cancel)
    {
        var read = Read(request);
        if (!read.IsOk) return answers.Of(read);
        var outcome = await change.RunAsync(new InstrumentId(id), read.Value, cancel);
        return outcome.IsOk ? Results.Created($"/api/v1/instruments/{id}/prices", ItemOf(outcome.Value)) : answers.Of(outcome);
    }

    private static Outcome<PriceChange> Read(ChangeRequest r)
    {
        var problems = new List<Problem>();
        if (r.UserClass is null) problems.Add(Problem.Invalid("price.class-missing", "userClass"));
        if (r.ValidFrom is null) problems.Add(Problem.Invalid("price.from-missing", "validFrom"));
        if (r.ChargeFor is null) problems.Add(Problem.Invalid("price.charge-for-missing", "chargeFor"));
        if (problems.Count > 0) return problems;
        return new PriceChange(r.UserClass!.Value, r.ValidFrom!.Value, r.ValidTo, r.ChargeFor!.Value, r.RatePerHour ?? Money.Zero, r.RatePerSample ?? Money.Zero,
            r.StartUpFee ?? Money.Zero, r.MinimumFee ?? Money.Zero, r.Note?.Trim() ?? string.Empty, r.AcknowledgeBookings);
    }
}
