using System.Globalization;
using InstrumentShare.Subsidies.Evaluation;

namespace InstrumentShare.Tests.Subsidies;

/// <summary>
/// The presets a second time, each written down as plainly as its sentence, in yuan, with nothing of the engine: slow and easy to check.
/// </summary>
internal static class Naive
{
    public sealed record Paid(string Kind, string Id, string Payer, decimal Amount);

    private sealed record Line(string Kind, string Id, string Payer, decimal Amount, int Year, string Part);

    private sealed record Case(ServiceInput S, InstrumentInput I, UserInput U, decimal Amount, int Year);

    private static readonly string[] AnhuiOut =
        ["relatedParty", "outOfRegion", "tradeInspection", "commercialFilming", "medicalService", "telecomBilling", "statutoryCertification", "enforcementInspection"];

    public static List<Paid> Pay(string policy, EvaluationRequest request)
    {
        var paid = policy switch
        {
            "anhui-2015" => Anhui(request),
            "chongqing-early" => Chongqing(request),
            "qingdao" => Qingdao(request),
            "hunan-2018" => Hunan(request, 0.10m, 0.30m, 0.30m, 50_000m, 100_000m, 100_000m),
            "hunan-2025" => Hunan(request, 0.20m, 0.50m, 0.85m, decimal.MaxValue, decimal.MaxValue, 100_000m),
            "fujian-2019" => Fujian(request),
            _ => throw new ArgumentException(policy),
        };
        return Share(paid, request.Budget is null ? null : Yuan(request.Budget)).OrderBy(p => p.Kind, StringComparer.Ordinal).ThenBy(p => p.Id, StringComparer.Ordinal).ThenBy(p => p.Payer, StringComparer.Ordinal).ToList();
    }

    private static List<Paid> Anhui(EvaluationRequest request)
    {
        var cases = Counting(request, AnhuiOut).Where(c => Yuan(c.I.OriginalValue) >= (c.I.IsSet == true ? 1_000_000m : 300_000m)).ToList();
        var all = Cases(request);
        return
        [
            .. Capped(all, cases, "institution", "province", c => Round(c.Amount * 0.2m), 5_000_000m),
            .. Capped(all, cases, "user", "city", c => c.U.Kind is "enterprise" or "research" ? Round(c.Amount * 0.2m) : 0, 2_000_000m),
        ];
    }

    private static List<Paid> Chongqing(EvaluationRequest request)
    {
        var cases = Counting(request, []).Where(c => c.U.Kind is "enterprise" or "research" && c.U.Region!.StartsWith("CN-50", StringComparison.Ordinal)).ToList();
        return Cases(request).Select(c => c.U.Id!).Distinct().Select(user =>
        {
            var claims = cases.Where(c => c.U.Id == user).GroupBy(c => c.S.ClaimId is null ? "no claim" : "claim " + c.S.ClaimId);
            return new Paid("user", user, "city", claims.Sum(g => Math.Min(50_000m, g.Sum(c => Round(c.Amount * Rate(c))))));
        }).ToList();

        static decimal Rate(Case c) => c.S.Tags!.Contains("project:city") ? 0.3m : c.U.Tags!.Contains("networkMember") ? 0.2m : c.S.Tags!.Contains("project:research") ? 0.1m : 0m;
    }

    private static List<Paid> Qingdao(EvaluationRequest request)
    {
        var cases = Counting(request, []).Where(c =>
            c.I.Funding == "public" && Yuan(c.I.OriginalValue) >= 200_000m && c.U.Kind == "enterprise" && c.U.Region!.StartsWith("CN-3702", StringComparison.Ordinal)).ToList();
        var all = Cases(request);
        return
        [
            .. Capped(all, cases, "institution", "city", c => Round(c.Amount * 0.1m), 2_000_000m),
            .. Capped(all, cases, "user", "district", District, decimal.MaxValue),
            .. Capped(all, cases, "user", "city", District, 500_000m),
        ];

        static decimal District(Case c) => Round(c.Amount * (c.U.Tags!.Contains("highTech") || c.U.Tags!.Contains("qianfan") ? 0.2m : 0.1m));
    }

    private static List<Paid> Hunan(EvaluationRequest request, decimal institution, decimal enterprise, decimal student, decimal perInstrument, decimal perEnterprise, decimal perStudent)
    {
        var cases = Counting(request, ["relatedParty"]);
        var all = Cases(request);
        var income = all.Select(c => c.S.InstitutionId!).Distinct().Select(org => new Paid("institution", org, "province", cases
            .Where(c => c.S.InstitutionId == org)
            .GroupBy(c => (c.I.Id, c.Year))
            .Sum(g => Math.Min(perInstrument, g.Sum(c => Round(c.Amount * institution))))));
        var users = all.Select(c => c.U).DistinctBy(u => u.Id).Select(user => new Paid("user", user.Id!, "province", cases
            .Where(c => c.U.Id == user.Id)
            .GroupBy(c => c.Year)
            .Sum(g => Math.Min(
                user.Kind == "enterprise" ? perEnterprise : perStudent,
                g.Sum(c => Round(c.Amount * user.Kind switch { "enterprise" => enterprise, "research" => 0, _ => student }))))));
        return [.. income, .. users];
    }

    private static List<Paid> Fujian(EvaluationRequest request) => request.Facts!.Instruments!.GroupBy(i => i!.InstitutionId!).Select(g => new Paid(
        "institution",
        g.Key,
        "province",
        g.Where(i => i!.Funding == "private" && Yuan(i.OriginalValue) >= 300_000m && Day(i.EnrolledOn) <= Day(request.To))
            .Sum(i => Yuan(i!.OriginalValue) switch { < 500_000m => 20_000m, < 1_000_000m => 40_000m, _ => 60_000m }))).ToList();

    private static List<Case> Cases(EvaluationRequest request) => request.Facts!.Services!.Select(s => new Case(
        s!,
        request.Facts.Instruments!.Single(i => i!.Id == s!.InstrumentId)!,
        request.Facts.Users!.Single(u => u!.Id == s!.UserId)!,
        Yuan(s!.Amount),
        Day(s.ServedOn).Year)).ToList();

    private static List<Case> Counting(EvaluationRequest request, string[] excluding) => Cases(request)
        .Where(c => !c.S.Tags!.Any(t => t is "sameEntity" or "duplicateClaim" || excluding.Contains(t)))
        .Where(c => Day(c.S.ServedOn) >= Day(request.From) && Day(c.S.ServedOn) <= Day(request.To) && Day(c.S.ServedOn) >= Day(c.I.EnrolledOn))
        .ToList();

    private static IEnumerable<Paid> Capped(List<Case> all, List<Case> cases, string kind, string payer, Func<Case, decimal> amount, decimal cap)
    {
        string Id(Case c) => (kind == "user" ? c.U.Id : c.S.InstitutionId)!;
        return all.Select(Id).Distinct().Select(id => new Paid(kind, id, payer, cases.Where(c => Id(c) == id).GroupBy(c => c.Year).Sum(g => Math.Min(cap, g.Sum(amount)))));
    }

    private static List<Paid> Share(List<Paid> full, decimal? budget)
    {
        var sum = full.Sum(p => p.Amount);
        if (budget is null || budget >= sum) return full;
        var cut = full.Select(p => (Full: p, Exact: p.Amount * 100 * (budget.Value * 100), Whole: Math.Floor(p.Amount * 100 * (budget.Value * 100) / (sum * 100)))).ToList();
        var left = (int)(budget.Value * 100 - cut.Sum(c => c.Whole));
        return cut
            .OrderByDescending(c => c.Exact - (c.Whole * sum * 100)).ThenBy(c => c.Full.Kind, StringComparer.Ordinal)
            .ThenBy(c => c.Full.Id, StringComparer.Ordinal).ThenBy(c => c.Full.Payer, StringComparer.Ordinal)
            .Select((c, i) => c.Full with { Amount = (c.Whole + (i < left ? 1 : 0)) / 100 }).ToList();
    }

    private static decimal Round(decimal yuan) => Math.Floor((yuan * 100) + 0.5m) / 100;

    private static decimal Yuan(string? text) => decimal.Parse(text!, CultureInfo.InvariantCulture);

    private static DateOnly Day(string? text) => DateOnly.ParseExact(text!, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
