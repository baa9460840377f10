using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Billing.Disputes;

public sealed record DisputeRow(
    Guid Id, Guid ChargeId, Guid InstrumentId, string Instrument, string InstrumentEn, string Person, string Reason, Instant StatedAt, DisputeStatus Status, string? DecisionReason, Instant? DecidedAt, Guid? ReplacedBy, Money Amount, LocalDate ServedOn, bool MayDecide);

/// <param name="Until">The last day of the review.</param>
/// <param name="MayState">Whether the reader may dispute it now.</param>
public sealed record ChargeReview(LocalDate Until, bool MayState, DisputeRow? Dispute);

/// <summary>Reads disputes: of one charge, and those that wait at the reader's instruments.</summary>
public sealed class DisputeQueries(AppDb db, InstrumentRulesQuery instruments, DisputeCharge disputes, Caller caller, IClock clock)
{
    public const int Most = 200;

    private sealed record Found(
        Guid Id, Guid ChargeId, Guid InstrumentId, string Instrument, string InstrumentEn, Guid PersonId, string Person, string Reason, DateTime StatedAt, string Status, string? DecisionReason, DateTime? DecidedAt, Guid? ReplacedBy,
        long AmountFen, string AmountCurrency, DateOnly ServedOn, Guid InstitutionId, string Region, Guid ChargedId, Guid? GroupId);

    /// <summary>Those that wait for a decision of the reader's, the longest first.</summary>
    public async Task<IReadOnlyList<DisputeRow>> WaitingAsync(CancellationToken cancel)
    {
        var grants = caller.GrantsOf(BillingPermissions.Decide).ToList();
        var (everything, institutions, managed) = (grants.Any(g => g.ScopeKind == ScopeKind.All), Of(ScopeKind.Institution), Of(ScopeKind.Instrument));
        return (await FindAsync(null, everything, institutions, managed, cancel)).ConvertAll(RowOf);

        Guid[] Of(ScopeKind kind) => [.. grants.Where(g => g.ScopeKind == kind).Select(g => g.ScopeId!.Value)];
    }

    /// <summary>Where a charge stands in its review; who may see the charge is asked before.</summary>
    public async Task<ChargeReview?> OfAsync(ChargeId id, CancellationToken cancel)
    {
        if (await db.Set<Charge>().AsNoTracking().SingleOrDefaultAsync(c => c.Id == id && c.Kind == ChargeKind.Charge && c.Status != ChargeStatus.Estimated, cancel) is not { } charge) return null;
        var zone = (await instruments.OfAsync(charge.InstrumentId, cancel: cancel))!.InstitutionZone;
        var until = await disputes.UntilAsync(charge, zone, cancel);
        var rows = await FindAsync(id.Value, false, [], [], cancel);
        var today = clock.GetCurrentInstant().InZone(zone).Date;
        return new ChargeReview(until, rows.Count == 0 && charge.Status == ChargeStatus.Issued && today <= until && disputes.Pays(charge), rows.Select(RowOf).SingleOrDefault());
    }

    /// <param name="charge">That one's, or null for those that wait within the scopes.</param>
    private Task<List<Found>> FindAsync(Guid? charge, bool everything, Guid[] institutions, Guid[] managed, CancellationToken cancel) => db.Database.SqlQuery<Found>($"""
        SELECT d.id AS "Id", d.charge_id AS "ChargeId", d.instrument_id AS "InstrumentId", i.name AS "Instrument", i.name_en AS "InstrumentEn", d.person_id AS "PersonId", p.name AS "Person", d.reason AS "Reason", d.stated_at AS "StatedAt",
               d.status AS "Status", d.decision_reason AS "DecisionReason", d.decided_at AS "DecidedAt", d.replaced_by AS "ReplacedBy", c.amount_fen AS "AmountFen", c.amount_currency AS "AmountCurrency", c.served_on AS "ServedOn",
               i.institution_id AS "InstitutionId", o.region AS "Region", c.person_id AS "ChargedId", c.group_id AS "GroupId"
        FROM charge_disputes d JOIN instruments i ON i.id = d.instrument_id JOIN institutions o ON o.id = i.institution_id JOIN people p ON p.id = d.person_id JOIN charges c ON c.instrument_id = d.instrument_id AND c.id = d.charge_id
        WHERE d.charge_id = {charge} OR ({charge}::uuid IS NULL AND d.status = 'open' AND ({everything} OR d.institution_id = ANY({institutions}) OR d.instrument_id = ANY({managed}))) ORDER BY d.stated_at, d.id LIMIT {Most}
        """).ToListAsync(cancel);

    private DisputeRow RowOf(Found f) => new(
        f.Id, f.ChargeId, f.InstrumentId, f.Instrument, f.InstrumentEn, f.Person, f.Reason, Instant.FromDateTimeUtc(f.StatedAt), Word.Parse<DisputeStatus>(f.Status), f.DecisionReason, f.DecidedAt is { } at ? Instant.FromDateTimeUtc(at) : null,
        f.ReplacedBy, new Money(f.AmountFen, f.AmountCurrency), LocalDate.FromDateOnly(f.ServedOn),
        f.Status == "open" && caller.PersonId?.Value != f.PersonId && !disputes.Pays(f.ChargedId, f.GroupId) && caller.May(BillingPermissions.Decide, new Scope(f.InstrumentId, f.InstitutionId, Region: new Region(f.Region))));
}
