using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Usage;

/// <summary>Reads filters from an address; what cannot be read is a problem of the list.</summary>
public static class UsageFilters
{
    public static UsageFilter Read(ListQuery list, out bool onlyOwn)
    {
        onlyOwn = Flag(list, "mine") ?? false;
        if (list.Cursor is { } cursor && !UsageQueries.IsCursor(cursor)) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", cursor)));
        return new UsageFilter(
            Id(list, "instrument"), Id(list, "institution"), Id(list, "person"), Time(list, "from", 0), Time(list, "to", 1), WordOf<UsageStatus>(list, "status"),
            Flag(list, "problem"), list["current"] == "any" ? null : Flag(list, "current") ?? true);
    }

    public static Guid? Id(ListQuery list, string name) => list[name] is not { } text ? null : Guid.TryParse(text, out var id) ? id : Wrong<Guid>(list, name, text, "UUID");

    public static bool? Flag(ListQuery list, string name) => list[name] switch
    {
        null => null,
        "true" => true,
        "false" => false,
        var text => Wrong<bool>(list, name, text, "true, false"),
    };

    public static TEnum? WordOf<TEnum>(ListQuery list, string name) where TEnum : struct, Enum =>
        list[name] is not { } text ? null : Word.TryParse<TEnum>(text, out var value) ? value : Wrong<TEnum>(list, name, text, string.Join(", ", Word.All<TEnum>()));

    public static LocalDate? Date(ListQuery list, string name) =>
        list[name] is not { } text ? null : LocalDatePattern.Iso.Parse(text) is { Success: true, Value.Year: >= 1 and < 9998 } date ? date.Value : Wrong<LocalDate>(list, name, text, "yyyy-MM-dd");

    /// <summary>An instant with an offset, or a date: its beginning in China, or with one more day its end.</summary>
    private static Instant? Time(ListQuery list, string name, int moreDays)
    {
        if (list[name] is not { } text) return null;
        if (LocalDatePattern.Iso.Parse(text) is { Success: true } date) return Words.DefaultZone.AtStartOfDay(date.Value.PlusDays(moreDays)).ToInstant();
        return InstantJsonConverter.Parse(text) ?? Wrong<Instant>(list, name, text, "2026-03-05T14:00:00+08:00, 2026-03-05");
    }

    private static T? Wrong<T>(ListQuery list, string name, string value, string known) where T : struct
    {
        list.Problems.Add(Problem.Invalid("request.filter-value", name, ("filter", name), ("value", value), ("known", known)));
        return null;
    }
}
