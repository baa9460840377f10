using InstrumentShare.Access;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Orders.Results;

public sealed record ResultRow(ResultFileId Id, OrderLineId? OrderLineId, string Name, string MediaType, long Size, string Sha256, Instant UploadedAt, LocalDate ExpiresOn, Instant? RemovedAt, int Downloads);

public sealed record DownloadRow(string File, string Person, Instant DownloadedAt);

/// <summary>An order's results, for those who may download them.</summary>
public sealed class ResultQueries(AppDb db)
{
    private const int Most = 500;

    public Task<List<ResultRow>> OfOrderAsync(OrderId id, CancellationToken cancel) => db.Set<ResultFile>().AsNoTracking().Where(f => f.OrderId == id).OrderBy(f => f.Id).Take(Most)
        .Select(f => new ResultRow(f.Id, f.LineId, f.Name, f.MediaType, f.Size, f.Sha256, f.UploadedAt, f.ExpiresOn, f.RemovedAt, db.Set<ResultDownload>().Count(d => d.FileId == f.Id))).ToListAsync(cancel);

    /// <summary>Who downloaded what, newest first.</summary>
    public Task<List<DownloadRow>> DownloadsAsync(OrderId id, CancellationToken cancel) => db.Set<ResultDownload>().AsNoTracking().Where(d => db.Set<ResultFile>().Any(f => f.Id == d.FileId && f.OrderId == id)).OrderByDescending(d => d.Id).Take(Most)
        .Select(d => new DownloadRow(db.Set<ResultFile>().Where(f => f.Id == d.FileId).Select(f => f.Name).Single(), db.Set<Person>().Where(p => p.Id == (Guid)(object)d.PersonId).Select(p => p.Name).Single(), d.DownloadedAt)).ToListAsync(cancel);
}
