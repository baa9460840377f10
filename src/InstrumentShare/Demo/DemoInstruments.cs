using System.Globalization;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>Three hundred instruments of real kinds and models in invented institutions, some of them at and around every threshold.</summary>
internal static class DemoInstruments
{
    // Where subsidies begin: 200,000, 300,000 and, for a set, 1,000,000 yuan. One fen below, exactly, and just above.
    private static readonly (long Fen, bool IsSet)[] AroundThresholds =
    [
        (19_999_999, false), (20_000_000, false), (29_999_999, false), (30_000_000, false), (30_000_001, false), (99_999_999, true), (100_000_000, true), (100_000_001, true), (24_800_000, false), (56_000_000, true),
    ];

    public static List<DemoInstrument> Make(DemoRandom random, IReadOnlyList<DemoInstitution> institutions, DemoPeople people, LocalDate anchor, Instant founded)
    {
        var all = new List<DemoInstrument>();
        foreach (var institution in institutions)
        {
            var models = random.Shuffled(DemoKind.All.Where(k => k.Hosts.Contains(institution.Host, StringComparison.Ordinal)).SelectMany(k => k.Models.Select(m => (Kind: k, Model: m))));
            for (var i = 0; i < institution.Instruments; i++)
            {
                var (kind, model) = models[i % models.Count];
                all.Add(One(random.Fork($"{institution.Key}/{i}"), institution, kind, model, i, people.ManagerOf(institution), anchor, founded));
            }
        }

        return all;
    }

    private static DemoInstrument One(DemoRandom random, DemoInstitution owner, DemoKind kind, DemoModel model, int number, DemoPerson manager, LocalDate anchor, Instant founded)
    {
        var (value, isSet) = ValueOf(random, model, number);
        var begins = anchor.PlusDays(-random.Between(400, 3600));
        var isPrivate = owner.Host == 'e' || (number % 23 == 11 && owner.Host != 'h');
        var sharing = (Sharing)random.Weighted(850, 110, 40);
        var status = (InstrumentStatus)random.Weighted(895, 65, 20, 12, 8);
        var hasBranch = kind.Special || value > 500_000_000;
        var entity = new Instrument
        {
            Id = new InstrumentId(random.Id(founded)),
            InstitutionId = owner.Entity.Id,
            InnerId = string.Create(CultureInfo.InvariantCulture, $"{begins.Year}{kind.Code}{number + 1:000}"),
            Name = kind.Name,
            NameEn = kind.NameEn,
            Model = model.Model,
            Manufacturer = model.Manufacturer,
            Classification = kind.Code,
            BelongsTo = hasBranch && owner.Host is 'u' or 'i' or 'o' && random.Chance(500) ? BelongsTo.Center : BelongsTo.None,
            BelongsToName = string.Empty,
            Region = owner.Entity.Region,
            Street = owner.Street,
            OriginalValue = new Money(value),
            IsSet = isSet,
            Funding = isPrivate ? Funding.Private : Funding.Public,
            Funds = FundsOf(random, isPrivate),
            Source = random.Chance(960) ? InstrumentSource.Purchased : random.Chance(500) ? InstrumentSource.Developed : InstrumentSource.Donated,
            Kind = kind.Special ? InstrumentKind.Special : InstrumentKind.General,
            Subjects = [.. kind.Subjects],
            Nation = model.Nation,
            BeginOn = begins,
            AcceptedOn = begins.PlusDays(random.Between(20, 80)),
            EnrolledOn = EnrolledOn(random, begins, anchor),
            Technical = kind.Technical + "\n" + kind.TechnicalEn,
            Function = kind.Function + "\n" + kind.FunctionEn,
            Requirement = RequirementOf(kind),
            Fee = string.Create(CultureInfo.InvariantCulture, $"按价目表收费；校外科研用户参考价 {kind.HourlyYuan} 元/小时或 {kind.SampleYuan} 元/样。"),
            ServiceContent = kind.Function,
            InsideDepart = owner.Host == 'e' ? "检测中心" : "分析测试中心",
            Contact = manager.Entity.Name,
            Phone = "000-00000000",
            Email = manager.Entity.Email!,
            Address = owner.Street,
            PostalCode = owner.PostalCode,
            CustomsSupervised = model.Nation != "中国" && begins > anchor.PlusYears(-3) && !isPrivate && random.Chance(400),
            Sharing = sharing,
            Status = status,
            TakesBookings = sharing != Sharing.None && status < InstrumentStatus.AwaitingRepair,
            IsVisible = !random.Chance(10),
            Capacity = (short)(kind.Code == "130201" ? 4 : 1),
            CreatedAt = founded,
            UpdatedAt = founded,
        };
        if (entity.BelongsTo == BelongsTo.Center) entity.BelongsToName = owner.Entity.Name + "分析测试中心";
        var style = random.Pick([.. DemoStyle.All.Where(s => s.Key == kind.Style)]);
        var instrument = new DemoInstrument(entity, kind, style, owner)
        {
            WeeklyPermille = (random.Weighted(9, 30, 61) switch { 0 => 6000, 1 => 1750, _ => 400 }) * (style.Key is "long" ? 1 : 2) / 2,
        };
        DemoSchedule.Fill(random, instrument, manager, anchor, founded);
        DemoPrices.Fill(random, instrument, manager, anchor, founded);
        return instrument;
    }

    private static (long Fen, bool IsSet) ValueOf(DemoRandom random, DemoModel model, int number)
    {
        var fen = model.Wan * 1_000_000L;
        if (fen < 60_000_000 && number % 3 == 0) return AroundThresholds[number / 3 % AroundThresholds.Length];
        return (fen * random.Between(88, 112) / 100, random.Chance(40));
    }

    private static List<string> FundsOf(DemoRandom random, bool isPrivate) => isPrivate ? ["ownFunds"] : random.Weighted(5, 3, 2) switch
    {
        0 => ["centralBudget"],
        1 => ["localBudget"],
        _ => ["centralBudget", "ownFunds"],
    };

    // Most joined the network long ago; some within the demo's year, so that earlier services do not count; some never.
    private static LocalDate? EnrolledOn(DemoRandom random, LocalDate begins, LocalDate anchor) => random.Weighted(860, 80, 60) switch
    {
        0 => LocalDate.Min(begins.PlusDays(random.Between(60, 200)), anchor.PlusDays(-366)),
        1 => anchor.PlusDays(-random.Between(30, 330)),
        _ => null,
    };

    private static string RequirementOf(DemoKind kind) => kind.Style switch
    {
        "approval" => "须先与仪器负责人讨论方案，经批准后使用；送样请附样品信息。\nDiscuss the plan with the person in charge first; use needs approval.",
        "samples" => "送样测试，样品须干燥、无毒、无放射性，并附样品清单。\nSend samples dry, non-toxic and non-radioactive, with a list.",
        "trained" => "经培训考核后可自主上机，未经培训者由技术人员协助。\nTrained users operate it themselves; others are assisted.",
        _ => "遵守实验室安全规定，用后清理并登记。\nFollow the safety rules; clean and sign off after use.",
    };
}
