using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using InstrumentShare.Kernel;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Web;

/// <summary>Words, dates and money in one language; in pages and answers the language of the request.</summary>
public sealed partial class Words(WordCatalog catalog, string language)
{
    public static readonly DateTimeZone DefaultZone = DateTimeZoneProviders.Tzdb["Asia/Shanghai"];

    public string Language => language;

    public bool IsChinese => language == "zh-CN";

    public CultureInfo Culture { get; } = CultureInfo.GetCultureInfo(language == "en" ? "en-GB" : language);

    public string this[string key] => catalog.Find(language, key);

    /// <summary>The text with its <c>{named}</c> places filled.</summary>
    public string this[string key, params (string Name, object? Value)[] values] => Fill(catalog.Find(language, key), values.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal));

    public bool Has(string key) => catalog.Has(key);

    /// <summary>Of two names the one of this language; the other when it is empty.</summary>
    public string Name(string name, string? nameEn) => IsChinese || string.IsNullOrEmpty(nameEn) ? name : nameEn;

    /// <summary>The name of the figure that says in which zone a problem's times are told.</summary>
    public const string ZoneFigure = "timeZone";

    /// <summary>The name of the figure that says which date of many a problem is about; its sentence begins with it.</summary>
    public const string DateFigure = "onDate";

    /// <summary>The name of the figure that says which thing, booked along with another, a problem is about; with <c>En</c> its English name.</summary>
    public const string AboutFigure = "about";

    /// <summary>The sentence of a problem in this language, instants in the zone given, or in the one that the problem names.</summary>
    public string Of(Problem problem, DateTimeZone? zone = null) => (problem.Data?.GetValueOrDefault(DateFigure) is LocalDate date ? Date(date) + (IsChinese ? "：" : ": ") : string.Empty)
        + (problem.Data?.GetValueOrDefault(AboutFigure) is string about ? Name(about, problem.Data.GetValueOrDefault(AboutFigure + "En") as string) + (IsChinese ? "：" : ": ") : string.Empty) + Fill(
        catalog.Find(language, "problem." + problem.Code), problem.Data,
        zone ?? (problem.Data?.GetValueOrDefault(ZoneFigure) is string id ? DateTimeZoneProviders.Tzdb.GetZoneOrNull(id) : null));

    public string Of<TEnum>(string prefix, TEnum value) where TEnum : struct, Enum => this[prefix + "." + Persistence.Word.Of(value)];

    /// <summary>¥1,234.50 or CNY 1,234.50, as people there write it.</summary>
    public string Money(Money money) => money.Currency == Kernel.Money.Cny && IsChinese
        ? "¥" + money.Yuan.ToString("#,##0.00", CultureInfo.InvariantCulture)
        : money.Currency + " " + money.Yuan.ToString("#,##0.00", CultureInfo.InvariantCulture);

    public string Number(decimal value, int decimals = 0) => value.ToString("N" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>Hours with two decimals and their unit.</summary>
    public string Hours(long seconds) => this["unit.hours", ("hours", Rounding.Hours(seconds).ToString("0.##", CultureInfo.InvariantCulture))];

    /// <summary>2026年3月5日 周四 or Thu 5 Mar 2026.</summary>
    public string Date(LocalDate date) => IsChinese
        ? LocalDatePattern.Create("yyyy年M月d日 ", Culture).Format(date) + ChineseWeekday(date)
        : LocalDatePattern.Create("ddd d MMM yyyy", Culture).Format(date);

    public string Date(Instant instant, DateTimeZone? zone = null) => Date(instant.InZone(zone ?? DefaultZone).Date);

    /// <summary>Date and time of day in the zone given.</summary>
    public string Time(Instant instant, DateTimeZone? zone = null)
    {
        var local = instant.InZone(zone ?? DefaultZone);
        return $"{Date(local.Date)} {Clock(local.TimeOfDay)}".Replace("  ", " ", StringComparison.Ordinal);
    }

    /// <summary>2026年3月5日 周四 14:00–16:00; the second date only when it differs.</summary>
    public string Slot(Instant startsAt, Instant endsAt, DateTimeZone? zone = null)
    {
        var start = startsAt.InZone(zone ?? DefaultZone);
        var end = endsAt.InZone(zone ?? DefaultZone);
        var comma = IsChinese ? " " : ", ";
        var until = end.TimeOfDay == LocalTime.Midnight && end.Date == start.Date.PlusDays(1) ? "24:00"
            : end.Date == start.Date ? Clock(end.TimeOfDay) : Date(end.Date) + comma + Clock(end.TimeOfDay);
        return $"{Date(start.Date)}{comma}{Clock(start.TimeOfDay)}–{until}";
    }

    public static string Clock(LocalTime time) => LocalTimePattern.CreateWithInvariantCulture("HH:mm").Format(time);

    /// <summary>Fills the <c>{named}</c> places of a text.</summary>
    public string Fill(string text, IReadOnlyDictionary<string, object?>? data, DateTimeZone? zone = null) => data is null
        ? text
        : Placeholder().Replace(text, match => data.TryGetValue(match.Groups[1].Value, out var value) ? Show(value, zone) : match.Value);

    private string Show(object? value, DateTimeZone? zone) => value switch
    {
        null => "—",
        Money money => Money(money),
        Instant instant => Time(instant, zone),
        LocalDate date => Date(date),
        TimeSlot slot => Slot(slot.StartsAt, slot.EndsAt, zone),
        IEnumerable<object?> list => string.Join("\n", list.Select(item => Show(item, zone))),
        Enum word when Has(KeyOf(word)) => this[KeyOf(word)],
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? string.Empty,
    };

    // BookingStatus.InUse has its words at bookingStatus.inUse.
    private static string KeyOf(Enum value) => JsonNamingPolicy.CamelCase.ConvertName(value.GetType().Name) + "." + JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static string ChineseWeekday(LocalDate date) => "周" + "一二三四五六日"[(int)date.DayOfWeek - 1];

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();
}
