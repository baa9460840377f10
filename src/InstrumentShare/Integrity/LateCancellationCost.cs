using InstrumentShare.Bookings.Cancellations;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Integrity;

/// <summary>What a late cancellation costs by the credit rule that it would be entered by.</summary>
public sealed class LateCancellationCost(AppDb db) : ILateCancellationCost
{
    public async Task<int> PointsAsync(InstrumentRules instrument, Instant at, CancellationToken cancel)
    {
        var rules = await db.Set<CreditRule>().AsNoTracking().Where(r => r.Event == CreditEvent.CancelledLate && (r.InstitutionId == null || r.InstitutionId == instrument.InstitutionId)).ToListAsync(cancel);
        return -(CreditRules.RuleFor([CreditEvent.CancelledLate], false, rules, instrument.InstitutionId, instrument.InstitutionRegion, at.InZone(instrument.InstitutionZone).Date)?.Points ?? 0);
    }
}
