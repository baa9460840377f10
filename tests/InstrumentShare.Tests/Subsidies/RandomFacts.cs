using System.Globalization;
using InstrumentShare.Subsidies.Evaluation;
using InstrumentShare.Subsidies.Language;

namespace InstrumentShare.Tests.Subsidies;

/// <summary>Facts made from a seed: every kind of user, region, value, tag and date, near the bounds more often than far from them.</summary>
internal static class RandomFacts
{
    private static readonly string[] Regions = ["CN-34", "CN-3401", "CN-50", "CN-500101", "CN-3702", "CN-370202", "CN-3701", "CN-43", "CN-35"];
    private static readonly string[] Kinds = ["enterprise", "research", "studentTeam", "individual"];
    private static readonly string[] Values = ["199999.99", "200000", "299999.99", "300000", "499999.99", "500000", "999999.99", "1000000", "2500000.55", "0"];
    private static readonly string[] UserTags = ["highTech", "qianfan", "networkMember"];
    private static readonly string[] Days = ["2023-12-31", "2024-01-01", "2024-06-30", "2024-12-31", "2025-01-01", "2025-03-02", "2025-12-31", "2026-01-01"];

    public static EvaluationRequest Of(int seed, bool withBudget = true)
    {
        var random = new Random(seed);
        var (institutions, users, instruments) = (random.Next(1, 5), random.Next(1, 8), random.Next(1, 9));
        var facts = new FactsInput(
            [.. Enumerable.Range(0, random.Next(0, 60)).Select(i => new ServiceInput(
                $"s{i}", $"org{random.Next(institutions)}", $"u{random.Next(users)}", $"i{random.Next(instruments)}", Amount(random), null, Days[random.Next(Days.Length)], null, null,
                random.Next(3) == 0 ? $"c{random.Next(3)}" : null, Tags(random), []))],
            [.. Enumerable.Range(0, instruments).Select(i => new InstrumentInput(
                $"i{i}", $"org{random.Next(institutions)}", Values[random.Next(Values.Length)], random.Next(4) == 0, random.Next(2) == 0 ? "public" : "private", Days[random.Next(random.Next(3) == 0 ? 8 : 2)], null))],
            [.. Enumerable.Range(0, institutions).Select(i => new InstitutionInput($"org{i}", Regions[random.Next(Regions.Length)], null, []))],
            [.. Enumerable.Range(0, users).Select(i => new UserInput($"u{i}", Kinds[random.Next(4)], Regions[random.Next(Regions.Length)], [.. UserTags.Where(_ => random.Next(3) == 0)]))]);
        var budget = withBudget && random.Next(2) == 0 ? Text(random.NextInt64(random.Next(2) == 0 ? 10_000 : 500_000_000)) : null;
        return new EvaluationRequest(null, "2024-01-01", random.Next(2) == 0 ? "2025-12-31" : "2024-12-31", budget, facts);
    }

    public static EvaluationRequest Shuffled(EvaluationRequest request, int seed)
    {
        var random = new Random(seed);
        return request with
        {
            Facts = new FactsInput(Mixed(request.Facts!.Services), Mixed(request.Facts.Instruments), Mixed(request.Facts.Institutions), Mixed(request.Facts.Users)),
        };

        List<T> Mixed<T>(IReadOnlyList<T>? list) => [.. list!.Select(x => (x, random.Next())).OrderBy(p => p.Item2).Select(p => p.x)];
    }

    private static string Amount(Random random) => random.Next(5) switch
    {
        0 => Text(random.NextInt64(100)),
        1 => Text(random.NextInt64(1_000_000_000)),
        2 => "0",
        _ => Text(random.NextInt64(30_000_000)),
    };

    private static List<string> Tags(Random random)
    {
        var tags = new List<string>();
        if (random.Next(6) == 0) tags.Add(Lexicon.Each(Lexicon.Excluding).ElementAt(random.Next(13)));
        if (random.Next(3) == 0) tags.Add("project:city");
        if (random.Next(3) == 0) tags.Add("project:research");
        return tags;
    }

    private static string Text(long fen) => (fen / 100m).ToString("0.00", CultureInfo.InvariantCulture);
}
