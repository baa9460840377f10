using System.Runtime.CompilerServices;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Orders.Results;

/// <summary>Where the bytes of results are kept.</summary>
public interface IResultStore
{
    /// <summary>Keeps the bytes of a file whose record is saved, in its transaction.</summary>
    Task WriteAsync(ResultFileId id, byte[] content, CancellationToken cancel);

    /// <summary>The bytes in order; nothing where they were removed.</summary>
    IAsyncEnumerable<byte[]> ReadAsync(ResultFileId id, CancellationToken cancel);
}

/// <summary>Keeps them in the database, in parts, so that every node serves them and no answer holds a file whole.</summary>
public sealed class DatabaseResultStore(AppDb db) : IResultStore
{
    private const int PartBytes = 1024 * 1024;

    public async Task WriteAsync(ResultFileId id, byte[] content, CancellationToken cancel)
    {
        foreach (var (bytes, part) in content.Chunk(PartBytes).Select((b, at) => (b, at)))
            await db.Database.ExecuteSqlAsync($"INSERT INTO result_chunks (file_id, part, bytes) VALUES ({id.Value}, {part}, {bytes})", cancel);
    }

    public async IAsyncEnumerable<byte[]> ReadAsync(ResultFileId id, [EnumeratorCancellation] CancellationToken cancel)
    {
        for (var part = 0; ; part++)
        {
            var bytes = await db.Database.SqlQuery<byte[]>($"SELECT bytes AS \"Value\" FROM result_chunks WHERE file_id = {id.Value} AND part = {part}").ToListAsync(cancel);
            if (bytes.Count == 0) yield break;
            yield return bytes[0];
        }
    }
}
