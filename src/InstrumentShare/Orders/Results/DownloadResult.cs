using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Orders.Results;

/// <summary>Opens a file for its customer, their group leader or the lab's staff, and logs it. Nobody else learns that it is there.</summary>
public sealed class DownloadResult(AppDb db, Caller caller, IClock clock)
{
    public async Task<Outcome<ResultFile>> RunAsync(OrderId id, ResultFileId fileId, CancellationToken cancel)
    {
        var file = await db.Set<ResultFile>().AsNoTracking().SingleOrDefaultAsync(f => f.Id == fileId && f.OrderId == id, cancel);
        if (file is null || caller.PersonId is not { } person) return Problem.NotFound();
        var order = await db.Set<Order>().AsNoTracking().SingleAsync(o => o.Id == id, cancel);
        var door = await OrderDoor.OfAsync(db, caller, order, cancel);
        if (!door.MayDownload) return Problem.NotFound();
        var now = clock.GetCurrentInstant();
        if (file.RemovedAt is not null || file.ExpiresAt <= now) return Problem.Refused("result.removed", null, ("name", file.Name), ("on", file.ExpiresOn));
        db.Add(new ResultDownload { FileId = fileId, PersonId = person, DownloadedAt = now });
        await db.SaveChangesAsync(cancel);
        return file;
    }
}
