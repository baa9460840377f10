using System.Text.Json;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Notifications;

/// <summary>
/// A message's values, read back from the outbox's JSON so that a text shows them as people write them: amounts, instants, dates
/// and slots by their shape. Where both <c>name</c> and <c>nameEn</c> stand, <c>{name}</c> is the one of the message's language.
/// <c>timeZone</c> sets the zone of times, <c>calendar</c> holds what calendars are told, of a series in each of <c>dates</c>.
/// </summary>
public sealed record MailData(IReadOnlyDictionary<string, object?> Values, DateTimeZone? Zone, CalendarNote? Calendar, IReadOnlyList<MailData.Date> Dates)
{
    /// <summary>One of several bookings that a message tells of.</summary>
    public sealed record Date(Instant StartsAt, Instant EndsAt, Guid BookingId, CalendarNote? Calendar);

    /// <summary>The moment the message is about: by when it wants an answer, else when its slot starts; null when it names none.</summary>
    public Instant? About => Values.GetValueOrDefault("answerBy") as Instant? ?? (Values.GetValueOrDefault("slot") is TimeSlot slot ? slot.StartsAt : null);

    public static MailData Read(string json, Words words)
    {
        using var document = JsonDocument.Parse(json);
        var values = document.RootElement.EnumerateObject().Where(p => p.Name != "calendar").ToDictionary(p => p.Name, p => ValueOf(p.Value), StringComparer.Ordinal);
        foreach (var name in values.Keys.Where(n => values.ContainsKey(n + "En")).ToList())
            values[name] = words.Name(values[name] as string ?? string.Empty, values[name + "En"] as string);
        var zone = values.GetValueOrDefault("timeZone") is string id ? DateTimeZoneProviders.Tzdb.GetZoneOrNull(id) : null;
        var note = document.RootElement.TryGetProperty("calendar", out var calendar) ? calendar.Deserialize<CalendarNote>(Json.Options) : null;
        var dates = document.RootElement.TryGetProperty("dates", out var list) && list.ValueKind == JsonValueKind.Array ? list.Deserialize<List<Date>>(Json.Options)! : [];
        return new MailData(values, zone, note, dates);
    }

    private static object? ValueOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Object when value.TryGetProperty("amount", out _) && value.TryGetProperty("currency", out _) => value.Deserialize<Money>(Json.Options),
        JsonValueKind.Object when value.TryGetProperty("startsAt", out var from) && value.TryGetProperty("endsAt", out var to) =>
            new TimeSlot(from.Deserialize<Instant>(Json.Options), to.Deserialize<Instant>(Json.Options)),
        JsonValueKind.Number when value.TryGetInt64(out var whole) => whole,
        JsonValueKind.Number => value.GetDecimal(),
        JsonValueKind.Array => value.EnumerateArray().Select(ValueOf).ToList(),
        JsonValueKind.String => TextOf(value.GetString()!),
        _ => value.ToString(),
    };

    private static object TextOf(string text)
    {
        if (InstantJsonConverter.Parse(text) is { } instant) return instant;
        var date = LocalDatePattern.Iso.Parse(text);
        return date.Success ? date.Value : text;
    }
}
