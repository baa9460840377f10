using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using NpgsqlTypes;

namespace InstrumentShare.Persistence;

/// <summary>Rows for one table, as the database stores them, to be written by binary COPY.</summary>
public sealed record CopyTable(string Name, IReadOnlyList<(string Name, string Type)> Columns, IReadOnlyList<object?[]> Rows)
{
    /// <summary>Rows from entities, by the columns and converters of their mapping.</summary>
    public static CopyTable Of<T>(AppDb db, IEnumerable<T> entities) where T : class
    {
        var type = db.Model.FindEntityType(typeof(T))!;
        var columns = type.GetProperties().Where(p => p.PropertyInfo is not null).Select(p => new Column(null, p))
            .Concat(type.GetComplexProperties().SelectMany(c => c.ComplexType.GetProperties().Where(p => p.PropertyInfo is not null).Select(p => new Column(c, p)))).ToList();
        return new CopyTable(type.GetTableName()!, [.. columns.Select(c => (c.Property.GetColumnName(), c.Property.GetColumnType()))],
            [.. entities.Select(e => columns.Select(c => c.ValueOf(e)).ToArray())]);
    }

    public async Task WriteAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var columns = string.Join(", ", Columns.Select(c => $"\"{c.Name}\""));
        await using var writer = await connection.BeginBinaryImportAsync($"COPY \"{Name}\" ({columns}) FROM STDIN (FORMAT binary)", cancel);
        foreach (var row in Rows)
        {
            await writer.StartRowAsync(cancel);
            for (var i = 0; i < row.Length; i++)
            {
                if (row[i] is { } value) await writer.WriteAsync(value, Columns[i].Type, cancel);
                else await writer.WriteNullAsync(cancel);
            }
        }

        await writer.CompleteAsync(cancel);
    }

    /// <summary>A line for each row, for a digest of the data.</summary>
    public IEnumerable<byte[]> Lines() =>
        Rows.Select(r => JsonSerializer.SerializeToUtf8Bytes(r.Select(v => v is NpgsqlRange<DateTime> range ? range.ToString() : v).ToArray(), Json.Options));

    private sealed record Column(IComplexProperty? Owner, IProperty Property)
    {
        public object? ValueOf(object entity)
        {
            var holder = Owner is null ? entity : Owner.PropertyInfo!.GetValue(entity);
            var value = holder is null ? null : Property.PropertyInfo!.GetValue(holder);
            return value is null ? null : Property.GetTypeMapping().Converter is { } converter ? converter.ConvertToProvider(value) : value;
        }
    }
}
