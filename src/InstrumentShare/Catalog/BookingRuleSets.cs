using InstrumentShare.Access;
using InstrumentShare.Catalog.Groups;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Catalog;

/// <summary>The sets of booking rules that a caller's roles cover, or that bind what they cover, the latest first.</summary>
public sealed class BookingRuleSets(AppDb db, Caller caller)
{
    public sealed record Filter(InstrumentId? InstrumentId = null, InstitutionId? InstitutionId = null, InstrumentGroupId? InstrumentGroupId = null, Region? Region = null, LocalDate? InForceOn = null)
    {
        public static Filter Read(ListQuery list)
        {
            return new Filter(
                Id("instrumentId") is { } instrument ? new InstrumentId(instrument) : null, Id("institutionId") is { } institution ? new InstitutionId(institution) : null,
                Id("instrumentGroupId") is { } group ? new InstrumentGroupId(group) : null, RegionOf("region"), Date("inForceOn"));

            Guid? Id(string name)
            {
                if (list[name] is not { } text) return null;
                if (Guid.TryParse(text, out var id)) return id;
                list.Problems.Add(Problem.Invalid("booking-rules.filter", name, ("value", text)));
                return null;
            }

            Region? RegionOf(string name)
            {
                if (list[name] is not { } text) return null;
                if (Kernel.Region.IsValid(text)) return new Region(text);
                list.Problems.Add(Problem.Invalid("booking-rules.filter", name, ("value", text)));
                return null;
            }

            LocalDate? Date(string name)
            {
                if (list[name] is not { } text) return null;
                if (LocalDatePattern.Iso.Parse(text) is { Success: true, Value: var date }) return date;
                list.Problems.Add(Problem.Invalid("booking-rules.filter", name, ("value", text)));
                return null;
            }
        }
    }

    public async Task<PageOf<BookingRulesAnswer>> ListAsync(Filter filter, string? cursor, int limit, CancellationToken cancel)
    {
        var sets = await VisibleAsync(cancel);
        if (filter.InstrumentId is { } instrument) sets = sets.Where(s => s.InstrumentId == instrument);
        if (filter.InstitutionId is { } institution) sets = sets.Where(s => s.InstitutionId == institution);
        if (filter.InstrumentGroupId is { } group) sets = sets.Where(s => s.InstrumentGroupId == group);
        if (filter.Region is { } region) sets = sets.Where(s => s.Region == region);
        if (filter.InForceOn is { } date) sets = sets.Where(s => s.ValidFrom <= date && (s.ValidTo == null || s.ValidTo >= date));
        var counted = await sets.OrderByDescending(s => s.Id).CountUpToAsync(cancel);
        if (Guid.TryParse(cursor, out var last)) sets = sets.Where(s => ((Guid)(object)s.Id).CompareTo(last) < 0);
        var page = await sets.OrderByDescending(s => s.Id).Take(limit + 1).ToListAsync(cancel);
        var more = page.Count > limit;
        return new PageOf<BookingRulesAnswer>(page.Take(limit).Select(BookingRulesAnswer.Of).ToList(), more ? ListQuery.Encode(page[limit - 1].Id.Value.ToString()) : null, PageOf<BookingRulesAnswer>.TotalOf(counted));
    }

    private async Task<IQueryable<BookingRuleSet>> VisibleAsync(CancellationToken cancel)
    {
        var sets = db.Set<BookingRuleSet>().AsNoTracking();
        var grants = caller.GrantsOf(CatalogPermissions.ReadRules).ToList();
        if (grants.Any(g => g.ScopeKind == ScopeKind.All)) return sets;
        var institutions = grants.Where(g => g.ScopeKind == ScopeKind.Institution).Select(g => new InstitutionId(g.ScopeId!.Value)).ToArray();
        var instruments = grants.Where(g => g.ScopeKind == ScopeKind.Instrument).Select(g => (InstrumentId?)new InstrumentId(g.ScopeId!.Value)).ToArray();
        var patterns = grants.Where(g => g.ScopeRegion is not null).Select(g => g.ScopeRegion!.Value.Code + "%").ToArray();
        var institutionsOfRegions = db.Set<Institution>().Where(i => patterns.Any(p => EF.Functions.Like((string)(object)i.Region, p))).Select(i => i.Id);
        var owned = db.Set<Institution>().Where(i => institutions.Contains(i.Id) || institutionsOfRegions.Contains(i.Id)).Select(i => i.Id);
        var lying = await db.Set<Institution>().Where(i => owned.Contains(i.Id)).Select(i => i.Region).Distinct().ToListAsync(cancel);
        var binding = lying.SelectMany(ManagedRegions.Upwards).Distinct().Select(r => (Region?)r).ToArray();
        return sets.Where(s =>
            (s.Region != null && patterns.Any(p => EF.Functions.Like((string)(object)s.Region.Value, p)))
            || binding.Contains(s.Region)
            || (s.InstitutionId != null && owned.Contains(s.InstitutionId.Value))
            || instruments.Contains(s.InstrumentId)
            || db.Set<Instrument>().Any(i => i.Id == s.InstrumentId && owned.Contains(i.InstitutionId))
            || db.Set<InstrumentGroup>().Any(g => g.Id == s.InstrumentGroupId && owned.Contains(g.InstitutionId)));
    }
}
