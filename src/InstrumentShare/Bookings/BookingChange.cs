using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Bookings;

/// <summary>
/// The frame of every change to a standing booking: a fresh context, the booking and its instrument's rules, the door, the
/// version the caller saw; and the same work again when another writer was in the way.
/// </summary>
public sealed class BookingChange(IDbContextFactory<AppDb> databases, InstrumentRulesQuery rules, Caller caller)
{
    private const int Tries = 5;

    /// <summary>What a change works on.</summary>
    public sealed record Open(AppDb Db, Booking Booking, InstrumentRules Instrument);

    /// <param name="ifVersion">The version the caller saw; null to change whatever stands.</param>
    /// <param name="work">Answers null to be run again on what stands by then.</param>
    public async Task<Outcome<Booking>> RunAsync(BookingId id, long? ifVersion, Func<Open, Task<Outcome<Booking>?>> work, CancellationToken cancel)
    {
        var newest = 0L;
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            if (attempt > 1) await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(2, 20 * attempt)), cancel);
            await using var db = await databases.CreateDbContextAsync(cancel);
            var booking = await db.Set<Booking>().SingleOrDefaultAsync(b => b.Id == id, cancel);
            var instrument = booking is null ? null : await rules.OfAsync(booking.InstrumentId, newest, cancel);
            if (booking is null or { IsOffer: true } || instrument is null || !BookingDoor.MaySee(caller, booking, instrument)) return Problem.NotFound();
            if (ifVersion is { } seen && seen != booking.Version) return Problem.Stale();
            try
            {
                var outcome = await work(new Open(db, booking, instrument));
                if (outcome is { IsOk: true }) return outcome;
                // A refusal must not stand on rules that another node has changed meanwhile.
                if (outcome is not null && !(ifVersion is null && outcome.Problems is [{ Kind: ProblemKind.Stale }]) && await NewestAsync(db, instrument.Id, cancel) == instrument.RulesVersion) return outcome.Problems.In(instrument);
            }
            catch (Exception failure) when (failure.IsTransient())
            {
                // Another writer was in the way and this one was chosen to yield.
            }

            newest = await NewestAsync(db, instrument.Id, cancel);
        }

        return Problem.Refused("request.try-again");
    }

    private static Task<long> NewestAsync(AppDb db, InstrumentId instrument, CancellationToken cancel) =>
        db.Database.SqlQuery<long>($"SELECT rules_version AS \"Value\" FROM instruments WHERE id = {instrument.Value}").SingleAsync(cancel);
}
