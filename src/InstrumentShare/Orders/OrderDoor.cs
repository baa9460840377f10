using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Orders;

/// <summary>Who may do what with one order: its customer, the leader of the group that pays, the lab's staff, those who look on.</summary>
/// <param name="Scope">Where the order belongs.</param>
public sealed record OrderDoor(Caller Caller, Order Order, Scope Scope)
{
    public static async Task<OrderDoor> OfAsync(AppDb db, Caller caller, Order order, CancellationToken cancel)
    {
        var region = await db.Set<Institution>().Where(i => i.Id == order.InstitutionId).Select(i => i.Region).SingleAsync(cancel);
        return new OrderDoor(caller, order, new Scope(order.InstrumentId?.Value, order.InstitutionId.Value, order.GroupId?.Value, region));
    }

    /// <summary>The person who ordered it, and for a group its leader.</summary>
    public bool IsCustomer => Caller.PersonId == Order.PersonId || (Order.GroupId is { } group && Caller.Grants.Any(g => g.Role == Role.GroupLeader && g.ScopeKind == ScopeKind.Group && g.ScopeId == group.Value));

    public bool MaySee => Caller.PersonId == Order.PersonId || (Order.Status != OrderStatus.Draft && Caller.May(OrderPermissions.View, Scope));

    /// <summary>Nobody deals with their own order.</summary>
    public bool MayQuote => Caller.PersonId != Order.PersonId && Caller.May(OrderPermissions.Quote, Scope);

    public bool MayHandle => Caller.May(OrderPermissions.Handle, Scope);

    public bool MayDownload => Caller.PersonId == Order.PersonId || Caller.May(OrderPermissions.Results, Scope);

    /// <summary>404 where the caller may not even see it, 403 where only the right lacks.</summary>
    public Problem? Refusal(bool may) => may ? null : !MaySee ? Problem.NotFound() : Problem.Forbidden();
}
