using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;

namespace InstrumentShare.Catalog.Pages;

public sealed record ApprovalsView(List<Dictionary<string, string?>> Rows, IReadOnlyList<Problem> Problems);

/// <summary>Steps of approval as a form shows them: those that are, and room for more.</summary>
public static class ApprovalForm
{
    private const int Room = 2;
    private const int Most = 20;

    public static readonly IReadOnlyList<string> Names = ["By", "UserClass", "ServiceMode", "LongerThanMinutes", "DearerThanYuan", "OutsideHours", "DeadlineHours", "AtDeadline"];

    public static string NameOf(int row, string name) => string.Create(CultureInfo.InvariantCulture, $"approval{row}{name}");

    public static List<Dictionary<string, string?>> Show(IReadOnlyList<ApprovalRule> rules) =>
        rules.Select(Show).Concat(Enumerable.Range(0, Room).Select(_ => new Dictionary<string, string?>(StringComparer.Ordinal))).ToList();

    public static List<Dictionary<string, string?>> Typed(IFormCollection form) => Enumerable.Range(0, Most).TakeWhile(row => form.ContainsKey(NameOf(row, "By")))
        .Select(row => Names.ToDictionary(n => n, n => (string?)form[NameOf(row, n)].FirstOrDefault(), StringComparer.Ordinal)).ToList();

    /// <summary>The rows that name an approver.</summary>
    public static List<ApprovalRule> Read(List<Dictionary<string, string?>> rows, List<Problem> problems)
    {
        var rules = new List<ApprovalRule>();
        for (var row = 0; row < rows.Count; row++)
        {
            var (typed, at) = (rows[row], row);
            if (!Word.TryParse<Approver>(typed.GetValueOrDefault("By"), out var by)) continue;
            rules.Add(new ApprovalRule(
                by, Choice<UserClass>(typed["UserClass"]), Choice<ServiceMode>(typed["ServiceMode"]), Number("LongerThanMinutes"),
                Number("DearerThanYuan") * 100L, typed["OutsideHours"] == "true", Number("DeadlineHours"), Choice<AtDeadline>(typed["AtDeadline"]) ?? AtDeadline.Remind));

            int? Number(string name)
            {
                if (string.IsNullOrWhiteSpace(typed[name])) return null;
                if (int.TryParse(typed[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
                problems.Add(Problem.Invalid("catalog.whole-number", NameOf(at, name), ("value", typed[name])));
                return null;
            }
        }

        return rules;
    }

    public static List<(string Value, string Text)> Choices<T>(Words t, string words, string none) where T : struct, Enum =>
        [(string.Empty, t[none]), .. Enum.GetValues<T>().Select(v => (Word.Of(v), t.Of(words, v)))];

    private static T? Choice<T>(string? word) where T : struct, Enum => Word.TryParse<T>(word, out var value) ? value : null;

    private static Dictionary<string, string?> Show(ApprovalRule r) => new(StringComparer.Ordinal)
    {
        ["By"] = Word.Of(r.By), ["UserClass"] = r.UserClass is { } users ? Word.Of(users) : null, ["ServiceMode"] = r.ServiceMode is { } mode ? Word.Of(mode) : null,
        ["LongerThanMinutes"] = r.LongerThanMinutes?.ToString(CultureInfo.InvariantCulture), ["DearerThanYuan"] = (r.DearerThanFen / 100)?.ToString(CultureInfo.InvariantCulture),
        ["OutsideHours"] = r.OutsideHours ? "true" : "false", ["DeadlineHours"] = r.DeadlineHours?.ToString(CultureInfo.InvariantCulture), ["AtDeadline"] = Word.Of(r.AtDeadline),
    };
}
