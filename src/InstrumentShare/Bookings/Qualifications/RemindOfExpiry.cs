using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Quartz;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>
/// Tells holders 30 and 7 days before the last day of a certificate, once each, counted at the institution. It takes all that is due
/// by now, so a missed run loses nothing and a second finds nothing. Who holds a later one of the same level is left in peace.
/// </summary>
public sealed class RemindOfExpiry(IDbContextFactory<AppDb> databases, IClock clock)
{
    public const int BatchSize = 100;

    /// <summary>How many mails were written.</summary>
    public Task<int> RunAsync(CancellationToken cancel = default) => Batches.RunAsync(BatchSize, RemindBatchAsync, cancel);

    private async Task<int> RemindBatchAsync(CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var now = clock.GetCurrentInstant();
        var (at, first, last) = (now.ToDateTimeUtc(), CertificateReminderRules.FirstDays, CertificateReminderRules.LastDays);
        var due = await db.Set<Certificate>().FromSql($"""
            SELECT c.* FROM certificates c JOIN qualifications q ON q.id = c.qualification_id JOIN institutions n ON n.id = q.institution_id
            WHERE c.revoked_at IS NULL AND c.reminded7_at IS NULL AND q.is_active
              AND c.valid_to >= ({at}::timestamptz AT TIME ZONE n.time_zone)::date
              AND (c.valid_to <= ({at}::timestamptz AT TIME ZONE n.time_zone)::date + {last}
                   OR (c.reminded30_at IS NULL AND c.valid_to <= ({at}::timestamptz AT TIME ZONE n.time_zone)::date + {first}))
              AND NOT EXISTS (SELECT 1 FROM certificates o WHERE o.qualification_id = c.qualification_id AND o.person_id = c.person_id AND o.revoked_at IS NULL
                              AND CASE o.level WHEN 'supervised' THEN 1 WHEN 'independent' THEN 2 ELSE 3 END >= CASE c.level WHEN 'supervised' THEN 1 WHEN 'independent' THEN 2 ELSE 3 END
                              AND (o.valid_to IS NULL OR o.valid_to > c.valid_to))
            ORDER BY c.valid_to, c.id LIMIT {BatchSize} FOR UPDATE OF c SKIP LOCKED
            """).ToListAsync(cancel);
        var ids = due.Select(c => c.QualificationId.Value).Distinct().ToList();
        var qualifications = await db.Set<Qualification>().AsNoTracking().Where(q => ids.Contains((Guid)(object)q.Id)).ToDictionaryAsync(q => q.Id, cancel);
        var people = await BookingPeople.OfAsync(db, due.Select(c => c.PersonId), cancel);
        var zones = await db.Set<Access.Institution>().AsNoTracking().Where(i => qualifications.Values.Select(q => q.InstitutionId).Contains(i.Id)).ToDictionaryAsync(i => i.Id, i => i.TimeZone, cancel);
        foreach (var certificate in due)
        {
            var qualification = qualifications[certificate.QualificationId];
            certificate.Remind(now.InZone(DateTimeZoneProviders.Tzdb[zones[qualification.InstitutionId]]).Date, now);
            db.AddCertificateMail("certificate.expires", people[certificate.PersonId], qualification, certificate.ValidTo, string.Empty, now);
        }

        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return due.Count;
    }
}

public sealed class RemindOfExpiryJob(RemindOfExpiry remind) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await remind.RunAsync(cancellationToken);
}
