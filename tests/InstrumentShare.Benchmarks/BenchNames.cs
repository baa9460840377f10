using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Demo;

namespace InstrumentShare.Benchmarks;

/// <summary>Names as varied as a nation's: institutions of every city, instruments of every class.</summary>
internal static class BenchNames
{
    private static readonly (string Name, string NameEn)[] Institutions =
    [
        ("{0}大学", "{0} University"), ("{0}工业大学", "{0} University of Technology"), ("{0}师范大学", "{0} Normal University"), ("{0}农业大学", "{0} Agricultural University"),
        ("{0}医科大学", "{0} Medical University"), ("{0}理工学院", "{0} Institute of Science and Technology"), ("{0}中医药大学", "{0} University of Traditional Chinese Medicine"),
        ("中国科学院{0}物质科学研究所", "{0} Institute of Physical Science, Chinese Academy of Sciences"), ("{0}农业科学院", "{0} Academy of Agricultural Sciences"),
        ("{0}市第一人民医院", "First People's Hospital of {0}"), ("{0}产品质量监督检验研究院", "{0} Institute of Product Quality Supervision and Inspection"),
        ("{0}计量测试科学研究院", "{0} Institute of Metrology and Measurement"), ("{0}新材料研究院股份有限公司", "{0} Advanced Materials Research Institute Co., Ltd."),
        ("{0}生物医药技术有限公司", "{0} Biomedical Technology Co., Ltd."), ("{0}地质矿产研究所", "{0} Institute of Geology and Mineral Resources"), ("{0}职业技术学院", "{0} Vocational and Technical College"),
    ];

    private static readonly (string Name, string NameEn)[] Qualities =
        [("高分辨", "High-Resolution "), ("全自动", "Automated "), ("台式", "Benchtop "), ("原位", "In-Situ "), ("低温", "Low-Temperature "), ("便携式", "Portable "), ("多功能", "Multi-Purpose "), ("", "")];

    private static readonly string[] Cities = [.. RegionCatalog.Instance.Provinces.SelectMany(p => RegionCatalog.Instance.Children(p.Region)).Where(r => r.Region.Code.Length == 7 && r.Name.EndsWith('市')).Select(r => r.Region.Code)];

    private static readonly ClassificationEntry[] Leaves =
        [.. ClassificationTree.National.Roots.SelectMany(r => ClassificationTree.National.WithDescendants(r.Code)).Where(c => !ClassificationTree.National.ChildrenOf(c).Any()).Select(c => ClassificationTree.National.Find(c)!)];

    public static (string Name, string NameEn) Institution(int number)
    {
        var city = RegionCatalog.Instance.Find(new Kernel.Region(Cities[number % Cities.Length]))!;
        var (name, nameEn) = Institutions[number / Cities.Length % Institutions.Length];
        var again = number / Cities.Length / Institutions.Length is var n and > 0 ? (n + 1).ToString(CultureInfo.InvariantCulture) : string.Empty;
        return (string.Format(CultureInfo.InvariantCulture, name, city.Name.TrimEnd('市')) + again, string.Format(CultureInfo.InvariantCulture, nameEn, city.NameEn) + again);
    }

    /// <summary>Half are of the demo's kinds, half of any class of the classification, with a model made up.</summary>
    public static (string Name, string NameEn, string Classification, string Manufacturer, string Model, DemoKind Like) Instrument(DemoRandom random)
    {
        var kind = random.Pick(DemoKind.All);
        var model = random.Pick(kind.Models);
        var (quality, qualityEn) = random.Pick(Qualities);
        if (random.Chance(500)) return (quality + kind.Name, qualityEn + kind.NameEn, kind.Code, model.Manufacturer, model.Model, kind);
        var leaf = random.Pick(Leaves);
        var made = string.Create(CultureInfo.InvariantCulture, $"{(char)('A' + random.Below(26))}{(char)('A' + random.Below(26))}{(char)('A' + random.Below(26))}-{random.Between(100, 9999)}{(random.Chance(300) ? " Plus" : "")}");
        return (quality + leaf.Name, Cut(qualityEn + leaf.NameEn), leaf.Code, model.Manufacturer, made, kind);
    }

    private static string Cut(string text) => text.Length <= 100 ? text : text[..100];
}
