using InstrumentShare.Access;

namespace InstrumentShare.Billing.Ledger;

public static class LedgerPermissions
{
    /// <summary>Read an institution's ledger and its proof.</summary>
    public const string View = "ledger.view";

    /// <summary>Enter and take back by hand, and close months.</summary>
    public const string Enter = "ledger.enter";

    public static IReadOnlyList<Permission> All { get; } = [new(View, Role.InstitutionAdministrator, Role.Auditor), new(Enter, Role.InstitutionAdministrator)];

    /// <summary>What roles are held against for an institution's ledger.</summary>
    public static Scope LedgerScope(this Institution institution) => new(InstitutionId: institution.Id.Value, Region: institution.Region);
}
