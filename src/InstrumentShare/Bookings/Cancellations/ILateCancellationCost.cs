using InstrumentShare.Catalog;
using NodaTime;

namespace InstrumentShare.Bookings.Cancellations;

/// <summary>A higher module's word on what giving a booking back late costs its holder besides money. At most one query.</summary>
public interface ILateCancellationCost
{
    /// <summary>Points of credit by the rules at that moment; 0 for none.</summary>
    Task<int> PointsAsync(InstrumentRules instrument, Instant at, CancellationToken cancel);
}
