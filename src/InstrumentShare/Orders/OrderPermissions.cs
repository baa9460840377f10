using InstrumentShare.Access;

namespace InstrumentShare.Orders;

public static class OrderPermissions
{
    /// <summary>Order work on samples, and see, accept and withdraw one's own.</summary>
    public const string Own = "orders.own";

    /// <summary>Open orders at all: one's own, or those one's role covers.</summary>
    public const string Read = "orders.read";

    /// <summary>See others' orders.</summary>
    public const string View = "orders.view";

    /// <summary>Quote, decline and cancel orders, and say what the lab offers.</summary>
    public const string Quote = "orders.quote";

    /// <summary>Receive samples, measure them, deliver results.</summary>
    public const string Handle = "orders.handle";

    /// <summary>Download results of others: the customer's group leader and the lab's staff.</summary>
    public const string Results = "orders.results";

    public static IReadOnlyList<Permission> All { get; } =
    [
        new(Own, Role.Researcher),
        new(Read, Role.Researcher, Role.Auditor),
        new(View, Role.GroupLeader, Role.Technician, Role.LabManager, Role.InstitutionAdministrator, Role.Auditor),
        new(Quote, Role.LabManager),
        new(Handle, Role.Technician, Role.LabManager),
        new(Results, Role.GroupLeader, Role.Technician, Role.LabManager),
    ];
}
