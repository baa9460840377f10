using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Quartz;

namespace InstrumentShare.Usage.Verdicts;

/// <summary>
/// Judges bookings that are over, and again those whose use was recorded or corrected since. A booking is judged under its row's
/// lock, which a correction and an excuse take too; one that somebody holds waits for the next run.
/// </summary>
public sealed class JudgeBookings(AppDb db, InstrumentRulesQuery instruments, EventPublisher events, IClock clock)
{
    public const int BatchSize = 200;

    /// <summary>After its end, so that a check-out that is a little late is there.</summary>
    public static readonly Duration After = Duration.FromMinutes(30);

    /// <summary>How many were looked at.</summary>
    public Task<int> RunAsync(CancellationToken cancel = default) => Batches.RunAsync(BatchSize, JudgeBatchAsync, cancel);

    private async Task<int> JudgeBatchAsync(CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var now = clock.GetCurrentInstant();
        var until = (now - After).ToDateTimeUtc();
        var bookings = await db.Set<Booking>().FromSql($"""
            SELECT b.* FROM verdicts_due d JOIN bookings b ON b.instrument_id = d.instrument_id AND b.id = d.booking_id
            WHERE d.due_from <= {until} ORDER BY d.due_from LIMIT {BatchSize} FOR UPDATE OF d, b SKIP LOCKED
            """).AsNoTracking().ToListAsync(cancel);
        if (bookings.Count == 0) return 0;

        var judged = await JudgeAsync(bookings.Where(b => b.Status == BookingStatus.Completed).ToList(), now, cancel);
        var ids = bookings.Select(b => b.Id.Value).ToArray();
        await db.Database.ExecuteSqlAsync($"DELETE FROM verdicts_due WHERE booking_id = ANY({ids})", cancel);
        await db.SaveChangesAsync(cancel); // what stands no longer, before what takes its place
        foreach (var (verdict, _) in judged) db.Add(verdict);
        await db.SaveChangesAsync(cancel);
        if (judged.Count > 0) await events.PublishAsync(new BookingsJudged(judged), cancel);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        db.ChangeTracker.Clear();
        return bookings.Count;
    }

    private async Task<List<Judged>> JudgeAsync(List<Booking> bookings, Instant now, CancellationToken cancel)
    {
        var ids = bookings.Select(b => b.Id).ToList();
        var (places, guids) = (bookings.Select(b => b.InstrumentId).Distinct().ToList(), bookings.Select(b => b.Id.Value).ToArray());
        var rules = await instruments.ManyAsync(places, cancel);
        var settings = (await db.Set<VerdictSettings>().AsNoTracking().Where(s => places.Contains(s.InstrumentId)).ToListAsync(cancel)).ToLookup(s => s.InstrumentId);
        var before = await db.Set<Verdict>().Where(v => ids.Contains(v.BookingId) && v.SupersededBy == null).ToDictionaryAsync(v => v.BookingId, cancel);
        // A use lasts 31 days at most, which bounds the search by start.
        var uses = (await db.Database.SqlQuery<Found>($"""
            SELECT b.id AS "BookingId", u.id AS "Id", u.started_at AS "StartedAt", u.ended_at AS "EndedAt", coalesce(u.booking_id = b.id, false) AS "IsOfBooking", u.person_id = b.person_id AS "IsOwn"
            FROM bookings b JOIN usage_records u ON u.instrument_id = b.instrument_id AND u.is_current
            WHERE b.id = ANY({guids}) AND (u.booking_id = b.id OR ((u.unit = b.unit OR u.person_id = b.person_id)
              AND u.started_at < b.ends_at AND u.started_at > b.starts_at - interval '31 days' AND (u.ended_at IS NULL OR u.ended_at > b.starts_at)))
            """).ToListAsync(cancel)).ToLookup(u => new BookingId(u.BookingId), u => u.Span);

        var judged = new List<Judged>();
        foreach (var booking in bookings)
        {
            var terms = VerdictSettings.TermsOn(settings[booking.InstrumentId], rules[booking.InstrumentId].DateOf(booking.StartsAt));
            var judgement = VerdictRules.Judge(booking.Slot, [.. uses[booking.Id]], terms);
            var former = before.GetValueOrDefault(booking.Id);
            if (former?.Says(judgement) == true) continue;
            var verdict = Verdict.Of(booking, judgement, former, now);
            former?.SupersedeBy(verdict);
            db.AddEvent("booking.judged", now, booking.Id.Value, booking.InstrumentId.Value, rules[booking.InstrumentId].InstitutionId.Value, booking.PersonId.Value, VerdictAnswer.Of(verdict));
            judged.Add(new Judged(verdict, former));
        }

        return judged;
    }

    private sealed record Found(Guid BookingId, Guid Id, DateTime StartedAt, DateTime? EndedAt, bool IsOfBooking, bool IsOwn)
    {
        public UseSpan Span => new(Id, Instant.FromDateTimeUtc(StartedAt), EndedAt is { } end ? Instant.FromDateTimeUtc(end) : null, IsOfBooking, IsOwn);
    }
}

public sealed class JudgeBookingsJob(JudgeBookings judge) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await judge.RunAsync(cancellationToken);
}
