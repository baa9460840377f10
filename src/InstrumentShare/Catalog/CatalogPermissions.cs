using InstrumentShare.Access;

namespace InstrumentShare.Catalog;

public static class CatalogPermissions
{
    /// <summary>Records, opening hours, closures and booking rules of the instruments in scope.</summary>
    public const string ManageInstruments = "instruments.manage";

    /// <summary>Many instruments at once, from a file.</summary>
    public const string ImportInstruments = "instruments.import";

    public static IReadOnlyList<Permission> All { get; } =
    [
        new(ManageInstruments, Role.LabManager, Role.InstitutionAdministrator),
        new(ImportInstruments, Role.LabManager, Role.InstitutionAdministrator),
    ];
}
