using System.Text.Json.Serialization;
using NodaTime.Text;

namespace InstrumentShare.Catalog;

/// <summary>An amount as it was sent, not yet read.</summary>
public sealed record MoneyInput(string? Amount, string? Currency = null);

/// <summary>
/// The fields of an instrument as a form, a program or a row of a file sends them: null leaves a field as it is, an empty
/// text clears it. Everything stays text until <see cref="InstrumentFieldRules"/> has read it, so that a wrong value is
/// answered beside its field.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record InstrumentInput
{
    public Guid? InstitutionId { get; init; }

    public string? InnerId { get; init; }

    public string? Name { get; init; }

    public string? NameEn { get; init; }

    public string? Model { get; init; }

    public string? Manufacturer { get; init; }

    public string? Classification { get; init; }

    public string? BelongsTo { get; init; }

    public string? BelongsToName { get; init; }

    public string? Region { get; init; }

    public string? Street { get; init; }

    public MoneyInput? OriginalValue { get; init; }

    public bool? IsSet { get; init; }

    public string? Funding { get; init; }

    public List<string>? Funds { get; init; }

    public string? Source { get; init; }

    public string? Kind { get; init; }

    public List<string>? Subjects { get; init; }

    /// <summary>A country's Chinese or English name or its two letters.</summary>
    public string? Nation { get; init; }

    public string? RunHours { get; init; }

    public string? ServiceHours { get; init; }

    public string? AcceptedOn { get; init; }

    public string? EnrolledOn { get; init; }

    public string? BeginOn { get; init; }

    public string? Technical { get; init; }

    public string? Function { get; init; }

    public string? Requirement { get; init; }

    public string? Fee { get; init; }

    public string? ServiceContent { get; init; }

    public string? ServiceUrl { get; init; }

    public bool? CustomsSupervised { get; init; }

    public string? InsideDepart { get; init; }

    public string? Contact { get; init; }

    public string? Phone { get; init; }

    public string? Email { get; init; }

    public string? Address { get; init; }

    public string? PostalCode { get; init; }

    public string? Sharing { get; init; }

    public string? Status { get; init; }

    public bool? IsVisible { get; init; }

    public bool? TakesBookings { get; init; }

    public int? Capacity { get; init; }

    public string? TimeZone { get; init; }

    /// <summary>The present fields of an instrument: what a form starts from and the audit trail keeps.</summary>
    public static InstrumentInput Of(Instrument i) => new()
    {
        InstitutionId = i.InstitutionId.Value,
        InnerId = i.InnerId,
        Name = i.Name,
        NameEn = i.NameEn,
        Model = i.Model,
        Manufacturer = i.Manufacturer,
        Classification = i.Classification,
        BelongsTo = Word(i.BelongsTo),
        BelongsToName = i.BelongsToName,
        Region = i.Region.Code,
        Street = i.Street,
        OriginalValue = new MoneyInput(i.OriginalValue.ToString(), i.OriginalValue.Currency),
        IsSet = i.IsSet,
        Funding = Word(i.Funding),
        Funds = i.Funds,
        Source = Word(i.Source),
        Kind = Word(i.Kind),
        Subjects = i.Subjects,
        Nation = i.Nation,
        RunHours = Hours(i.RunHours) ?? string.Empty,
        ServiceHours = Hours(i.ServiceHours) ?? string.Empty,
        AcceptedOn = Date(i.AcceptedOn),
        EnrolledOn = Date(i.EnrolledOn),
        BeginOn = Date(i.BeginOn),
        Technical = i.Technical,
        Function = i.Function,
        Requirement = i.Requirement,
        Fee = i.Fee,
        ServiceContent = i.ServiceContent,
        ServiceUrl = i.ServiceUrl,
        CustomsSupervised = i.CustomsSupervised,
        InsideDepart = i.InsideDepart,
        Contact = i.Contact,
        Phone = i.Phone,
        Email = i.Email,
        Address = i.Address,
        PostalCode = i.PostalCode,
        Sharing = Word(i.Sharing),
        Status = Word(i.Status),
        IsVisible = i.IsVisible,
        TakesBookings = i.TakesBookings,
        Capacity = i.Capacity,
        TimeZone = i.TimeZone,
    };

    /// <summary>Whether two inputs hold the same values; lists by their content.</summary>
    public bool SaysTheSameAs(InstrumentInput other) =>
        (Funds ?? []).SequenceEqual(other.Funds ?? []) && (Subjects ?? []).SequenceEqual(other.Subjects ?? [])
        && this with { Funds = null, Subjects = null } == other with { Funds = null, Subjects = null };

    private static string Word<TEnum>(TEnum value) where TEnum : struct, Enum => Persistence.Word.Of(value);

    /// <summary>As programs write them, without needless zeros.</summary>
    public static string? Hours(decimal? hours) => hours?.ToString("0.##", System.Globalization.CultureInfo.InvariantCulture);

    private static string Date(NodaTime.LocalDate? date) => date is { } day ? LocalDatePattern.Iso.Format(day) : string.Empty;
}
