using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings.Standby;

/// <summary>
/// Ends offers whose deadline is there, and entries whose time is over. It takes all that are due by now, however late it comes;
/// an offer that somebody answers at this moment is theirs.
/// </summary>
public sealed class ExpireOffers(IDbContextFactory<AppDb> databases, InstrumentRulesQuery rules, NpgsqlDataSource database, IClock clock)
{
    /// <summary>How many offers and entries ended.</summary>
    public async Task<int> RunAsync(CancellationToken cancel = default)
    {
        var ended = 0;
        while (await ExpireOneAsync(cancel) is { } count) ended += count;
        return ended + await LapseAsync(cancel);
    }

    /// <summary>Null when none is due.</summary>
    private async Task<int?> ExpireOneAsync(CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var now = clock.GetCurrentInstant();
        var due = now.ToDateTimeUtc();
        var request = (await db.Set<StandbyRequest>().FromSql($"""
            SELECT r.* FROM standby_offers o JOIN standby_requests r ON r.id = o.request_id
            WHERE o.state = 'open' AND o.answer_by <= {due} AND r.status = 'offered' ORDER BY o.answer_by, o.id LIMIT 1 FOR UPDATE OF r SKIP LOCKED
            """).ToListAsync(cancel)).SingleOrDefault();
        if (request is null) return null;
        var offer = await db.Set<StandbyOffer>().SingleAsync(o => o.RequestId == request.Id && o.State == StandbyOfferState.Open, cancel);
        // Between the look and the lock it was answered, and the next one made.
        if (offer.AnswerBy > now) return 0;
        var instrument = (await rules.OfAsync(request.InstrumentId, cancel: cancel))!;
        await db.PassOnAsync(request, offer, StandbyOfferState.Expired, instrument, now, cancel);
        request.Passed(now);
        db.AddStandbyMail(StandbyNews.OfferExpired, instrument, offer, await BookingPeople.OfAsync(db, request.PersonId, cancel), now);
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return 1;
    }

    private async Task<int> LapseAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            WITH over AS (
                UPDATE standby_requests SET status = 'lapsed', closed_at = $1, version = version + 1
                WHERE id IN (SELECT id FROM standby_requests WHERE status = 'waiting' AND ends_at - minutes * interval '1 minute' <= $1 ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED)
                RETURNING id, instrument_id, person_id, starts_at, ends_at
            )
            INSERT INTO events (name, occurred_at, subject_id, instrument_id, institution_id, person_id, payload)
            SELECT 'standby.lapsed', $1, o.id, o.instrument_id, i.institution_id, o.person_id, jsonb_build_object('status', 'lapsed') FROM over o JOIN instruments i ON i.id = o.instrument_id
            """);
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = clock.GetCurrentInstant().ToDateTimeUtc() });
        return await command.ExecuteNonQueryAsync(cancel);
    }
}
