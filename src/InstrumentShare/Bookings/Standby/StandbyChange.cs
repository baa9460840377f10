using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Bookings.Standby;

/// <summary>
/// The frame of what people do with their place in the line: a fresh context, the entry under its row's lock, which the jobs take
/// too, so that an answer and a deadline never both happen; and the same work again when another writer was in the way.
/// </summary>
public sealed class StandbyChange(IDbContextFactory<AppDb> databases, InstrumentRulesQuery rules, Caller caller)
{
    private const int Tries = 5;

    /// <param name="Offer">The open offer, if there is one.</param>
    public sealed record Open(AppDb Db, StandbyRequest Request, StandbyOffer? Offer, InstrumentRules Instrument);

    /// <summary>Whose offer it is.</summary>
    public async Task<StandbyId?> OfAsync(StandbyOfferId id, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<StandbyOffer>().Where(o => o.Id == id).Select(o => (StandbyId?)o.RequestId).SingleOrDefaultAsync(cancel);
    }

    /// <param name="work">Changes what it is given, to be saved here; answers null to be run again with newer rules.</param>
    public async Task<Outcome<T>> RunAsync<T>(StandbyId id, Func<Open, Task<Outcome<T>?>> work, CancellationToken cancel)
    {
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            if (attempt > 1) await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(2, 20 * attempt)), cancel);
            try
            {
                await using var db = await databases.CreateDbContextAsync(cancel);
                await using var transaction = await db.Database.BeginTransactionAsync(cancel);
                var request = (await db.Set<StandbyRequest>().FromSql($"SELECT * FROM standby_requests WHERE id = {id.Value} FOR UPDATE").ToListAsync(cancel)).SingleOrDefault();
                if (request is null || request.PersonId != caller.PersonId) return Problem.NotFound();
                var offer = await db.Set<StandbyOffer>().SingleOrDefaultAsync(o => o.RequestId == id && o.State == StandbyOfferState.Open, cancel);
                var version = await db.Database.SqlQuery<long>($"SELECT rules_version AS \"Value\" FROM instruments WHERE id = {request.InstrumentId.Value}").SingleAsync(cancel);
                var instrument = (await rules.OfAsync(request.InstrumentId, version, cancel))!;
                if (await work(new Open(db, request, offer, instrument)) is not { } outcome) continue;
                if (!outcome.IsOk) return outcome.Problems.In(instrument);
                if (await db.TrySaveAsync(cancel) is { } problem) return problem;
                await transaction.CommitAsync(cancel);
                return outcome;
            }
            catch (Exception failure) when (failure.IsTransient())
            {
                // Another writer was in the way and this one was chosen to yield.
            }
        }

        return Problem.Refused("request.try-again");
    }
}
