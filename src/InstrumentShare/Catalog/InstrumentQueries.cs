using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Catalog;

/// <summary>An instrument with all that its page and its record show. Closures and rule sets that are over are left out.</summary>
public sealed record InstrumentDetail(
    Instrument Instrument, string InstitutionName, string InstitutionNameEn, bool MayManage,
    IReadOnlyList<OpeningHours> OpeningHours, IReadOnlyList<Closure> Closures, IReadOnlyList<BookingRuleSet> BookingRules)
{
    public DateTimeZone Zone { get; } = DateTimeZoneProviders.Tzdb[Instrument.TimeZone];

    public IReadOnlyList<ClassificationEntry> Classes { get; } = ClassificationTree.National.PathTo(Instrument.Classification);
}

/// <summary>Something that a higher module knows of an instrument and adds to its record, under a name of its own.</summary>
public interface IInstrumentDetail
{
    /// <summary>The field's name in JSON, such as <c>prices</c>.</summary>
    string Name { get; }

    /// <summary>What the present caller may see; one query.</summary>
    Task<object?> OfAsync(InstrumentId id, CancellationToken cancel);
}

/// <summary>Reads single instruments. A hidden instrument is not there, except for its managers.</summary>
public sealed class InstrumentQueries(AppDb db, Caller caller, IClock clock)
{
    private const int ListedClosures = 200;

    public async Task<InstrumentDetail?> DetailAsync(InstrumentId id, CancellationToken cancel)
    {
        var found = await db.Set<Instrument>().AsNoTracking().Where(i => i.Id == id)
            .Join(db.Set<Institution>(), i => i.InstitutionId, n => n.Id, (i, n) => new { Instrument = i, n.Name, n.NameEn, n.Region }).SingleOrDefaultAsync(cancel);
        if (found is null) return null;
        var mayManage = caller.May(CatalogPermissions.ManageInstruments, found.Instrument.ScopeAt(found.Region));
        if (!found.Instrument.IsVisible && !mayManage) return null;

        var now = clock.GetCurrentInstant();
        var today = now.InZone(DateTimeZoneProviders.Tzdb[found.Instrument.TimeZone]).Date;
        var hours = await db.Set<OpeningHours>().AsNoTracking().Where(h => h.InstrumentId == id && (h.ValidTo == null || h.ValidTo >= today))
            .OrderBy(h => h.ValidFrom).ThenBy(h => h.Weekday).ThenBy(h => h.OpensMinute).ToListAsync(cancel);
        var closures = await db.Set<Closure>().AsNoTracking().Where(c => c.InstrumentId == id && c.CancelledAt == null && c.EndsAt > now)
            .OrderBy(c => c.StartsAt).Take(ListedClosures).ToListAsync(cancel);
        var sets = await db.Set<BookingRuleSet>().AsNoTracking().Where(r => r.InstrumentId == id && r.UserClass == null && r.UserInstitutionId == null && r.UserGroupId == null && (r.ValidTo == null || r.ValidTo >= today)).OrderBy(r => r.ValidFrom).ToListAsync(cancel);
        return new InstrumentDetail(found.Instrument, found.Name, found.NameEn, mayManage, hours, closures, sets);
    }

    /// <summary>Closures that touch a range, withdrawn ones too for managers; null when the instrument is not the caller's to see.</summary>
    public async Task<IReadOnlyList<Closure>?> ClosuresAsync(InstrumentId id, TimeSlot range, CancellationToken cancel)
    {
        var found = await db.Set<Instrument>().AsNoTracking().Where(i => i.Id == id)
            .Join(db.Set<Institution>(), i => i.InstitutionId, n => n.Id, (i, n) => new { i.InstitutionId, i.IsVisible, n.Region }).SingleOrDefaultAsync(cancel);
        if (found is null) return null;
        var mayManage = caller.May(CatalogPermissions.ManageInstruments, new Scope(id.Value, found.InstitutionId.Value, Region: found.Region));
        if (!found.IsVisible && !mayManage) return null;
        var (from, to) = (range.StartsAt, range.EndsAt);
        return await db.Set<Closure>().AsNoTracking()
            .Where(c => c.InstrumentId == id && c.StartsAt < to && c.EndsAt > from && (mayManage || c.CancelledAt == null))
            .OrderBy(c => c.StartsAt).Take(ListedClosures).ToListAsync(cancel);
    }
}
