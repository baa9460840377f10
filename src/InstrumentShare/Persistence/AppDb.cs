using InstrumentShare.Kernel;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Persistence;

/// <summary>The one database context. It finds every module's mappings by scanning, so it names none of their types.</summary>
public sealed class AppDb(DbContextOptions<AppDb> options) : DbContext(options)
{
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(AppDb).Assembly);
        modelBuilder.UseSnakeCase();
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<Instant>().HaveConversion<InstantConverter>().HaveColumnType("timestamptz");
        configurationBuilder.Properties<LocalDate>().HaveConversion<LocalDateConverter>().HaveColumnType("date");
        configurationBuilder.Properties<LocalDateTime>().HaveConversion<LocalDateTimeConverter>().HaveColumnType("timestamp without time zone");
        configurationBuilder.Properties<Region>().HaveConversion<RegionConverter>();
        foreach (var type in TypedIds()) configurationBuilder.Properties(type).HaveConversion(typeof(TypedIdConverter<>).MakeGenericType(type));
        foreach (var type in Enums()) configurationBuilder.Properties(type).HaveConversion(typeof(WordConverter<>).MakeGenericType(type));
    }

    private static IEnumerable<Type> TypedIds() => typeof(AppDb).Assembly.GetTypes().Where(t =>
        t.IsValueType && t.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(ITypedId<>)));

    private static IEnumerable<Type> Enums() => typeof(AppDb).Assembly.GetTypes().Where(t => t.IsEnum);
}
