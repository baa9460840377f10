using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using InstrumentShare.Kernel;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Persistence;

/// <summary>
/// How values look in JSON, on the wire and in jsonb alike: camelCase, words for enumerations, amounts as
/// <c>{"amount":"1.00","currency":"CNY"}</c>, instants in UTC (any offset is read), dates as yyyy-MM-dd.
/// </summary>
public static class Json
{
    public static JsonSerializerOptions Options { get; } = Apply(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Apply(JsonSerializerOptions options)
    {
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new InstantJsonConverter());
        options.Converters.Add(new LocalDateJsonConverter());
        options.Converters.Add(new LocalDateTimeJsonConverter());
        options.Converters.Add(new MoneyJsonConverter());
        options.Converters.Add(new TimeSlotJsonConverter());
        options.Converters.Add(new RegionJsonConverter());
        options.Converters.Add(new TypedIdJsonConverterFactory());
        return options;
    }
}

public sealed class InstantJsonConverter : JsonConverter<Instant>
{
    private static readonly OffsetDateTimePattern Input = OffsetDateTimePattern.ExtendedIso;

    public override Instant Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var text = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return Parse(text) ?? throw new JsonException("An instant is ISO 8601 with an offset, such as 2026-03-05T14:00:00+08:00.");
    }

    public override void Write(Utf8JsonWriter writer, Instant value, JsonSerializerOptions options) =>
        writer.WriteStringValue(InstantPattern.ExtendedIso.Format(value));

    /// <summary>Reads ISO 8601 with an offset, with or without seconds; null when it is not that.</summary>
    public static Instant? Parse(string? text)
    {
        if (text is null) return null;
        var full = text.Length > 16 && text[16] is 'Z' or '+' or '-' ? text.Insert(16, ":00") : text;
        var result = Input.Parse(full);
        return result.Success ? result.Value.ToInstant() : null;
    }
}

public sealed class LocalDateJsonConverter : JsonConverter<LocalDate>
{
    public override LocalDate Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var result = LocalDatePattern.Iso.Parse(reader.TokenType == JsonTokenType.String ? reader.GetString()! : string.Empty);
        return result.Success ? result.Value : throw new JsonException("A date is yyyy-MM-dd.");
    }

    public override void Write(Utf8JsonWriter writer, LocalDate value, JsonSerializerOptions options) =>
        writer.WriteStringValue(LocalDatePattern.Iso.Format(value));
}

/// <summary>A time on some wall's clock is yyyy-MM-ddTHH:mm:ss, without an offset.</summary>
public sealed class LocalDateTimeJsonConverter : JsonConverter<LocalDateTime>
{
    public override LocalDateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var result = LocalDateTimePattern.GeneralIso.Parse(reader.TokenType == JsonTokenType.String ? reader.GetString()! : string.Empty);
        return result.Success ? result.Value : throw new JsonException("A local time is yyyy-MM-ddTHH:mm:ss.");
    }

    public override void Write(Utf8JsonWriter writer, LocalDateTime value, JsonSerializerOptions options) =>
        writer.WriteStringValue(LocalDateTimePattern.GeneralIso.Format(value));
}

/// <summary>A slot is <c>{"startsAt":…,"endsAt":…}</c>.</summary>
public sealed class TimeSlotJsonConverter : JsonConverter<TimeSlot>
{
    private sealed record Shape(Instant StartsAt, Instant EndsAt);

    public override TimeSlot Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var shape = JsonSerializer.Deserialize<Shape>(ref reader, options);
        return shape is not null && shape.EndsAt > shape.StartsAt ? new TimeSlot(shape.StartsAt, shape.EndsAt) : throw new JsonException("A slot ends after it starts.");
    }

    public override void Write(Utf8JsonWriter writer, TimeSlot value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, new Shape(value.StartsAt, value.EndsAt), options);
}

public sealed class MoneyJsonConverter : JsonConverter<Money>
{
    private sealed record Shape(string Amount, string Currency);

    public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var shape = JsonSerializer.Deserialize<Shape>(ref reader, options);
        return shape is { Currency.Length: 3 } && Money.TryParse(shape.Amount, out var money, shape.Currency)
            ? money
            : throw new JsonException("Money is {\"amount\":\"123.45\",\"currency\":\"CNY\"} with at most two decimals.");
    }

    public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("amount", value.ToString());
        writer.WriteString("currency", value.Currency);
        writer.WriteEndObject();
    }
}

public sealed class RegionJsonConverter : JsonConverter<Region>
{
    public override Region Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var code = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
        return Region.IsValid(code) ? new Region(code!) : throw new JsonException("A region is CN- and 2, 4 or 6 digits.");
    }

    public override void Write(Utf8JsonWriter writer, Region value, JsonSerializerOptions options) => writer.WriteStringValue(value.Code);
}

public sealed class TypedIdJsonConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsValueType &&
        typeToConvert.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(ITypedId<>));

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(TypedIdJsonConverter<>).MakeGenericType(typeToConvert))!;

    private sealed class TypedIdJsonConverter<TId> : JsonConverter<TId> where TId : struct, ITypedId<TId>
    {
        public override TId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => TId.From(reader.GetGuid());

        public override void Write(Utf8JsonWriter writer, TId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}
