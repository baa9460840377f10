using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Orders;

/// <summary>The frame of every change to an order: its row locked, the door, the version the caller saw, one transaction.</summary>
public sealed class OrderChange(AppDb db, Caller caller)
{
    /// <param name="ifVersion">The version the caller saw; null to change whatever stands.</param>
    /// <param name="work">Makes the change, to be saved after it; answers what stands against it, empty for nothing.</param>
    public async Task<Outcome<Order>> RunAsync(OrderId id, long? ifVersion, Func<OrderDoor, bool> may, Func<OrderDoor, Task<IReadOnlyList<Problem>>> work, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var order = await db.Set<Order>().FromSql($"SELECT * FROM orders WHERE id = {id.Value} FOR UPDATE").SingleOrDefaultAsync(cancel);
        if (order is null) return Problem.NotFound();
        var door = await OrderDoor.OfAsync(db, caller, order, cancel);
        if (door.Refusal(may(door)) is { } refused) return refused;
        if (ETags.Stale(ifVersion, order.Version) is { } stale) return stale;
        if (await work(door) is { Count: > 0 } problems) return Outcome<Order>.Refuse(problems);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return order;
    }
}
