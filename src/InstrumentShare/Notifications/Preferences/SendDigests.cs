using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Quartz;

namespace InstrumentShare.Notifications.Preferences;

/// <summary>Makes one message of those that wait for a person's digest, once its hour has come, and leaves the sending to the outbox.</summary>
public sealed class SendDigests(IDbContextFactory<AppDb> databases, MailGate gate, IClock clock)
{
    public const int BatchSize = 500;

    /// <summary>How many digests were written.</summary>
    public async Task<int> RunAsync(CancellationToken cancel = default)
    {
        var written = 0;
        while (true)
        {
            var (digests, more) = await WriteBatchAsync(cancel);
            written += digests;
            if (!more) return written;
        }
    }

    private async Task<(int Digests, bool More)> WriteBatchAsync(CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var now = clock.GetCurrentInstant();
        var due = now.ToDateTimeUtc();
        var waiting = await db.Set<OutboxMessage>().FromSql($"""
            SELECT * FROM outbox_messages WHERE held = 'digest' AND next_attempt_at <= {due} ORDER BY person_id, id LIMIT {BatchSize} FOR UPDATE SKIP LOCKED
            """).ToListAsync(cancel);
        var facts = await gate.FactsAsync(db, waiting, cancel);
        var people = waiting.GroupBy(m => m.PersonId).ToList();
        var full = waiting.Count == BatchSize;

        // The last of a full batch may have more to come; two digests on one day are for those alone who have hundreds of messages.
        foreach (var messages in full && people.Count > 1 ? people.SkipLast(1) : people)
        {
            foreach (var message in messages) message.Held = facts.GetValueOrDefault(message.Id) is { IsOvertaken: true } ? MailHold.Overtaken : MailHold.Digested;
            if (messages.Where(m => m.Held == MailHold.Digested).ToList() is { Count: > 0 } told) db.Add(Digest.Of(told, now));
        }

        var digests = db.ChangeTracker.Entries<OutboxMessage>().Count(e => e.State == EntityState.Added);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return (digests, full);
    }
}

public sealed class SendDigestsJob(SendDigests send) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await send.RunAsync(cancellationToken);
}
