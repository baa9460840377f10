namespace InstrumentShare.Catalog;

/// <param name="Name">The API's spelling.</param>
/// <param name="Max">The most characters (code points), as the national platform keeps them.</param>
public sealed record InstrumentTextField(string Name, int Max, bool Required, Func<InstrumentInput, string?> Sent, Func<Instrument, string> Get, Action<Instrument, string> Set);

/// <summary>The text fields of an instrument with their lengths: national record of single instruments (instruType 4).</summary>
public static class InstrumentFields
{
    public static IReadOnlyList<InstrumentTextField> Texts { get; } =
    [
        new("innerId", 150, true, x => x.InnerId, x => x.InnerId, (x, v) => x.InnerId = v),
        new("name", 100, true, x => x.Name, x => x.Name, (x, v) => x.Name = v),
        new("nameEn", 100, true, x => x.NameEn, x => x.NameEn, (x, v) => x.NameEn = v),
        new("model", 100, false, x => x.Model, x => x.Model, (x, v) => x.Model = v),
        new("manufacturer", 50, false, x => x.Manufacturer, x => x.Manufacturer, (x, v) => x.Manufacturer = v),
        new("belongsToName", 100, false, x => x.BelongsToName, x => x.BelongsToName, (x, v) => x.BelongsToName = v),
        new("street", 100, false, x => x.Street, x => x.Street, (x, v) => x.Street = v),
        new("technical", 500, false, x => x.Technical, x => x.Technical, (x, v) => x.Technical = v),
        new("function", 300, false, x => x.Function, x => x.Function, (x, v) => x.Function = v),
        new("requirement", 500, false, x => x.Requirement, x => x.Requirement, (x, v) => x.Requirement = v),
        new("fee", 500, false, x => x.Fee, x => x.Fee, (x, v) => x.Fee = v),
        new("serviceContent", 200, false, x => x.ServiceContent, x => x.ServiceContent, (x, v) => x.ServiceContent = v),
        new("serviceUrl", 100, false, x => x.ServiceUrl, x => x.ServiceUrl, (x, v) => x.ServiceUrl = v),
        new("insideDepart", 100, false, x => x.InsideDepart, x => x.InsideDepart, (x, v) => x.InsideDepart = v),
        new("contact", 20, false, x => x.Contact, x => x.Contact, (x, v) => x.Contact = v),
        new("phone", 20, false, x => x.Phone, x => x.Phone, (x, v) => x.Phone = v),
        new("email", 50, false, x => x.Email, x => x.Email, (x, v) => x.Email = v),
        new("address", 100, false, x => x.Address, x => x.Address, (x, v) => x.Address = v),
        new("postalCode", 6, false, x => x.PostalCode, x => x.PostalCode, (x, v) => x.PostalCode = v),
    ];
}
