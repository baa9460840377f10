using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Usage;

/// <summary>
/// What every change of use begins with: the instrument's turn. Held to the end of the transaction, in this order: the
/// instrument's advisory lock, its row (shared, against a change of prices), then bookings.
/// </summary>
public sealed class UsageDesk(AppDb db, Caller caller, InstrumentRulesQuery instruments)
{
    public async Task<InstrumentRules?> TakeTurnAsync(InstrumentId id, CancellationToken cancel)
    {
        var rules = await instruments.OfAsync(id, cancel: cancel);
        if (rules is null) return null;
        await AdvisoryLocks.TakeAsync(db, cancel, "usage:" + id.Value);
        await db.Database.ExecuteSqlAsync($"SELECT 1 FROM instruments WHERE id = {id.Value} FOR SHARE", cancel);
        return rules;
    }

    /// <summary>The booking with its instrument's turn, for its holder or those who record use; a stranger learns nothing of it.</summary>
    public async Task<Outcome<(Booking Booking, InstrumentRules Instrument)>> OpenAsync(BookingId id, CancellationToken cancel)
    {
        var found = await db.Set<Booking>().AsNoTracking().Where(b => b.Id == id).Select(b => new { b.InstrumentId, b.PersonId }).SingleOrDefaultAsync(cancel);
        if (found is null || await TakeTurnAsync(found.InstrumentId, cancel) is not { } instrument) return Problem.NotFound();
        var isOwn = found.PersonId == caller.PersonId && caller.MayAnywhere(UsagePermissions.Own);
        if (!isOwn && !caller.May(UsagePermissions.Record, instrument.Scope))
            return caller.May(UsagePermissions.View, instrument.Scope) ? Problem.Forbidden() : Problem.NotFound();
        return (await BookingAsync(found.InstrumentId, id, cancel), instrument);
    }

    /// <summary>A booking, locked, as it stands now.</summary>
    public Task<Booking> BookingAsync(InstrumentId instrument, BookingId id, CancellationToken cancel) =>
        db.Set<Booking>().FromSql($"SELECT * FROM bookings WHERE instrument_id = {instrument.Value} AND id = {id.Value} FOR UPDATE").SingleAsync(cancel);

    public Task<UsageRecord?> OpenRecordAsync(InstrumentId instrument, short unit, CancellationToken cancel) =>
        db.Set<UsageRecord>().SingleOrDefaultAsync(u => u.InstrumentId == instrument && u.Unit == unit && u.IsCurrent && u.Status == UsageStatus.Open, cancel);
}
