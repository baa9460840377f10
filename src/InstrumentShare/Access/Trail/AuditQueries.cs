using System.Text.Json;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Access.Trail;

/// <summary>The audit trail within the caller's scope: all of it, or that of the institutions of a region.</summary>
public sealed class AuditQueries(AppDb db, Caller caller)
{
    /// <summary>What differs between before and after, field by field.</summary>
    public sealed record Change(string Field, string? Before, string? After);

    public sealed record Item(
        Guid Id, Instant OccurredAt, string Actor, Guid? PersonId, string Action, string SubjectKind, string SubjectId, Guid? InstitutionId, string? Reason, IReadOnlyList<Change> Changes);

    /// <param name="From">The first day, in Shanghai.</param>
    /// <param name="To">The last day, included.</param>
    public sealed record Filter(string? Actor, string? Action, string? SubjectKind, string? SubjectId, LocalDate? From, LocalDate? To);

    public async Task<PageOf<Item>> ListAsync(Filter filter, Guid? before, int limit, CancellationToken cancel)
    {
        var query = Visible();
        if (filter.Actor is { Length: > 0 } actor) query = query.Where(a => a.Actor.Contains(actor));
        if (filter.Action is { Length: > 0 } action) query = query.Where(a => a.Action.StartsWith(action));
        if (filter.SubjectKind is { Length: > 0 } kind) query = query.Where(a => a.SubjectKind == kind);
        if (filter.SubjectId is { Length: > 0 } subject) query = query.Where(a => a.SubjectId == subject);
        if (filter.From is { } from && from.AtStartOfDayInZone(Words.DefaultZone).ToInstant() is var start) query = query.Where(a => a.OccurredAt >= start);
        if (filter.To is { } to && to.PlusDays(1).AtStartOfDayInZone(Words.DefaultZone).ToInstant() is var end) query = query.Where(a => a.OccurredAt < end);
        var total = await query.OrderByDescending(a => a.Id).CountUpToAsync(cancel);
        if (before is { } last) query = query.Where(a => a.Id < last);
        var rows = await query.OrderByDescending(a => a.Id).Take(limit + 1).ToListAsync(cancel);
        var more = rows.Count > limit;
        if (more) rows.RemoveAt(limit);
        var items = rows.ConvertAll(a => new Item(a.Id, a.OccurredAt, a.Actor, a.PersonId, a.Action, a.SubjectKind, a.SubjectId, a.InstitutionId, a.Reason, ChangesOf(a.Before, a.After)));
        return new PageOf<Item>(items, more ? ListQuery.Encode(items[^1].Id.ToString()) : null, PageOf<Item>.TotalOf(total));
    }

    /// <summary>Top-level fields whose values differ; all of them when something was made or ended.</summary>
    public static IReadOnlyList<Change> ChangesOf(string? before, string? after)
    {
        var (old, now) = (FieldsOf(before), FieldsOf(after));
        return [.. old.Keys.Union(now.Keys, StringComparer.Ordinal)
            .Select(k => new Change(k, old.GetValueOrDefault(k), now.GetValueOrDefault(k))).Where(c => c.Before != c.After)];
    }

    private static Dictionary<string, string?> FieldsOf(string? json)
    {
        if (json is null) return [];
        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind != JsonValueKind.Object
            ? new() { ["value"] = document.RootElement.ToString() }
            : document.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.ValueKind == JsonValueKind.Null ? null : p.Value.ToString(), StringComparer.Ordinal);
    }

    private IQueryable<AuditEntry> Visible()
    {
        var query = db.Set<AuditEntry>().AsNoTracking();
        var grants = caller.GrantsOf(AccessPermissions.ReadAudit).ToList();
        if (grants.Any(g => g.ScopeKind == ScopeKind.All)) return query;
        var patterns = grants.Where(g => g.ScopeRegion is not null).Select(g => g.ScopeRegion!.Value.Code + "%").ToArray();
        var institutions = db.Set<Institution>().Where(i => patterns.Any(p => EF.Functions.Like((string)(object)i.Region, p))).Select(i => (Guid?)(Guid)(object)i.Id);
        return query.Where(a => a.InstitutionId != null && institutions.Contains(a.InstitutionId));
    }
}
