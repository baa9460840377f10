using InstrumentShare.Bookings.HouseRules;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>
/// A document of house rules for each of a few institutions, which nearly everybody has read, the accounts of the sign-in page all of
/// them; of one there is a newer version, whose grace runs on for two weeks.
/// </summary>
internal sealed class DemoHouseRules
{
    private static readonly (string Key, string Title, string TitleEn, string[] Text, string[] TextEn)[] Documents =
    [
        (DemoInstitutions.Home, "大型仪器使用须知", "House rules for large instruments",
            ["请按预约时间使用，不能到场请提前取消。", "进入实验室须穿实验服，不得携带食物和饮料。", "样品须注明名称和危险性；易燃、有毒、有放射性的样品须事先与负责人商量。", "发现故障请立即停机并告知负责人，不得自行拆修。"],
            ["Use the time you booked, and cancel early what you cannot use.", "Wear a lab coat. No food or drink in the laboratory.", "Label samples with their names and hazards; ask the person in charge before you bring any that burn, poison or radiate.", "Stop at a fault and tell the person in charge. Do not open the instrument yourself."]),
        ("ocean", "分析测试中心安全须知", "Safety rules of the analysis centre",
            ["首次进入请在前台登记。", "液氮和高压气瓶只由工作人员操作。", "废液按标签分类回收，不得倒入水池。"],
            ["Sign in at the desk on your first visit.", "Liquid nitrogen and gas cylinders are handled by staff only.", "Collect liquid waste by its label. Nothing goes down the sink."]),
        ("hospital", "生物样品须知", "Rules for biological samples",
            ["人源样品须有伦理批件编号。", "二级生物安全以上的样品不予接收。", "用后请以 75% 酒精擦拭台面。"],
            ["Human samples need the number of their ethics approval.", "Samples above biosafety level 2 are not accepted.", "Wipe the bench with 75% ethanol afterwards."]),
    ];

    public List<HouseRule> Rules { get; } = [];

    public List<HouseRuleVersion> Versions { get; } = [];

    public List<HouseRuleReading> Readings { get; } = [];

    public static DemoHouseRules Make(DemoRandom random, IReadOnlyList<DemoInstitution> institutions, DemoPeople people, LocalDate anchor, Instant founded)
    {
        var made = new DemoHouseRules();
        var accounts = DemoAccounts.All.Select(a => a.Email).ToHashSet(StringComparer.Ordinal);
        foreach (var (key, title, titleEn, text, textEn) in Documents)
        {
            var owner = institutions.Single(i => i.Key == key);
            var document = new HouseRule { Id = new HouseRuleId(random.Id(founded)), InstitutionId = owner.Entity.Id, CreatedAt = founded };
            made.Rules.Add(document);
            made.Publish(document, people.ManagerOf(owner), 1, title, titleEn, text[..^1], textEn[..^1], anchor.PlusYears(-1), null);
            foreach (var person in people.All.Where(p => accounts.Contains(p.Entity.Email!) || random.Chance(900))) made.Read(random, document, 1, person, anchor.PlusDays(-330));
            if (key != DemoInstitutions.Home) continue;
            made.Publish(document, people.ManagerOf(owner), 2, title, titleEn, text, textEn, anchor.PlusDays(-10), anchor.PlusDays(14));
            foreach (var person in people.All.Where(p => accounts.Contains(p.Entity.Email!) || random.Chance(600))) made.Read(random, document, 2, person, anchor.PlusDays(-9));
        }

        return made;
    }

    private void Publish(HouseRule document, DemoPerson by, int number, string title, string titleEn, string[] text, string[] textEn, LocalDate from, LocalDate? grace) => Versions.Add(new HouseRuleVersion
    {
        HouseRuleId = document.Id, Number = number, Title = title, TitleEn = titleEn, Text = string.Join('\n', text), TextEn = string.Join('\n', textEn), ValidFrom = from, GraceUntil = grace, PublishedBy = by.Id, PublishedAt = At(from, 0),
    });

    private void Read(DemoRandom random, HouseRule document, int number, DemoPerson person, LocalDate on) =>
        Readings.Add(new HouseRuleReading { HouseRuleId = document.Id, Number = number, PersonId = person.Id, ReadAt = At(on, random.Between(0, 8 * 24 * 60)) });

    private static Instant At(LocalDate date, int minutes) => date.At(new LocalTime(9, 0)).InZoneLeniently(DemoInstrument.Zone).ToInstant() + Duration.FromMinutes(minutes);
}
