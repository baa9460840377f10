using InstrumentShare.Access;
using InstrumentShare.Bookings.Companions;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace InstrumentShare.Bookings.Series;

/// <summary>
/// The frame of every change to many bookings of a series: a fresh context, the locks that make it the only writer, the series as
/// it stands then; one transaction, and the same work again when another writer was in the way.
/// </summary>
public sealed class SeriesChange(IDbContextFactory<AppDb> databases, InstrumentRulesQuery rules, Companions.Companions companions, Caller caller)
{
    private const int Tries = 5;

    /// <summary>What a change works on.</summary>
    public sealed record Open(AppDb Db, BookingSeries Series, InstrumentRules Instrument, IReadOnlyList<SeriesDateRow> Dates)
    {
        /// <summary>What its bookings take along; null for nothing.</summary>
        public Along? Along { get; init; }

        public NpgsqlConnection Connection => (NpgsqlConnection)Db.Database.GetDbConnection();

        public bool IsOwn(Caller caller) => caller.PersonId == Series.PersonId;
    }

    /// <param name="work">Makes the change, to be saved after it; answers the series' id, all problems, or null to be run again.</param>
    public async Task<Outcome<SeriesId>> RunAsync(SeriesId id, Func<Open, Task<Outcome<SeriesId>?>> work, CancellationToken cancel)
    {
        var newest = 0L;
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            if (attempt > 1) await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(2, 20 * attempt)), cancel);
            await using var db = await databases.CreateDbContextAsync(cancel);
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            var place = await db.Set<BookingSeries>().Where(s => s.Id == id).Select(s => new { s.InstrumentId, s.PersonId, s.GroupId, s.ServiceMode }).SingleOrDefaultAsync(cancel);
            if (place is null || await rules.OfAsync(place.InstrumentId, newest, cancel) is not { } instrument || !BookingDoor.MaySee(caller, place.PersonId, place.GroupId, instrument)) return Problem.NotFound();
            var (connection, along) = ((NpgsqlConnection)db.Database.GetDbConnection(), await companions.OfAsync(instrument, place.ServiceMode, cancel: cancel));
            try
            {
                if (along is not null) await along.LockAsync(connection, place.PersonId, cancel);
                else await BookingReads.LockAsync(connection, new NeighbourNeeds(Own: true, OnInstrument: true, default), place.InstrumentId, place.PersonId, cancel);
                if (await BookingLocks.HoldRulesAsync(db, [instrument, .. along?.Linked.Values ?? []], cancel) && await work(await ReadAsync(db, id, instrument, along, cancel)) is { } outcome)
                {
                    if (!outcome.IsOk) return outcome;
                    if (await db.TrySaveAsync(cancel) is null)
                    {
                        await transaction.CommitAsync(cancel);
                        return outcome;
                    }
                }
            }
            catch (Exception failure) when (failure.IsTransient())
            {
                // Another writer was in the way and this one was chosen to yield.
            }

            if (along is not null) companions.Forget(along);
            newest = await NewestAsync(place.InstrumentId, cancel);
        }

        return Problem.Refused("request.try-again");
    }

    /// <summary>The same of the series that a booking is of by then: a change of a series may make its later dates one of their own.</summary>
    /// <param name="work">Has the booking's date beside what it works on.</param>
    public async Task<Outcome<SeriesId>> RunAsync(BookingId booking, Func<Open, SeriesDateRow, Task<Outcome<SeriesId>?>> work, CancellationToken cancel)
    {
        for (var attempt = 1; attempt <= Tries; attempt++)
        {
            var (found, hasMoved) = (await OfAsync(booking, cancel), false);
            if (!found.IsOk) return found;
            var outcome = await RunAsync(found.Value, async open =>
            {
                if (open.Dates.SingleOrDefault(d => d.Date.BookingId == booking) is { } at) return await work(open, at);
                hasMoved = true;
                return Problem.Refused("request.try-again");
            }, cancel);
            if (!hasMoved) return outcome;
        }

        return Problem.Refused("request.try-again");
    }

    /// <summary>Looks at the series of a booking without any lock, and writes nothing.</summary>
    public async Task<Outcome<T>> LookAsync<T>(BookingId booking, Func<Open, SeriesDateRow, Task<Outcome<T>>> look, CancellationToken cancel)
    {
        var found = await OfAsync(booking, cancel);
        if (!found.IsOk) return Outcome<T>.Refuse(found.Problems);
        await using var db = await databases.CreateDbContextAsync(cancel);
        await db.Database.OpenConnectionAsync(cancel);
        var place = await db.Set<BookingSeries>().Where(s => s.Id == found.Value).Select(s => new { s.InstrumentId, s.ServiceMode }).SingleAsync(cancel);
        var instrument = (await rules.OfAsync(place.InstrumentId, await NewestAsync(place.InstrumentId, cancel), cancel))!;
        var open = await ReadAsync(db, found.Value, instrument, await companions.OfAsync(instrument, place.ServiceMode, cancel: cancel), cancel);
        return open.Dates.SingleOrDefault(d => d.Date.BookingId == booking) is { } at ? await look(open, at) : Problem.Refused("request.try-again");
    }

    /// <summary>The series that a booking is of; a problem where it is of none or not the caller's to know.</summary>
    private async Task<Outcome<SeriesId>> OfAsync(BookingId booking, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var found = await db.Set<Booking>().Where(b => b.Id == booking).Select(b => new { b.SeriesId, b.InstrumentId, b.PersonId, b.GroupId }).SingleOrDefaultAsync(cancel);
        if (found is null || await rules.OfAsync(found.InstrumentId, cancel: cancel) is not { } instrument || !BookingDoor.MaySee(caller, found.PersonId, found.GroupId, instrument)) return Problem.NotFound();
        return found.SeriesId is { } series ? series : Problem.Invalid("series.not-in-series", "scope");
    }

    private static async Task<Open> ReadAsync(AppDb db, SeriesId id, InstrumentRules instrument, Along? along, CancellationToken cancel)
    {
        var series = await db.Set<BookingSeries>().SingleAsync(s => s.Id == id, cancel);
        var dates = await db.Set<BookingSeriesDate>().Where(d => d.SeriesId == id).OrderBy(d => d.StartsAt).ThenBy(d => d.Id).ToListAsync(cancel);
        var bookings = await db.Set<Booking>().Where(b => b.SeriesId == id).ToDictionaryAsync(b => b.Id, cancel);
        return new Open(db, series, instrument, dates.ConvertAll(d => new SeriesDateRow(d, d.BookingId is { } booking ? bookings.GetValueOrDefault(booking) : null))) { Along = along };
    }

    private async Task<long> NewestAsync(InstrumentId instrument, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await db.Set<Instrument>().Where(i => i.Id == instrument).Select(i => i.RulesVersion).SingleAsync(cancel);
    }
}
