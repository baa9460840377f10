using InstrumentShare.Access;
using InstrumentShare.Bookings.Qualifications;
using InstrumentShare.Catalog;
using InstrumentShare.Catalog.Groups;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.HouseRules;

/// <summary>Publishes a document or a new version of one, and puts it in and out of use. It holds for bookings from now on.</summary>
public sealed class PublishHouseRule(AppDb db, Caller caller, InstrumentRulesQuery rules, IClock clock)
{
    /// <param name="ValidFrom">Today where it is absent.</param>
    public sealed record Content(string? Title, string? TitleEn, string? Text, string? TextEn, string? Link, LocalDate? ValidFrom, LocalDate? GraceUntil);

    /// <summary>For an instrument, a group of instruments, or all of an institution.</summary>
    public sealed record Target(Guid? InstrumentId, Guid? GroupId, Guid? InstitutionId);

    public async Task<Outcome<HouseRule>> CreateAsync(Target target, Content content, CancellationToken cancel)
    {
        if (new[] { target.InstrumentId, target.GroupId, target.InstitutionId }.Count(t => t is not null) != 1) return Problem.Invalid("house-rules.place", "instrumentId");
        var instrument = target.InstrumentId is { } i ? new InstrumentId(i) : (InstrumentId?)null;
        var group = target.GroupId is { } g ? new InstrumentGroupId(g) : (InstrumentGroupId?)null;
        if (await OwnerAsync(instrument, group, target.InstitutionId, cancel) is not { } owner || !caller.May(HouseRulePermissions.Manage, new Scope(instrument?.Value, owner.Value)))
            return Problem.Invalid("house-rules.place-unknown", instrument is not null ? "instrumentId" : group is not null ? "groupId" : "institutionId", ("value", target.InstrumentId ?? target.GroupId ?? target.InstitutionId));

        var made = new HouseRule { InstitutionId = owner, InstrumentId = instrument, GroupId = group, CreatedAt = clock.GetCurrentInstant() };
        db.Add(made);
        return await AddVersionAsync(made, content, null, cancel);
    }

    public async Task<Outcome<HouseRule>> PublishAsync(HouseRuleId id, Content content, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        // One version after another: the number of the next is known only while no other is being published.
        await db.Database.ExecuteSqlAsync($"SELECT 1 FROM house_rules WHERE id = {id.Value} FOR UPDATE", cancel);
        var found = await FindAsync(id, cancel);
        if (!found.IsOk) return found;
        var last = await db.Set<HouseRuleVersion>().AsNoTracking().Where(v => v.HouseRuleId == id).OrderByDescending(v => v.Number).FirstAsync(cancel);
        found.Value.Version++;
        var published = await AddVersionAsync(found.Value, content, last, cancel);
        if (published.IsOk) await transaction.CommitAsync(cancel);
        return published;
    }

    /// <param name="seenVersion">The version the change was made upon; null to change whatever stands.</param>
    public async Task<Outcome<HouseRule>> SetActiveAsync(HouseRuleId id, bool isActive, long? seenVersion, CancellationToken cancel)
    {
        var found = await FindAsync(id, cancel);
        if (!found.IsOk || found.Value.IsActive == isActive) return found;
        if (ETags.Stale(seenVersion, found.Value.Version) is { } stale) return stale;
        found.Value.IsActive = isActive;
        found.Value.Version++;
        return await SaveAsync(found.Value, "house-rules.change", new { isActive }, cancel);
    }

    private async Task<InstitutionId?> OwnerAsync(InstrumentId? instrument, InstrumentGroupId? group, Guid? institution, CancellationToken cancel)
    {
        if (instrument is not null) return await db.Set<Instrument>().Where(x => x.Id == instrument).Select(x => (InstitutionId?)x.InstitutionId).SingleOrDefaultAsync(cancel);
        if (group is not null) return await db.Set<InstrumentGroup>().Where(x => x.Id == group).Select(x => (InstitutionId?)x.InstitutionId).SingleOrDefaultAsync(cancel);
        var id = new InstitutionId(institution!.Value);
        return await db.Set<Institution>().Where(x => x.Id == id).Select(x => (InstitutionId?)x.Id).SingleOrDefaultAsync(cancel);
    }

    private async Task<Outcome<HouseRule>> FindAsync(HouseRuleId id, CancellationToken cancel)
    {
        var found = await db.Set<HouseRule>().SingleOrDefaultAsync(r => r.Id == id, cancel);
        if (found is null) return Problem.NotFound();
        return caller.May(HouseRulePermissions.Manage, found.Scope) ? found : Problem.Forbidden();
    }

    private async Task<Outcome<HouseRule>> AddVersionAsync(HouseRule document, Content content, HouseRuleVersion? last, CancellationToken cancel)
    {
        var now = clock.GetCurrentInstant();
        var today = now.InZone(await db.ZoneOfAsync(document.InstitutionId, cancel)).Date;
        var (from, earliest) = (content.ValidFrom ?? (last is null ? today : LocalDate.Max(today, last.ValidFrom)), last is null ? today : LocalDate.Max(today, last.ValidFrom));
        var problems = HouseRuleRules.Check(content.Title, content.TitleEn, content.Text, content.TextEn, content.Link, from, content.GraceUntil, earliest);
        if (problems.Count > 0) return problems;
        var version = new HouseRuleVersion
        {
            HouseRuleId = document.Id, Number = (last?.Number ?? 0) + 1, Title = content.Title!.Trim(), TitleEn = content.TitleEn!.Trim(), Text = Kept(content.Text), TextEn = Kept(content.TextEn),
            Link = Kept(content.Link) is { Length: > 0 } link ? link : null, ValidFrom = from, GraceUntil = content.GraceUntil, PublishedBy = caller.PersonId!.Value, PublishedAt = now,
        };
        db.Add(version);
        return await SaveAsync(document, "house-rules.publish", new { version.Number, version.Title, version.TitleEn, version.Link, version.ValidFrom, version.GraceUntil }, cancel);
    }

    private async Task<Outcome<HouseRule>> SaveAsync(HouseRule document, string action, object after, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        if (document.GroupId is { } group) await db.LockGroupAsync(group, cancel);
        var concerned = document.InstrumentId is null && document.GroupId is null
            ? await db.Set<Instrument>().Where(i => i.InstitutionId == document.InstitutionId).Select(i => (Guid)(object)i.Id).ToListAsync(cancel)
            : await db.InstrumentsOfAsync(document.InstrumentId, document.GroupId, cancel);
        await RulesVersions.RaiseAsync(db, concerned, cancel);
        caller.Audit(db, clock.GetCurrentInstant(), action, "house-rules", document.Id.Value.ToString(), null, after, institutionId: document.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } refused) return refused;
        await transaction.CommitAsync(cancel);
        rules.Forget(concerned);
        return document;
    }

    private static string Kept(string? text) => text?.ReplaceLineEndings("\n").Trim() ?? string.Empty;
}
