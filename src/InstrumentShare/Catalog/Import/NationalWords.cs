using InstrumentShare.Persistence;

namespace InstrumentShare.Catalog.Import;

/// <summary>The national record's enumerations, by code and by Chinese word; our own words are taken as well.</summary>
internal static class NationalWords
{
    public static IReadOnlyDictionary<string, string> BelongsTo { get; } = With<BelongsTo>(
        ("1", "center"), ("科学仪器中心", "center"), ("2", "facility"), ("重大科研基础设施", "facility"), ("4", "none"), ("不附属", "none"), ("无", "none"),
        ("6", "stateKeyLaboratory"), ("国家重点实验室", "stateKeyLaboratory"), ("7", "engineeringCenter"), ("国家工程技术研究中心", "engineeringCenter"), ("8", "germplasmBank"), ("生物种质资源库馆", "germplasmBank"));

    public static IReadOnlyDictionary<string, string> Source { get; } = With<InstrumentSource>(
        ("1", "purchased"), ("购置", "purchased"), ("2", "developed"), ("研制", "developed"), ("3", "donated"), ("赠送", "donated"), ("4", "other"), ("其他", "other"));

    public static IReadOnlyDictionary<string, string> Kind { get; } = With<InstrumentKind>(("1", "special"), ("专用", "special"), ("2", "general"), ("通用", "general"));

    public static IReadOnlyDictionary<string, string> Funds { get; } = With<FundSource>(
        ("1", "centralBudget"), ("中央财政资金", "centralBudget"), ("2", "localBudget"), ("地方财政资金", "localBudget"), ("3", "ownFunds"), ("单位自有资金", "ownFunds"), ("4", "otherFunds"), ("其他资金", "otherFunds"));

    public static IReadOnlyDictionary<string, string> Sharing { get; } = With<Sharing>(
        ("1", "internal"), ("内部共享", "internal"), ("2", "external"), ("外部共享", "external"), ("3", "none"), ("不共享", "none"));

    public static IReadOnlyDictionary<string, string> Status { get; } = With<InstrumentStatus>(
        ("1", "normal"), ("正常", "normal"), ("4", "occasionalFault"), ("偶有故障", "occasionalFault"), ("5", "frequentFault"), ("故障频繁", "frequentFault"),
        ("6", "awaitingRepair"), ("待修", "awaitingRepair"), ("7", "toBeScrapped"), ("待报废", "toBeScrapped"));

    public static IReadOnlyDictionary<string, bool> YesNo { get; } = new Dictionary<string, bool>(StringComparer.OrdinalIgnoreCase)
    {
        ["是"] = true, ["1"] = true, ["true"] = true, ["yes"] = true, ["否"] = false, ["0"] = false, ["false"] = false, ["no"] = false, ["无"] = false,
    };

    private static Dictionary<string, string> With<TEnum>(params (string Sent, string Word)[] pairs) where TEnum : struct, Enum
    {
        var words = Word.All<TEnum>().ToDictionary(w => w, w => w, StringComparer.OrdinalIgnoreCase);
        foreach (var (sent, word) in pairs) words.TryAdd(sent, word);
        return words;
    }
}
