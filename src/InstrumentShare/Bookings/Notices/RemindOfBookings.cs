using InstrumentShare.Notifications.Preferences;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NodaTime;
using Quartz;

namespace InstrumentShare.Bookings.Notices;

/// <summary>
/// Reminds holders of what they have booked, as many hours before as each of them wants, and those at the instrument that their
/// time is about to end. Who booked later than the reminder would have come has the confirmation in its stead.
/// </summary>
public sealed class RemindOfBookings(NoticeWriter notices, IOptions<BookingOptions> options)
{
    public async Task<int> RunAsync(CancellationToken cancel = default) =>
        await notices.RunAsync(DueReminders, b => TellAsync(b, NoticeRules.Reminder, cancel), cancel) + await notices.RunAsync(DueEndings, b => TellAsync(b, NoticeRules.Ending, cancel), cancel);

    private static IQueryable<Guid> DueReminders(AppDb db, Instant now)
    {
        var (at, until) = (now.ToDateTimeUtc(), (now + Duration.FromHours(MailPreferenceRules.MaxReminderHours)).ToDateTimeUtc());
        return db.Database.SqlQuery<Guid>($"""
            INSERT INTO booking_notices (booking_id, kind, about, told_at)
            SELECT b.id, 'reminder', b.starts_at, {at} FROM bookings b JOIN people p ON p.id = b.person_id LEFT JOIN mail_preferences m ON m.person_id = b.person_id
            WHERE b.status = 'confirmed' AND b.starts_at > {at} AND b.starts_at <= {until} AND b.main_id IS NULL
              AND b.starts_at - make_interval(hours => coalesce(m.reminder_hours, {MailPreferenceRules.DefaultReminderHours})) BETWEEN b.created_at AND {at}
              AND p.is_active AND p.email IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM booking_notices n WHERE n.booking_id = b.id AND n.kind = 'reminder' AND n.about = b.starts_at)
            ORDER BY b.starts_at LIMIT {NoticeWriter.BatchSize}
            ON CONFLICT DO NOTHING RETURNING booking_id AS "Value"
            """);
    }

    /// <summary>
    /// Bookings in use (or gone on with, after one's own that is) that end soon, unless the same person's next one follows without
    /// room for another: then nothing ends for them yet.
    /// </summary>
    private IQueryable<Guid> DueEndings(AppDb db, Instant now)
    {
        var (at, until) = (now.ToDateTimeUtc(), (now + Duration.FromMinutes(options.Value.EndingMinutesBefore)).ToDateTimeUtc());
        return db.Database.SqlQuery<Guid>($"""
            INSERT INTO booking_notices (booking_id, kind, about, told_at)
            SELECT b.id, 'ending', b.ends_at, {at} FROM bookings u JOIN bookings b ON b.instrument_id = u.instrument_id AND b.person_id = u.person_id
              AND b.starts_at >= u.starts_at AND b.starts_at < u.ends_at + interval '1 day' AND b.status IN ('inUse', 'confirmed')
              AND (b.id = u.id OR (b.starts_at >= u.ends_at AND lower(b.held) <= upper(u.held)))
            JOIN people p ON p.id = b.person_id
            WHERE u.status = 'inUse' AND b.starts_at <= {at} AND b.ends_at > {at} AND b.ends_at <= {until}
              AND NOT EXISTS (
                  SELECT 1 FROM bookings f WHERE f.instrument_id = b.instrument_id AND f.person_id = b.person_id AND f.status = 'confirmed'
                    AND f.starts_at >= b.ends_at AND f.starts_at < b.ends_at + interval '1 day' AND lower(f.held) <= upper(b.held))
              AND p.is_active AND p.email IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM booking_notices n WHERE n.booking_id = b.id AND n.kind = 'ending' AND n.about = b.ends_at)
            ORDER BY b.ends_at LIMIT {NoticeWriter.BatchSize}
            ON CONFLICT DO NOTHING RETURNING booking_id AS "Value"
            """);
    }

    private static async Task TellAsync(NoticeWriter.Batch batch, string kind, CancellationToken cancel)
    {
        var people = await BookingPeople.OfAsync(batch.Db, batch.Bookings.Select(b => b.PersonId), cancel);
        foreach (var booking in batch.Bookings) batch.Db.AddBookingMail(kind, booking, batch.Places[booking.InstrumentId], people[booking.PersonId], batch.Now);
    }
}

public sealed class RemindOfBookingsJob(RemindOfBookings remind) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await remind.RunAsync(cancellationToken);
}
