using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings.Standby;

/// <summary>Leaves the line; time that was offered goes to the next.</summary>
public sealed class WithdrawStandby(StandbyChange change, IClock clock)
{
    public Task<Outcome<StandbyRequest>> RunAsync(StandbyId id, CancellationToken cancel = default) => change.RunAsync<StandbyRequest>(id, async open =>
    {
        var (db, request, offer, instrument) = open;
        if (!request.IsOpen) return Problem.Refused("standby.over", "status", ("status", request.Status));
        var now = clock.GetCurrentInstant();
        if (offer is not null) await db.PassOnAsync(request, offer, StandbyOfferState.Declined, instrument, now, cancel);
        request.Withdraw(now);
        db.AddStandbyEvent("standby.withdrawn", request, instrument, now);
        return request;
    }, cancel);
}
