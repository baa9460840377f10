using System.Globalization;
using System.Net.Mail;
using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Catalog;

/// <summary>Reads the fields that were sent into an instrument and tells of every one that is wrong, at once.</summary>
public static class InstrumentFieldRules
{
    /// <summary>One thousand billion yuan: beyond it a value is a slip of the keyboard.</summary>
    public const long MaxValueFen = 100_000_000_000_000;

    public const int MaxCapacity = 1000;

    /// <summary>Hours of a leap year.</summary>
    public const decimal MaxHours = 8784;

    /// <param name="isNew">Then required fields must be there; else only what was sent is looked at.</param>
    /// <returns>Problems, each with its field and value; the instrument must not be saved when there are any.</returns>
    public static List<Problem> Apply(InstrumentInput input, Instrument instrument, bool isNew)
    {
        var problems = new List<Problem>();
        foreach (var field in InstrumentFields.Texts) ReadText(field, input, instrument, isNew, problems);
        ReadClassification(input.Classification, instrument, isNew, problems);
        ReadNation(input.Nation, instrument, problems);
        ReadHours("runHours", input.RunHours, v => instrument.RunHours = v, problems);
        ReadHours("serviceHours", input.ServiceHours, v => instrument.ServiceHours = v, problems);
        ReadRegion(input.Region, instrument, isNew, problems);
        ReadValue(input.OriginalValue, instrument, isNew, problems);
        ReadWord<BelongsTo>("belongsTo", input.BelongsTo, v => instrument.BelongsTo = v, problems);
        ReadWord<Funding>("funding", input.Funding, v => instrument.Funding = v, problems);
        ReadWord<InstrumentSource>("source", input.Source, v => instrument.Source = v, problems);
        ReadWord<InstrumentKind>("kind", input.Kind, v => instrument.Kind = v, problems);
        ReadWord<Sharing>("sharing", input.Sharing, v => instrument.Sharing = v, problems);
        ReadWord<InstrumentStatus>("status", input.Status, v => instrument.Status = v, problems);
        ReadDate("acceptedOn", input.AcceptedOn, v => instrument.AcceptedOn = v, problems);
        ReadDate("enrolledOn", input.EnrolledOn, v => instrument.EnrolledOn = v, problems);
        ReadDate("beginOn", input.BeginOn, v => instrument.BeginOn = v, problems);
        ReadFunds(input.Funds, instrument, problems);
        ReadSubjects(input.Subjects, instrument, problems);
        if (input.IsSet is { } isSet) instrument.IsSet = isSet;
        if (input.CustomsSupervised is { } supervised) instrument.CustomsSupervised = supervised;
        if (input.IsVisible is { } visible) instrument.IsVisible = visible;
        if (input.TakesBookings is { } takes) instrument.TakesBookings = takes;
        if (input.Capacity is >= 1 and <= MaxCapacity and { } capacity) instrument.Capacity = (short)capacity;
        else if (input.Capacity is { } wrong) problems.Add(Problem.Invalid("instrument.capacity", "capacity", ("value", wrong), ("max", MaxCapacity)));
        if (input.TimeZone is { } zone && DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is not null) instrument.TimeZone = zone;
        else if (input.TimeZone is { } unknown) problems.Add(Problem.Invalid("instrument.unknown-time-zone", "timeZone", ("value", unknown)));
        return problems;
    }

    /// <summary>Whether a booking decision made before the change no longer holds.</summary>
    public static bool AffectsBookings(InstrumentInput before, InstrumentInput after) =>
        (before.Name, before.NameEn, before.Sharing, before.Status, before.IsVisible, before.TakesBookings, before.Capacity, before.TimeZone)
        != (after.Name, after.NameEn, after.Sharing, after.Status, after.IsVisible, after.TakesBookings, after.Capacity, after.TimeZone);

    private static void ReadText(InstrumentTextField field, InstrumentInput input, Instrument instrument, bool isNew, List<Problem> problems)
    {
        var text = field.Sent(input)?.Trim();
        if (text is null && !(isNew && field.Required)) return;
        var length = text?.EnumerateRunes().Count() ?? 0;
        if (length == 0 && field.Required) problems.Add(Problem.Invalid("instrument.required", field.Name));
        else if (text!.Contains('\0', StringComparison.Ordinal)) problems.Add(Problem.Invalid("request.nul", field.Name));
        else if (length > field.Max) problems.Add(Problem.Invalid("instrument.too-long", field.Name, ("max", field.Max), ("length", length)));
        else if (length > 0 && Malformed(field.Name, text) is { } problem) problems.Add(problem);
        else field.Set(instrument, text);
    }

    private static Problem? Malformed(string field, string text) => field switch
    {
        "email" when !MailAddress.TryCreate(text, out var mail) || mail.Address != text => Problem.Invalid("instrument.email", field, ("value", text)),
        "postalCode" when text.Length != 6 || text.AsSpan().IndexOfAnyExceptInRange('0', '9') >= 0 => Problem.Invalid("instrument.postal-code", field, ("value", text)),
        "serviceUrl" when !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") => Problem.Invalid("instrument.service-url", field, ("value", text)),
        _ => null,
    };

    private static void ReadClassification(string? code, Instrument instrument, bool isNew, List<Problem> problems)
    {
        if (code is null && !isNew) return;
        if (string.IsNullOrWhiteSpace(code)) problems.Add(Problem.Invalid("instrument.required", "classification"));
        else if (ClassificationTree.National.Find(code.Trim()) is { } entry) instrument.Classification = entry.Code;
        else problems.Add(Problem.Invalid("instrument.unknown-classification", "classification", ("value", code)));
    }

    private static void ReadNation(string? nation, Instrument instrument, List<Problem> problems)
    {
        if (nation is null) return;
        if (string.IsNullOrWhiteSpace(nation)) instrument.Nation = string.Empty;
        else if (CountryCatalog.Find(nation.Trim()) is { } country) instrument.Nation = country.Name;
        else problems.Add(Problem.Invalid("instrument.unknown-nation", "nation", ("value", nation)));
    }

    private static void ReadHours(string field, string? text, Action<decimal?> set, List<Problem> problems)
    {
        if (text is null) return;
        if (string.IsNullOrWhiteSpace(text)) set(null);
        else if (decimal.TryParse(text.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var hours) && hours is >= 0 and <= MaxHours && hours == decimal.Round(hours, 2)) set(decimal.Round(hours, 2));
        else problems.Add(Problem.Invalid("instrument.hours", field, ("value", text)));
    }

    private static void ReadRegion(string? code, Instrument instrument, bool isNew, List<Problem> problems)
    {
        if (code is null && !isNew) return;
        if (string.IsNullOrWhiteSpace(code)) problems.Add(Problem.Invalid("instrument.required", "region"));
        else if (Region.IsValid(code) && RegionCatalog.Instance.Knows(new Region(code))) instrument.Region = new Region(code);
        else problems.Add(Problem.Invalid("instrument.unknown-region", "region", ("value", code)));
    }

    private static void ReadValue(MoneyInput? value, Instrument instrument, bool isNew, List<Problem> problems)
    {
        if (value is null && !isNew) return;
        if (string.IsNullOrWhiteSpace(value?.Amount)) problems.Add(Problem.Invalid("instrument.required", "originalValue"));
        else if (Money.TryParse(value.Amount.Trim(), out var money) && money.Fen is >= 0 and <= MaxValueFen && (value.Currency ?? Money.Cny) == Money.Cny) instrument.OriginalValue = money;
        else problems.Add(Problem.Invalid("instrument.original-value", "originalValue", ("value", $"{value.Amount} {value.Currency}".Trim())));
    }

    private static void ReadWord<TEnum>(string field, string? word, Action<TEnum> set, List<Problem> problems) where TEnum : struct, Enum
    {
        if (word is null) return;
        if (Word.TryParse<TEnum>(word, out var value)) set(value);
        else problems.Add(Problem.Invalid("instrument.unknown-word", field, ("value", word), ("known", string.Join(", ", Word.All<TEnum>()))));
    }

    private static void ReadDate(string field, string? text, Action<LocalDate?> set, List<Problem> problems)
    {
        if (text is null) return;
        if (text.Length == 0) set(null);
        else if (LocalDatePattern.Iso.Parse(text).TryGetValue(default, out var date) && date.Year is >= 1900 and <= 2200) set(date);
        else problems.Add(Problem.Invalid("instrument.date", field, ("value", text)));
    }

    private static void ReadFunds(List<string>? funds, Instrument instrument, List<Problem> problems)
    {
        if (funds is null) return;
        var unknown = funds.FirstOrDefault(f => !Word.TryParse<FundSource>(f, out _));
        if (unknown is null) instrument.Funds = funds.Distinct(StringComparer.Ordinal).ToList();
        else problems.Add(Problem.Invalid("instrument.unknown-word", "funds", ("value", unknown), ("known", string.Join(", ", Word.All<FundSource>()))));
    }

    private static void ReadSubjects(List<string>? subjects, Instrument instrument, List<Problem> problems)
    {
        if (subjects is null) return;
        var unknown = subjects.FirstOrDefault(s => SubjectCatalog.Find(s) is null);
        if (unknown is not null) problems.Add(Problem.Invalid("instrument.unknown-subject", "subjects", ("value", unknown)));
        else if (subjects.Count > SubjectCatalog.MaxPerInstrument) problems.Add(Problem.Invalid("instrument.too-many-subjects", "subjects", ("max", SubjectCatalog.MaxPerInstrument)));
        else instrument.Subjects = subjects.Select(s => SubjectCatalog.Find(s)!).Distinct(StringComparer.Ordinal).ToList();
    }
}
