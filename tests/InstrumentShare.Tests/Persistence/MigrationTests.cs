using InstrumentShare.Persistence;
using InstrumentShare.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace InstrumentShare.Tests.Persistence;

public sealed class MigrationTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Migrating_again_changes_nothing()
    {
        var before = await database.ScalarAsync<long>("SELECT count(*) FROM schema_migrations");
        await Migrator.MigrateAsync(database.ConnectionString);
        (await database.ScalarAsync<long>("SELECT count(*) FROM schema_migrations")).ShouldBe(before);
    }

    [Fact]
    public async Task A_migration_that_was_changed_after_it_was_applied_stops_the_start()
    {
        var name = Migrator.Files().First().Name;
        var checksum = await database.ScalarAsync<string>("SELECT checksum FROM schema_migrations WHERE name = @name", ("name", name));
        await database.ExecuteAsync("UPDATE schema_migrations SET checksum = 'other' WHERE name = @name", ("name", name));
        try
        {
            var failure = await Should.ThrowAsync<StartRefusedException>(() => Migrator.MigrateAsync(database.ConnectionString));
            failure.Message.ShouldContain(name);
        }
        finally
        {
            await database.ExecuteAsync("UPDATE schema_migrations SET checksum = @checksum WHERE name = @name", ("name", name), ("checksum", checksum));
        }
    }

    [Fact]
    public async Task The_model_has_every_mapped_column_as_the_database_has_it()
    {
        await using var db = database.NewDb();
        var differences = new List<string>();
        foreach (var entity in db.Model.GetEntityTypes())
        {
            var table = entity.GetTableName()!;
            var columns = await ColumnsAsync(table);
            if (columns.Count == 0) differences.Add($"{table} is missing");
            foreach (var property in Properties(entity))
            {
                var column = property.GetColumnName();
                if (!columns.TryGetValue(column, out var actual)) differences.Add($"{table}.{column} is missing");
                else if (actual.Nullable != property.IsNullable) differences.Add($"{table}.{column}: database {(actual.Nullable ? "allows" : "forbids")} null, model does not agree");
                else if (Family(actual.Type) != Family(property.GetColumnType())) differences.Add($"{table}.{column}: database {actual.Type}, model {property.GetColumnType()}");
            }
        }

        differences.ShouldBeEmpty();
    }

    private static IEnumerable<IProperty> Properties(ITypeBase type) =>
        type.GetProperties().Concat(type.GetComplexProperties().SelectMany(c => Properties(c.ComplexType)));

    private static string Family(string type) => type switch
    {
        "timestamp with time zone" => "timestamptz",
        "character varying" or "varchar" => "text",
        _ => type.EndsWith("[]", StringComparison.Ordinal) ? "ARRAY" : type,
    };

    private async Task<Dictionary<string, (string Type, bool Nullable)>> ColumnsAsync(string table)
    {
        await using var command = database.DataSource.CreateCommand("SELECT column_name, data_type, is_nullable FROM information_schema.columns WHERE table_schema = 'public' AND table_name = $1");
        command.Parameters.AddWithValue(table);
        await using var reader = await command.ExecuteReaderAsync();
        var columns = new Dictionary<string, (string, bool)>(StringComparer.Ordinal);
        while (await reader.ReadAsync()) columns.Add(reader.GetString(0), (reader.GetString(1), reader.GetString(2) == "YES"));
        return columns;
    }
}
