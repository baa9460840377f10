using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Integrity;

/// <summary>An institution or a region, for which credit rules are read or made; neither for what holds everywhere.</summary>
public sealed record CreditPlace(InstitutionId? InstitutionId = null, Region? Region = null)
{
    /// <summary>As forms and addresses write it: <c>institution:id</c>, <c>region:code</c>, or nothing.</summary>
    public override string ToString() => InstitutionId is { } id ? $"institution:{id.Value}" : Region is { } region ? $"region:{region.Code}" : string.Empty;

    /// <summary>Null where the text means no place.</summary>
    public static CreditPlace? Read(string? text) => text?.Split(':', 2) switch
    {
        ["institution", var id] when Guid.TryParse(id, out var guid) => new CreditPlace(new InstitutionId(guid)),
        ["region", var code] when RegionCatalog.Instance.Knows(new Region(code)) => new CreditPlace(Region: new Region(code)),
        _ => null,
    };
}

/// <param name="Place">Where the rule was made, in words.</param>
public sealed record CreditRuleRow(CreditRule Rule, string Place);

/// <param name="InForce">What each event costs there today, the events in their order; null where nothing is taken.</param>
/// <param name="All">Every rule that has or had a word there, the latest first.</param>
public sealed record CreditRulesOfPlace(CreditPlace Place, string Name, LocalDate Today, IReadOnlyList<(CreditEvent Event, CreditRuleRow? Rule)> InForce, IReadOnlyList<CreditRuleRow> All);

/// <summary>Credit rules as everyone may read them, and the places for which the caller may make some.</summary>
public sealed class CreditRuleBook(AppDb db, Caller caller, Words t, IClock clock)
{
    public const int Most = 200;

    /// <summary>Places whose rules the caller may change, and the one they belong to; their words.</summary>
    public async Task<IReadOnlyList<(CreditPlace Place, string Text, bool MayChange)>> PlacesAsync(CancellationToken cancel)
    {
        var managed = caller.GrantsOf(IntegrityPermissions.Rules).Where(g => g.ScopeKind == ScopeKind.Institution).Select(g => new InstitutionId(g.ScopeId!.Value)).ToHashSet();
        var wanted = managed.Concat(caller.InstitutionId is { } own ? [own] : []).Distinct().ToList();
        var institutions = await db.Set<Institution>().AsNoTracking().Where(i => wanted.Contains(i.Id)).OrderBy(i => i.Name).ThenBy(i => i.Id).Take(Most).Select(i => new { i.Id, i.Name, i.NameEn }).ToListAsync(cancel);
        return
        [
            .. institutions.Select(i => (new CreditPlace(i.Id), t.Name(i.Name, i.NameEn), managed.Contains(i.Id))),
            .. (await db.ManagedRegionsAsync(caller, IntegrityPermissions.RegionalRules, cancel)).Select(r => (new CreditPlace(Region: r), NameOf(r), true)),
        ];
    }

    /// <summary>What holds at a place; null where there is none such.</summary>
    public async Task<CreditRulesOfPlace?> OfAsync(CreditPlace place, CancellationToken cancel)
    {
        var institution = place.InstitutionId is { } id ? await db.Set<Institution>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == id, cancel) : null;
        if (place.InstitutionId is not null && institution is null) return null;
        var region = institution?.Region ?? place.Region;
        var around = region is { } nearest ? ManagedRegions.Upwards(nearest).Select(r => (Region?)r).ToList() : [];
        var rules = await db.Set<CreditRule>().AsNoTracking()
            .Where(r => (r.InstitutionId == null && (r.Region == null || around.Contains(r.Region))) || (r.InstitutionId != null && r.InstitutionId == place.InstitutionId))
            .OrderByDescending(r => r.ValidFrom).ThenByDescending(r => r.Id).Take(Most).ToListAsync(cancel);
        var (name, today) = (institution is not null ? t.Name(institution.Name, institution.NameEn) : region is { } at ? NameOf(at) : t["credit-rules.everywhere"],
            clock.GetCurrentInstant().InZone(DateTimeZoneProviders.Tzdb[institution?.TimeZone ?? "Asia/Shanghai"]).Date);
        CreditRuleRow Row(CreditRule r) => new(r, r.InstitutionId is not null ? name : r.Region is { } of ? NameOf(of) : t["credit-rules.everywhere"]);
        return new CreditRulesOfPlace(place, name, today, [.. Enum.GetValues<CreditEvent>().Select(e => (e, InForce(rules, e, place, region, today) is { } r ? Row(r) : null))], [.. rules.Select(Row)]);
    }

    private static CreditRule? InForce(IReadOnlyList<CreditRule> rules, CreditEvent what, CreditPlace place, Region? region, LocalDate today) =>
        CreditRules.InForce(what, rules, place.InstitutionId ?? default, region ?? new Region(string.Empty), today);

    private string NameOf(Region region) => RegionCatalog.Instance.FullName(region, t.IsChinese);
}
