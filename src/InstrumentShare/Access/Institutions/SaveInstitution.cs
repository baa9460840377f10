using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Access.Institutions;

/// <summary>An institution has another name: whatever is found by it must be found by the new one. Told before the save.</summary>
public sealed record InstitutionRenamed(InstitutionId Id, string Name, string NameEn);

/// <summary>Enters an institution, or changes what is entered about one.</summary>
public sealed class SaveInstitution(AppDb db, Caller caller, EventPublisher events, IClock clock)
{
    public async Task<Outcome<Institution>> CreateAsync(InstitutionFields fields, CancellationToken cancel)
    {
        if (!caller.May(AccessPermissions.ManageSystem, new Scope())) return Problem.Forbidden();
        var given = Tidy(fields) with { TimeZone = fields.TimeZone ?? "Asia/Shanghai" };
        var problems = Check(given, out var kind);
        if (problems.Count > 0) return problems;
        var now = clock.GetCurrentInstant();
        var institution = new Institution { Name = given.Name!, NameEn = given.NameEn!, Kind = kind, Region = new Region(given.Region!), CreatedAt = now };
        Apply(institution, given, kind);
        db.Add(institution);
        return await SaveAsync(institution, "institution.created", null, now, cancel);
    }

    /// <summary>Absent fields stay as they are; an empty text takes an optional one away.</summary>
    public async Task<Outcome<Institution>> ChangeAsync(InstitutionId id, InstitutionFields fields, CancellationToken cancel)
    {
        if (!caller.May(AccessPermissions.ManageSystem, new Scope())) return Problem.Forbidden();
        if (await db.Set<Institution>().SingleOrDefaultAsync(i => i.Id == id, cancel) is not { } institution) return Problem.NotFound();
        var before = FieldsOf(institution);
        var given = Tidy(new InstitutionFields(
            fields.Name ?? before.Name, fields.NameEn ?? before.NameEn, fields.SocialCreditCode ?? before.SocialCreditCode, fields.Kind ?? before.Kind, fields.Region ?? before.Region,
            fields.RorId ?? before.RorId, fields.TimeZone ?? before.TimeZone, fields.Tags ?? before.Tags, fields.EmailDomains ?? before.EmailDomains, fields.IsActive ?? before.IsActive));
        var problems = Check(given, out var kind);
        if (problems.Count > 0) return problems;
        Apply(institution, given, kind);
        if ((given.Name, given.NameEn) != (before.Name, before.NameEn)) await events.PublishAsync(new InstitutionRenamed(id, institution.Name, institution.NameEn), cancel);
        return await SaveAsync(institution, "institution.changed", before, clock.GetCurrentInstant(), cancel);
    }

    public static InstitutionFields FieldsOf(Institution i) =>
        new(i.Name, i.NameEn, i.SocialCreditCode, Word.Of(i.Kind), i.Region.Code, i.RorId, i.TimeZone, [.. i.Tags], [.. i.EmailDomains], i.IsActive);

    private async Task<Outcome<Institution>> SaveAsync(Institution institution, string action, InstitutionFields? before, Instant now, CancellationToken cancel)
    {
        caller.Audit(db, now, action, "institution", institution.Id.Value.ToString(), before, FieldsOf(institution), institutionId: institution.Id);
        return await db.TrySaveAsync(cancel) is { } problem ? problem with { Field = "socialCreditCode" } : institution;
    }

    private static List<Problem> Check(InstitutionFields given, out InstitutionKind kind) =>
        InstitutionRules.Check(given, Word.TryParse(given.Kind, out kind), Region.IsValid(given.Region) && RegionCatalog.Instance.Knows(new Region(given.Region!))).ToList();

    private static void Apply(Institution institution, InstitutionFields given, InstitutionKind kind)
    {
        (institution.Name, institution.NameEn, institution.Kind, institution.Region) = (given.Name!, given.NameEn!, kind, new Region(given.Region!));
        (institution.SocialCreditCode, institution.RorId, institution.TimeZone) = (given.SocialCreditCode, given.RorId, given.TimeZone!);
        (institution.Tags, institution.EmailDomains, institution.IsActive) = ([.. given.Tags ?? []], [.. given.EmailDomains ?? []], given.IsActive ?? true);
    }

    private static InstitutionFields Tidy(InstitutionFields f) => f with
    {
        Name = f.Name?.Trim(), NameEn = f.NameEn?.Trim(), SocialCreditCode = Optional(f.SocialCreditCode)?.ToUpperInvariant(), RorId = Optional(f.RorId),
        Tags = f.Tags?.Distinct(StringComparer.Ordinal).ToList(), EmailDomains = f.EmailDomains?.Select(d => d.Trim().TrimStart('@').ToLowerInvariant()).Distinct(StringComparer.Ordinal).ToList(),
    };

    private static string? Optional(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
