using System.Text;
using System.Text.Json;
using InstrumentShare.Kernel;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using NodaTime;

namespace InstrumentShare.Persistence;

public sealed class InstantConverter() : ValueConverter<Instant, DateTime>(i => i.ToDateTimeUtc(), d => Instant.FromDateTimeUtc(d));

public sealed class LocalDateConverter() : ValueConverter<LocalDate, DateOnly>(d => d.ToDateOnly(), d => LocalDate.FromDateOnly(d));

/// <summary>A time on some wall's clock: <c>timestamp</c> without a zone.</summary>
public sealed class LocalDateTimeConverter() : ValueConverter<LocalDateTime, DateTime>(t => t.ToDateTimeUnspecified(), d => LocalDateTime.FromDateTime(d));

public sealed class RegionConverter() : ValueConverter<Region, string>(r => r.Code, s => new Region(s));

public sealed class TypedIdConverter<TId>() : ValueConverter<TId, Guid>(id => id.Value, value => Make(value))
    where TId : struct, ITypedId<TId>
{
    private static TId Make(Guid value) => TId.From(value);
}

/// <summary>Enumerations are stored as the API's camelCase words.</summary>
public sealed class WordConverter<TEnum>() : ValueConverter<TEnum, string>(value => Word.Of(value), word => Word.Parse<TEnum>(word))
    where TEnum : struct, Enum;

/// <summary>The camelCase word of an enumeration's value, as API, database and policies spell it.</summary>
public static class Word
{
    public static string Of<TEnum>(TEnum value) where TEnum : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    public static TEnum Parse<TEnum>(string word) where TEnum : struct, Enum =>
        TryParse<TEnum>(word, out var value) ? value : throw new FormatException($"“{word}” is not a {typeof(TEnum).Name}.");

    /// <summary>Exact spelling only: numbers, other cases and lists of flags are refused.</summary>
    public static bool TryParse<TEnum>(string? word, out TEnum value) where TEnum : struct, Enum
    {
        foreach (var candidate in Enum.GetValues<TEnum>())
        {
            if (!string.Equals(Of(candidate), word, StringComparison.Ordinal)) continue;
            value = candidate;
            return true;
        }

        value = default;
        return false;
    }

    public static IEnumerable<string> All<TEnum>() where TEnum : struct, Enum => Enum.GetValues<TEnum>().Select(Of);
}

public static class MappingExtensions
{
    /// <summary>Names tables' columns in snake_case: <c>StartsAt</c> is <c>starts_at</c>.</summary>
    public static void UseSnakeCase(this ModelBuilder modelBuilder)
    {
        foreach (var entity in modelBuilder.Model.GetEntityTypes())
        {
            foreach (var property in entity.GetProperties())
                if (property.FindAnnotation("Relational:ColumnName") is null) property.SetColumnName(SnakeCase(property.Name));
        }
    }

    /// <summary>Maps an amount to two columns, <c>name_fen</c> and <c>name_currency</c>.</summary>
    public static void HasMoney<TEntity>(this EntityTypeBuilder<TEntity> entity, System.Linq.Expressions.Expression<Func<TEntity, Money>> money, string column)
        where TEntity : class => entity.ComplexProperty(money, m =>
        {
            m.Property(x => x.Fen).HasColumnName(column + "_fen");
            m.Property(x => x.Currency).HasColumnName(column + "_currency");
        });

    /// <summary>Stores a value as a jsonb document.</summary>
    public static PropertyBuilder<T> HasJson<T>(this PropertyBuilder<T> property) => property
        .HasColumnType("jsonb")
        .HasConversion(
            new ValueConverter<T, string>(v => JsonSerializer.Serialize(v, Json.Options), s => JsonSerializer.Deserialize<T>(s, Json.Options)!),
            new ValueComparer<T>(
                (a, b) => JsonSerializer.Serialize(a, Json.Options) == JsonSerializer.Serialize(b, Json.Options),
                v => JsonSerializer.Serialize(v, Json.Options).GetHashCode(StringComparison.Ordinal),
                v => JsonSerializer.Deserialize<T>(JsonSerializer.Serialize(v, Json.Options), Json.Options)!));

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        foreach (var c in name)
        {
            if (char.IsUpper(c) && text.Length > 0) text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
