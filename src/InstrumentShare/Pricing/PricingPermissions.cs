using InstrumentShare.Access;

namespace InstrumentShare.Pricing;

public static class PricingPermissions
{
    /// <summary>Set the prices of an instrument.</summary>
    public const string Change = "prices.change";

    public static IReadOnlyList<Permission> All { get; } = [new(Change, Role.LabManager)];
}
