using InstrumentShare.Access;
using InstrumentShare.Bookings.Notices;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Quartz;

namespace InstrumentShare.Bookings.Approvals;

/// <summary>
/// Does what the rules say at the deadline of a step: reminds, goes on without, or rejects. It takes all that are due by now, however
/// late it comes; each act ends the deadline it stands on in the same transaction, so that no second run or node acts again.
/// </summary>
public sealed class ActOnDeadlines(IDbContextFactory<AppDb> databases, InstrumentRulesQuery rules, IServiceScopeFactory scopes, WordCatalog words, IClock clock)
{
    private static readonly Caller Job = Caller.Job("approval-deadlines");

    /// <summary>How many deadlines acted.</summary>
    public async Task<int> RunAsync(CancellationToken cancel = default)
    {
        var acted = 0;
        while (await ActOnOneAsync(cancel)) acted++;
        return acted;
    }

    private async Task<bool> ActOnOneAsync(CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var now = clock.GetCurrentInstant();
        var due = now.ToDateTimeUtc();
        // One that somebody decides on at this moment is theirs.
        var booking = (await db.Set<Booking>().FromSql($"""
            SELECT * FROM bookings WHERE status = 'requested' AND approval_due_at <= {due} ORDER BY approval_due_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
            """).ToListAsync(cancel)).SingleOrDefault();
        if (booking is null) return false;

        var version = await db.Database.SqlQuery<long>($"SELECT rules_version AS \"Value\" FROM instruments WHERE id = {booking.InstrumentId.Value} FOR SHARE").SingleAsync(cancel);
        var instrument = (await rules.OfAsync(booking.InstrumentId, version, cancel))!;
        var step = booking.Approvals.First(s => s.State == ApprovalState.Open);
        var act = step.AtDeadline == AtDeadline.Pass && !await StandsAsync(booking, instrument, now, cancel) ? AtDeadline.Remind : step.AtDeadline;
        if (act == AtDeadline.Remind) await RemindAsync(db, booking, instrument, now, cancel);
        else await DecideAsync(db, booking, instrument, act == AtDeadline.Pass ? ApprovalState.Passed : ApprovalState.Rejected, now, cancel);
        Job.Audit(db, now, "booking.deadline", "booking", booking.Id.Value.ToString(), after: new { step = step.By, act }, institutionId: instrument.InstitutionId);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    // A time that no longer stands is not confirmed by nobody: those asked are reminded in its stead.
    private async Task<bool> StandsAsync(Booking booking, InstrumentRules instrument, Instant now, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<JudgeStanding>().RunAsync(booking, instrument, now, cancel)).Count == 0;
    }

    private static async Task RemindAsync(AppDb db, Booking booking, InstrumentRules instrument, Instant now, CancellationToken cancel)
    {
        booking.Reminded(now);
        var places = new Dictionary<InstrumentId, BookingNews.Place> { [instrument.Id] = BookingNews.Place.Of(instrument) };
        await Deciders.TellAsync(new NoticeWriter.Batch(db, [booking], places, now), NoticeRules.StillToDecide, cancel);
    }

    private async Task DecideAsync(AppDb db, Booking booking, InstrumentRules instrument, ApprovalState state, Instant now, CancellationToken cancel)
    {
        var holder = await BookingPeople.OfAsync(db, booking.PersonId, cancel);
        var reason = state == ApprovalState.Rejected ? words.Find(holder.Language, "approval.deadline-reason") : null;
        booking.Decide(state, ApprovalActor.Deadline, reason, now);
        db.AddDecision(booking, BookingNews.Place.Of(instrument), holder, now, reason);
    }
}

public sealed class ActOnDeadlinesJob(ActOnDeadlines act) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await act.RunAsync(cancellationToken);
}
