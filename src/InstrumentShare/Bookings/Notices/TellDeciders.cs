using InstrumentShare.Bookings.Approvals;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Quartz;

namespace InstrumentShare.Bookings.Notices;

/// <summary>Tells those whom a request waits for, once for each of its steps.</summary>
public sealed class TellDeciders(NoticeWriter notices)
{
    public Task<int> RunAsync(CancellationToken cancel = default) => notices.RunAsync(Waiting, b => Deciders.TellAsync(b, NoticeRules.ToDecide, cancel), cancel);

    private static IQueryable<Guid> Waiting(AppDb db, Instant now)
    {
        var at = now.ToDateTimeUtc();
        return db.Database.SqlQuery<Guid>($"""
            INSERT INTO booking_notices (booking_id, kind, about, told_at)
            SELECT b.id, 'toDecide', b.approval_since, {at} FROM bookings b
            WHERE b.status = 'requested' AND b.offered_until IS NULL AND NOT EXISTS (SELECT 1 FROM booking_notices n WHERE n.booking_id = b.id AND n.kind = 'toDecide' AND n.about = b.approval_since)
            ORDER BY b.created_at LIMIT {NoticeWriter.BatchSize}
            ON CONFLICT DO NOTHING RETURNING booking_id AS "Value"
            """);
    }
}

public sealed class TellDecidersJob(TellDeciders tell) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await tell.RunAsync(cancellationToken);
}
