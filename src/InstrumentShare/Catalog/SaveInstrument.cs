using InstrumentShare.Access;
using InstrumentShare.Catalog.Search;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Catalog;

/// <summary>Makes an instrument's record or changes it.</summary>
public sealed class SaveInstrument(AppDb db, Caller caller, InstrumentRulesQuery rules, SearchCache searches, IClock clock)
{
    /// <summary>Without an institution in the input, the caller's own.</summary>
    public async Task<Outcome<Instrument>> CreateAsync(InstrumentInput input, CancellationToken cancel)
    {
        var institutionId = input.InstitutionId is { } given ? new InstitutionId(given) : caller.InstitutionId;
        var institution = institutionId is null ? null : await db.Set<Institution>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == institutionId && i.IsActive, cancel);
        if (institution is null) return Problem.Invalid("instrument.unknown-institution", "institutionId", ("value", institutionId?.Value));
        if (!caller.May(CatalogPermissions.ManageInstruments, new Scope(InstitutionId: institution.Id.Value, Region: institution.Region))) return Problem.Forbidden();

        var now = clock.GetCurrentInstant();
        var instrument = Blank(institution, now);
        var problems = InstrumentFieldRules.Apply(input with { Region = string.IsNullOrWhiteSpace(input.Region) ? institution.Region.Code : input.Region }, instrument, isNew: true);
        if (problems.Count > 0) return problems;

        db.Add(instrument);
        caller.Audit(db, now, "instrument.create", "instrument", instrument.Id.Value.ToString(), after: InstrumentInput.Of(instrument), institutionId: institution.Id);
        db.AddEvent("instrument.created", now, instrument.Id.Value, instrument.Id.Value, institution.Id.Value);
        if (await db.TrySaveAsync(cancel) is { } taken) return taken with { Field = "innerId" };
        searches.Forget();
        return instrument;
    }

    /// <param name="seenVersion">The version the change was made upon; null to change whatever stands.</param>
    public async Task<Outcome<Instrument>> ChangeAsync(InstrumentId id, InstrumentInput input, long? seenVersion, CancellationToken cancel)
    {
        var found = await db.FindManagedInstrumentAsync(id, caller, cancel);
        if (!found.IsOk) return found;
        var instrument = found.Value;
        if (ETags.Stale(seenVersion, instrument.Version) is { } stale) return stale;

        var before = InstrumentInput.Of(instrument);
        var problems = InstrumentFieldRules.Apply(input, instrument, isNew: false);
        if (input.InstitutionId is { } other && other != instrument.InstitutionId.Value) problems.Add(Problem.Invalid("instrument.institution-fixed", "institutionId"));
        if (problems.Count > 0)
        {
            db.Entry(instrument).State = EntityState.Detached;
            return problems;
        }

        var now = clock.GetCurrentInstant();
        var after = InstrumentInput.Of(instrument);
        instrument.Changed(now, InstrumentFieldRules.AffectsBookings(before, after));
        caller.Audit(db, now, "instrument.change", "instrument", id.Value.ToString(), before, after, institutionId: instrument.InstitutionId);
        db.AddEvent("instrument.changed", now, id.Value, id.Value, instrument.InstitutionId.Value);
        if (await db.TrySaveAsync(cancel) is { } refused) return refused.Kind == ProblemKind.Stale ? refused : refused with { Field = "innerId" };
        rules.Forget(id);
        searches.Forget();
        return instrument;
    }

    private static Instrument Blank(Institution institution, Instant now) => new()
    {
        InstitutionId = institution.Id,
        InnerId = string.Empty,
        Name = string.Empty,
        NameEn = string.Empty,
        Classification = string.Empty,
        Region = institution.Region,
        OriginalValue = Money.Zero,
        TimeZone = institution.TimeZone,
        CreatedAt = now,
        UpdatedAt = now,
    };
}
