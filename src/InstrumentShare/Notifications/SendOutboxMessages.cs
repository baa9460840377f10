using InstrumentShare.Notifications.Preferences;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NodaTime;

namespace InstrumentShare.Notifications;

/// <summary>
/// Sends what is due. A message is claimed by moving its next attempt past the lease, in one statement that skips rows another
/// sender holds; so two senders never send the same message, no transaction stays open while a mail server thinks, and what a
/// sender that died had claimed is due again when its lease ends. A message that the server took just before the sender died
/// is then sent again under the same Message-ID: SMTP knows no better promise.
/// </summary>
public sealed class SendOutboxMessages(IDbContextFactory<AppDb> databases, IMailer mailer, MailTemplates templates, MailGate gate, IOptions<MailOptions> options, IClock clock, ILogger<SendOutboxMessages> log)
{
    public const int BatchSize = 10;
    private const int LongestError = 500;

    /// <summary>A batch that takes its full time and one message more.</summary>
    public Duration Lease => Duration.FromSeconds((BatchSize + 1L) * options.Value.TimeoutSeconds);

    /// <summary>How many messages were sent.</summary>
    public async Task<int> RunAsync(CancellationToken cancel)
    {
        var sent = 0;
        while (true)
        {
            await using var db = await databases.CreateDbContextAsync(cancel);
            var batch = await ClaimAsync(db, cancel);
            var leaving = await gate.PassAsync(db, batch, clock.GetCurrentInstant(), cancel);
            await db.SaveChangesAsync(cancel);
            foreach (var mail in leaving)
            {
                if (await SendAsync(mail, cancel)) sent++;
                await db.SaveChangesAsync(CancellationToken.None);
                cancel.ThrowIfCancellationRequested();
            }

            if (batch.Count < BatchSize) return sent;
        }
    }

    private async Task<List<OutboxMessage>> ClaimAsync(AppDb db, CancellationToken cancel)
    {
        var now = clock.GetCurrentInstant();
        var (due, leasedUntil) = (now.ToDateTimeUtc(), (now + Lease).ToDateTimeUtc());
        return await db.Set<OutboxMessage>().FromSql($"""
            UPDATE outbox_messages SET attempts = attempts + 1, next_attempt_at = {leasedUntil}
            WHERE id IN (
                SELECT id FROM outbox_messages
                WHERE sent_at IS NULL AND failed_at IS NULL AND held IS NULL AND next_attempt_at <= {due}
                ORDER BY next_attempt_at, id LIMIT {BatchSize} FOR UPDATE SKIP LOCKED)
            RETURNING *
            """).ToListAsync(cancel);
    }

    private async Task<bool> SendAsync(LeavingMail mail, CancellationToken cancel)
    {
        var message = mail.Message;
        try
        {
            await mailer.SendAsync(templates.Render(mail), cancel);
            (message.SentAt, message.LastError) = (clock.GetCurrentInstant(), null);
            return true;
        }
        catch (Exception failure) when (!cancel.IsCancellationRequested)
        {
            var now = clock.GetCurrentInstant();
            var text = failure.InnerException is { } inner ? $"{failure.Message} {inner.Message}" : failure.Message;
            message.LastError = text.Length > LongestError ? text[..LongestError] : text;
            if (OutboxRules.WaitAfter(message.Attempts) is { } wait) message.NextAttemptAt = now + wait;
            else message.FailedAt = now;
            log.LogWarning(failure, "Mail {Id} of the kind {Kind} failed at attempt {Attempt}", message.Id, message.Kind, message.Attempts);
            return false;
        }
    }
}
