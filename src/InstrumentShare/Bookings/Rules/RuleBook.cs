using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Catalog.Groups;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Bookings.Rules;

/// <summary>Names the places and audiences of rules, and those that the caller may make rules for.</summary>
public sealed class RuleBook(AppDb db, Caller caller, Words t)
{
    private const int MostChoices = 200;

    /// <param name="Value">As the form sends it: <c>institution:id</c>, <c>group:id</c>, <c>instrument:id</c> or <c>region:code</c>.</param>
    public sealed record Choice(string Value, string Text);

    /// <summary>Place and audience of each target in words, each kind of name read at once.</summary>
    public async Task<IReadOnlyList<(string Place, string Audience)>> NamesAsync(IReadOnlyList<RuleTarget> targets, CancellationToken cancel)
    {
        var institutionIds = targets.SelectMany(x => new[] { x.InstitutionId, x.UserInstitutionId }).OfType<InstitutionId>().Distinct().ToList();
        var institutions = await db.Set<Institution>().Where(i => institutionIds.Contains(i.Id)).Select(i => new { i.Id, i.Name, i.NameEn }).ToDictionaryAsync(i => i.Id, i => t.Name(i.Name, i.NameEn), cancel);
        var groupIds = targets.Select(x => x.InstrumentGroupId).OfType<InstrumentGroupId>().Distinct().ToList();
        var groups = await db.Set<InstrumentGroup>().Where(g => groupIds.Contains(g.Id)).Select(g => new { g.Id, g.Name, g.NameEn }).ToDictionaryAsync(g => g.Id, g => t.Name(g.Name, g.NameEn), cancel);
        var instrumentIds = targets.Select(x => x.InstrumentId).OfType<InstrumentId>().Distinct().ToList();
        var instruments = await db.Set<Instrument>().Where(i => instrumentIds.Contains(i.Id)).Select(i => new { i.Id, i.Name, i.NameEn }).ToDictionaryAsync(i => i.Id, i => t.Name(i.Name, i.NameEn), cancel);
        var teamIds = targets.Select(x => x.UserGroupId).OfType<GroupId>().Distinct().ToList();
        var teams = await db.Set<Group>().Where(g => teamIds.Contains(g.Id)).Select(g => new { g.Id, g.Name, g.NameEn }).ToDictionaryAsync(g => g.Id, g => t.Name(g.Name, g.NameEn), cancel);
        return targets.Select(x => (
            x switch
            {
                { InstrumentId: { } id } => instruments.GetValueOrDefault(id, "?"),
                { InstrumentGroupId: { } id } => t["rule-book.group", ("name", groups.GetValueOrDefault(id, "?"))],
                { InstitutionId: { } id } => t["rule-book.institution", ("name", institutions.GetValueOrDefault(id, "?"))],
                _ => t["rule-book.region", ("name", RegionCatalog.Instance.FullName(x.Region!.Value, t.IsChinese))],
            },
            x switch
            {
                { UserGroupId: { } id } => teams.GetValueOrDefault(id, "?"),
                { UserInstitutionId: { } id } => institutions.GetValueOrDefault(id, "?"),
                { UserClass: { } userClass } => t["userClass." + Word.Of(userClass)],
                _ => t["rule-book.everyone"],
            })).ToList();
    }

    /// <summary>The institutions, groups of instruments and regions whose rules the caller may change.</summary>
    public async Task<IReadOnlyList<Choice>> PlacesAsync(CancellationToken cancel)
    {
        var managed = ManagedInstruments.ManagedBy(caller).Institutions;
        var institutions = await db.Set<Institution>().Where(i => managed.Contains((Guid)(object)i.Id)).OrderBy(i => i.Name).Take(MostChoices).Select(i => new { i.Id, i.Name, i.NameEn }).ToListAsync(cancel);
        var groups = await db.Set<InstrumentGroup>().Where(g => managed.Contains((Guid)(object)g.InstitutionId) && g.IsActive).OrderBy(g => g.Name).Take(MostChoices).Select(g => new { g.Id, g.Name, g.NameEn }).ToListAsync(cancel);
        return
        [
            .. institutions.Select(i => new Choice($"institution:{i.Id.Value}", t["rule-book.institution", ("name", t.Name(i.Name, i.NameEn))])),
            .. groups.Select(g => new Choice($"group:{g.Id.Value}", t["rule-book.group", ("name", t.Name(g.Name, g.NameEn))])),
            .. (await db.ManagedRegionsAsync(caller, CatalogPermissions.ManageRegionalRules, cancel)).Select(r => new Choice($"region:{r.Code}", t["rule-book.region", ("name", RegionCatalog.Instance.FullName(r, t.IsChinese))])),
        ];
    }

    /// <summary>Whether the caller may change the rules of each target.</summary>
    public async Task<IReadOnlyList<bool>> MayChangeAsync(IReadOnlyList<RuleTarget> targets, CancellationToken cancel)
    {
        var (instruments, groups) = (targets.Select(x => x.InstrumentId).OfType<InstrumentId>().Distinct().ToList(), targets.Select(x => x.InstrumentGroupId).OfType<InstrumentGroupId>().Distinct().ToList());
        var owners = await db.Set<Instrument>().Where(i => instruments.Contains(i.Id)).Select(i => new { i.Id, i.InstitutionId }).ToDictionaryAsync(i => i.Id, i => i.InstitutionId, cancel);
        var ofGroups = await db.Set<InstrumentGroup>().Where(g => groups.Contains(g.Id)).Select(g => new { g.Id, g.InstitutionId }).ToDictionaryAsync(g => g.Id, g => g.InstitutionId, cancel);
        return targets.Select(x => x switch
        {
            { Region: { } region } => caller.May(CatalogPermissions.ManageRegionalRules, new Scope(Region: region)),
            { InstrumentId: { } id } => caller.May(CatalogPermissions.ManageInstruments, new Scope(id.Value, owners[id].Value)),
            _ => caller.May(CatalogPermissions.ManageInstruments, new Scope(InstitutionId: (x.InstitutionId ?? ofGroups[x.InstrumentGroupId!.Value]).Value)),
        }).ToList();
    }

    /// <summary>Everyone, the classes of users, and the research groups of the caller's institution.</summary>
    public async Task<IReadOnlyList<Choice>> AudiencesAsync(CancellationToken cancel)
    {
        var teams = await db.Set<Group>().Where(g => g.InstitutionId == caller.InstitutionId && g.IsActive).OrderBy(g => g.Name).Take(MostChoices).Select(g => new { g.Id, g.Name, g.NameEn }).ToListAsync(cancel);
        return
        [
            new(string.Empty, t["rule-book.everyone"]),
            .. Word.All<UserClass>().Select(c => new Choice("class:" + c, t["userClass." + c])),
            .. teams.Select(g => new Choice($"team:{g.Id.Value}", t.Name(g.Name, g.NameEn))),
        ];
    }

    /// <summary>What the two choices mean together; a place that cannot be read is none.</summary>
    public static RuleTarget Target(string? place, string? audience)
    {
        var target = new RuleTarget();
        if (place?.Split(':', 2) is [var kind, var key])
        {
            if (kind == "region" && Kernel.Region.IsValid(key)) target = target with { Region = new Kernel.Region(key) };
            else if (Guid.TryParse(key, out var id))
                target = kind switch
                {
                    "institution" => target with { InstitutionId = new InstitutionId(id) },
                    "group" => target with { InstrumentGroupId = new InstrumentGroupId(id) },
                    "instrument" => target with { InstrumentId = new InstrumentId(id) },
                    _ => target,
                };
        }

        if (audience?.Split(':', 2) is not [var who, var value]) return target;
        return who switch
        {
            "class" when Word.TryParse(value, out UserClass userClass) => target with { UserClass = userClass },
            "team" when Guid.TryParse(value, out var team) => target with { UserGroupId = new GroupId(team) },
            "institution" when Guid.TryParse(value, out var institution) => target with { UserInstitutionId = new InstitutionId(institution) },
            _ => target,
        };
    }

    public static (string Place, string Audience) ValuesOf(RuleTarget target) => (
        target switch
        {
            { InstrumentId: { } id } => $"instrument:{id.Value}",
            { InstrumentGroupId: { } id } => $"group:{id.Value}",
            { InstitutionId: { } id } => $"institution:{id.Value}",
            { Region: { } region } => $"region:{region.Code}",
            _ => string.Empty,
        },
        target switch
        {
            { UserGroupId: { } id } => $"team:{id.Value}",
            { UserInstitutionId: { } id } => $"institution:{id.Value}",
            { UserClass: { } userClass } => "class:" + Word.Of(userClass),
            _ => string.Empty,
        });
}
