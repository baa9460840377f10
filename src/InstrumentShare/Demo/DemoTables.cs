using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using InstrumentShare.Pricing;

namespace InstrumentShare.Demo;

/// <summary>The demo region as rows, in an order that satisfies every reference.</summary>
internal static class DemoTables
{
    public static IReadOnlyList<CopyTable> Of(AppDb db, DemoRegion region) =>
    [
        CopyTable.Of(db, region.Institutions.Select(i => i.Entity)),
        CopyTable.Of(db, region.People.All.Select(p => p.Entity)),
        CopyTable.Of(db, region.People.Groups),
        CopyTable.Of(db, region.People.Memberships),
        CopyTable.Of(db, region.People.Grants),
        CopyTable.Of(db, region.Instruments.Select(i => i.Entity)),
        CopyTable.Of(db, region.InstrumentGroups.Select(g => g.Entity)),
        CopyTable.Of(db, region.InstrumentGroups.SelectMany(g => g.Members)),
        CopyTable.Of<OpeningHours>(db, region.Instruments.SelectMany(i => i.Hours)),
        CopyTable.Of<Closure>(db, region.Instruments.SelectMany(i => i.Closures)),
        CopyTable.Of<BookingRuleSet>(db, region.Instruments.SelectMany(i => i.RuleSets).Concat(region.Rules.RuleSets)),
        CopyTable.Of(db, region.Rules.CreditRules),
        CopyTable.Of(db, region.Rules.Thresholds),
        CopyTable.Of<PricePolicy>(db, region.Instruments.SelectMany(i => i.Prices)),
        CopyTable.Of(db, region.Funds.Terms),
        CopyTable.Of(db, region.Ledger.Accounts),
        CopyTable.Of(db, region.Funds.Funds),
        CopyTable.Of(db, region.Funds.Splits),
        CopyTable.Of(db, region.Funds.Shares),
        CopyTable.Of(db, region.Funds.Defaults),
        CopyTable.Of(db, region.Ledger.Entries),
        CopyTable.Of(db, region.Ledger.Lines),
        CopyTable.Of(db, region.Ledger.Periods),
        CopyTable.Of(db, region.Bookings.Where(b => !b.IsWalkIn).Select(b => b.ToRecord()).Concat(region.Standby.Holds)),
        CopyTable.Of(db, region.Standby.Requests),
        CopyTable.Of(db, region.Standby.Offers),
        CopyTable.Of(db, region.Qualifications.Qualifications),
        CopyTable.Of(db, region.Qualifications.Sessions),
        CopyTable.Of(db, region.Qualifications.Certificates),
        CopyTable.Of(db, region.Qualifications.Attendees),
        CopyTable.Of(db, region.HouseRules.Rules),
        CopyTable.Of(db, region.HouseRules.Versions),
        CopyTable.Of(db, region.HouseRules.Readings),
        CopyTable.Of(db, region.Companions.Rooms),
        CopyTable.Of(db, region.Companions.Links),
        CopyTable.Of(db, region.Companions.Hours),
        CopyTable.Of(db, region.Uses.Select(u => u.Record)),
        CopyTable.Of(db, region.Chain.Links),
        CopyTable.Of(db, region.Chain.Seals),
        CopyTable.Of(db, region.Chain.Heads),
        CopyTable.Of(db, region.Verdicts),
        CopyTable.Of(db, region.Charges),
        CopyTable.Of(db, region.Disputes),
        CopyTable.Of(db, region.Trail),
    ];
}
