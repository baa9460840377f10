using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Notifications;

/// <summary>Gives a message that was given up another round of attempts, from the first wait on.</summary>
public sealed class RetryMessage(AppDb db, Caller caller, IClock clock)
{
    public async Task<Outcome<Done>> RunAsync(Guid id, CancellationToken cancel)
    {
        if (!caller.May(AccessPermissions.ManageSystem, new Scope())) return Problem.Forbidden();
        if (await db.Set<OutboxMessage>().SingleOrDefaultAsync(m => m.Id == id && m.FailedAt != null, cancel) is not { } message) return Problem.NotFound();
        var now = clock.GetCurrentInstant();
        (message.FailedAt, message.Attempts, message.NextAttemptAt) = (null, 0, now);
        caller.Audit(db, now, "mail.retried", "outboxMessage", id.ToString(), reason: message.LastError);
        await db.SaveChangesAsync(cancel);
        return new Done();
    }
}
