using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Billing.Funds;
using InstrumentShare.Billing.Ledger;
using InstrumentShare.Persistence;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>Two fund cards for each group of some institutions, a split over both, and how institutions settle; one of them demands funds.</summary>
internal sealed class DemoFunds
{
    private const string Demanding = "wuhu";

    private static readonly string[] With = [DemoInstitutions.Home, "matter", "wuhu", "ocean", "energy", "chips"];

    private static readonly (string Name, string NameEn)[] Names = [("国家自然科学基金面上项目", "NSFC General Programme"), ("横向技术服务经费", "Contract Research"), ("省重点研发计划", "Provincial Key R&D"), ("实验室运行经费", "Laboratory Running Costs")];

    public List<LedgerAccount> Accounts { get; } = [];

    public List<Fund> Funds { get; } = [];

    public List<FundSplit> Splits { get; } = [];

    public List<FundSplitShare> Shares { get; } = [];

    public List<GroupFund> Defaults { get; } = [];

    public List<BillingTerms> Terms { get; } = [];

    public static DemoFunds Make(DemoRandom random, IReadOnlyList<DemoInstitution> institutions, DemoPeople people, LocalDate anchor, Instant founded)
    {
        var made = new DemoFunds();
        foreach (var institution in institutions.Where(i => i.Instruments > 0))
            made.Terms.Add(new BillingTerms
            {
                Id = random.Id(founded), InstitutionId = institution.Entity.Id, DemandsFund = institution.Key == Demanding, ReviewDays = institution.Key == Demanding ? 10 : BillingTerms.DefaultReviewDays,
                TaxBasisPoints = institution.Host == 'e' ? 600 : 0, ValidFrom = anchor.PlusYears(-2), CreatedAt = founded,
            });
        foreach (var group in people.Groups)
        {
            var institution = institutions.Single(i => i.Entity.Id == group.InstitutionId);
            if (!With.Contains(institution.Key)) continue;
            var (first, second) = (made.AddFund(random, group, anchor, founded), made.AddFund(random, group, anchor, founded));
            made.Defaults.Add(new GroupFund { GroupId = group.Id, FundId = first.Id });
            foreach (var person in people.All.Where(p => p.Group == group)) person.FundId = first.Id;
            if (institution.Key != DemoInstitutions.Home) continue;
            var split = new FundSplit { Id = random.Id(founded), GroupId = group.Id, Name = "七三分摊", NameEn = "Seventy to thirty", CreatedBy = group.LeaderId, CreatedAt = founded };
            made.Splits.Add(split);
            made.Shares.Add(new FundSplitShare { SplitId = split.Id, FundId = first.Id, Share = 7_000, TakesRest = true });
            made.Shares.Add(new FundSplitShare { SplitId = split.Id, FundId = second.Id, Share = 3_000, TakesRest = false });
        }

        return made;
    }

    private Fund AddFund(DemoRandom random, Group group, LocalDate anchor, Instant founded)
    {
        var (name, nameEn) = Names[Funds.Count % Names.Length];
        var id = random.Id(founded);
        Accounts.Add(new LedgerAccount { Id = id, InstitutionId = group.InstitutionId, Kind = LedgerAccountKind.Fund, HolderId = id, LimitFen = random.Chance(250) ? 500_000 : 0, CreatedAt = founded });
        var fund = new Fund
        {
            Id = id, InstitutionId = group.InstitutionId, GroupId = group.Id, Number = string.Create(CultureInfo.InvariantCulture, $"ZX{anchor.Year - 2}{Funds.Count + 1:000}"), Name = name, NameEn = nameEn, ResponsibleId = group.LeaderId,
            ValidFrom = anchor.PlusYears(-2), ValidTo = anchor.PlusYears(2), Expenses = [.. Word.All<ExpenseKind>()], CreatedAt = founded,
        };
        Funds.Add(fund);
        return fund;
    }
}
