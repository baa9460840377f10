using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Access.Institutions;

/// <summary>The read side of institutions: public facts, so nobody needs to sign in for them.</summary>
public sealed class InstitutionQueries(AppDb db)
{
    public sealed record Item(Guid Id, string Name, string NameEn, InstitutionKind Kind, Region Region, bool IsActive);

    public sealed record Details(
        Guid Id, string Name, string NameEn, InstitutionKind Kind, Region Region, string? SocialCreditCode, string? RorId, string TimeZone,
        IReadOnlyList<string> Tags, IReadOnlyList<string> EmailDomains, bool IsActive);

    /// <summary>By part of either name, by code, kind or region, in the order in which they were entered.</summary>
    /// <param name="after">The id of the last one seen.</param>
    public async Task<PageOf<Item>> ListAsync(string? words, InstitutionKind? kind, Region? region, bool inactiveToo, Guid? after, int limit, CancellationToken cancel)
    {
        var query = db.Set<Institution>().AsNoTracking().Where(i => inactiveToo || i.IsActive);
        if (kind is not null) query = query.Where(i => i.Kind == kind);
        if (region is { Code: var code }) query = query.Where(i => EF.Functions.Like((string)(object)i.Region, code + "%"));
        if (!string.IsNullOrWhiteSpace(words))
        {
            var pattern = $"%{Escape(words.Trim())}%";
            query = query.Where(i => EF.Functions.ILike(i.Name, pattern, "\\") || EF.Functions.ILike(i.NameEn, pattern, "\\") || i.SocialCreditCode == words.Trim());
        }

        var total = await query.OrderBy(i => i.Id).CountUpToAsync(cancel);
        if (after is { } last) query = query.Where(i => (Guid)(object)i.Id > last);
        var rows = await query.OrderBy(i => i.Id).Take(limit + 1).Select(i => new Item(i.Id.Value, i.Name, i.NameEn, i.Kind, i.Region, i.IsActive)).ToListAsync(cancel);
        var more = rows.Count > limit;
        if (more) rows.RemoveAt(limit);
        return new PageOf<Item>(rows, more ? ListQuery.Encode(rows[^1].Id.ToString()) : null, PageOf<Item>.TotalOf(total));
    }

    public Task<Details?> OfAsync(InstitutionId id, CancellationToken cancel) => db.Set<Institution>().AsNoTracking().Where(i => i.Id == id)
        .Select(i => new Details(i.Id.Value, i.Name, i.NameEn, i.Kind, i.Region, i.SocialCreditCode, i.RorId, i.TimeZone, i.Tags, i.EmailDomains, i.IsActive))
        .SingleOrDefaultAsync(cancel);

    private static string Escape(string words) =>
        words.Replace("\\", @"\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
}
