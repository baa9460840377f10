using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using InstrumentShare.Pricing;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Billing;

/// <summary>Which days were charged already, and which bookings were estimated, under an instrument's prices.</summary>
public sealed class PriceUseOfCharges(AppDb db, InstrumentRulesQuery instruments) : IPriceUse
{
    public async Task<PriceUse> OfAsync(InstrumentId instrument, UserClass userClass, LocalDate from, CancellationToken cancel)
    {
        var charged = await db.Set<Charge>()
            .Where(c => c.InstrumentId == instrument && c.UserClass == userClass && c.Kind == ChargeKind.Charge && c.Status != ChargeStatus.Reversed)
            .MaxAsync(c => (LocalDate?)c.ServedOn, cancel);
        var zone = (await instruments.OfAsync(instrument, cancel: cancel))!.InstitutionZone;
        var start = zone.AtStartOfDay(from).ToInstant();
        var bookings = await db.Set<Booking>().CountAsync(b => b.InstrumentId == instrument && b.UserClass == userClass && Booking.Holding.Contains(b.Status) && b.StartsAt >= start, cancel);
        return new PriceUse(charged, bookings);
    }
}
