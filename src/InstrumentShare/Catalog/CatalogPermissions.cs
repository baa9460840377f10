using InstrumentShare.Access;

namespace InstrumentShare.Catalog;

public static class CatalogPermissions
{
    /// <summary>Records, opening hours, closures and booking rules of the instruments in scope.</summary>
    public const string ManageInstruments = "instruments.manage";

    /// <summary>Many instruments at once, from a file.</summary>
    public const string ImportInstruments = "instruments.import";

    /// <summary>Booking rules that hold for every instrument of a region.</summary>
    public const string ManageRegionalRules = "booking-rules.regional";

    /// <summary>See sets of booking rules with their history; changing one asks for its place.</summary>
    public const string ReadRules = "booking-rules.read";

    public static IReadOnlyList<Permission> All { get; } =
    [
        new(ManageInstruments, Role.LabManager, Role.InstitutionAdministrator),
        new(ImportInstruments, Role.LabManager, Role.InstitutionAdministrator),
        new(ManageRegionalRules, Role.FundingOfficer),
        new(ReadRules, Role.LabManager, Role.InstitutionAdministrator, Role.FundingOfficer, Role.Auditor),
    ];
}
