using System.Globalization;

namespace InstrumentShare.Catalog.Pages;

/// <summary>An instrument's record as the fields of a form, by the API's names.</summary>
public static class InstrumentForm
{
    public static InstrumentInput Read(IFormCollection form)
    {
        return new InstrumentInput
        {
            InstitutionId = Guid.TryParse(Text("institutionId"), out var institution) ? institution : null,
            InnerId = Text("innerId"),
            Name = Text("name"),
            NameEn = Text("nameEn"),
            Model = Text("model"),
            Manufacturer = Text("manufacturer"),
            Classification = Text("classification"),
            BelongsTo = Text("belongsTo"),
            BelongsToName = Text("belongsToName"),
            Region = Text("region"),
            Street = Text("street"),
            OriginalValue = Text("originalValue") is { } amount ? new MoneyInput(amount) : null,
            IsSet = Flag("isSet"),
            Funding = Text("funding"),
            Funds = form.ContainsKey("funds") ? form["funds"].OfType<string>().Where(f => f.Length > 0).ToList() : null,
            Source = Text("source"),
            Kind = Text("kind"),
            Subjects = form.ContainsKey("subjects") ? form["subjects"].OfType<string>().Where(s => s.Length > 0).ToList() : null,
            Nation = Text("nation"),
            RunHours = Text("runHours"),
            ServiceHours = Text("serviceHours"),
            AcceptedOn = Text("acceptedOn"),
            EnrolledOn = Text("enrolledOn"),
            BeginOn = Text("beginOn"),
            Technical = Text("technical"),
            Function = Text("function"),
            Requirement = Text("requirement"),
            Fee = Text("fee"),
            ServiceContent = Text("serviceContent"),
            ServiceUrl = Text("serviceUrl"),
            CustomsSupervised = Flag("customsSupervised"),
            InsideDepart = Text("insideDepart"),
            Contact = Text("contact"),
            Phone = Text("phone"),
            Email = Text("email"),
            Address = Text("address"),
            PostalCode = Text("postalCode"),
            Sharing = Text("sharing"),
            Status = Text("status"),
            IsVisible = Flag("isVisible"),
            TakesBookings = Flag("takesBookings"),
            Capacity = Text("capacity") is { } capacity ? int.TryParse(capacity, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0 : null,
            TimeZone = Text("timeZone"),
        };

        string? Text(string name) => form.TryGetValue(name, out var value) ? Normal(value.ToString()) : null;

        // A box that is not ticked sends nothing; the hidden field before it says that it was there.
        bool? Flag(string name) => form.TryGetValue(name, out var values) ? values.Contains("true") : null;
    }

    // Browsers send line ends as two characters; a length counts them as one.
    private static string Normal(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal);
}
