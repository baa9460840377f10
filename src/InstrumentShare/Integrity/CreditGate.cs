using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Integrity;

/// <summary>
/// Refuses who stands below the instrument's threshold on the day of the booking; its staff may let them book with a reason. A change
/// of thresholds raises the instrument's rules version, so what was read for a version stays right, and without one nothing is asked.
/// </summary>
public sealed class CreditGate(IDbContextFactory<AppDb> databases, IMemoryCache cache, IClock clock) : IBookingGate
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    public string Name => "credit";

    public async Task<GateQuestion?> AskAsync(GateRequest request, IReadOnlyList<TimeSlot?> slots, CancellationToken cancel)
    {
        var (instrument, now) = (request.Instrument, clock.GetCurrentInstant());
        var thresholds = await ThresholdsAsync(instrument, cancel);
        var asked = slots.Select(s => thresholds.SingleOrDefault(t => t.HoldsOn(instrument.DateOf(s?.StartsAt ?? now)))).ToList();
        if (asked.TrueForAll(t => t is null)) return null;
        var score = 0;
        return new GateQuestion(ReadOf(request.PersonId, now), row => score = CreditRules.Score([row.GetInt32(0)]), _ => Task.FromResult<IReadOnlyList<IReadOnlyList<Problem>>>(asked.ConvertAll(t => (IReadOnlyList<Problem>)(t is null || score >= t.Threshold
            ? [] : [Problem.Refused("booking.credit-low", null, ("score", score), ("threshold", t.Threshold)) with { Overridable = true }]))));
    }

    private async Task<IReadOnlyList<CreditThreshold>> ThresholdsAsync(InstrumentRules instrument, CancellationToken cancel) =>
        (await cache.GetOrCreateAsync(("credit-thresholds", instrument.Id, instrument.RulesVersion), async entry =>
        {
            entry.AbsoluteExpirationRelativeToNow = Kept;
            await using var db = await databases.CreateDbContextAsync(cancel);
            return await db.Set<CreditThreshold>().AsNoTracking().Where(t => t.InstrumentId == instrument.Id).ToListAsync(cancel);
        }))!;

    private static NpgsqlBatchCommand ReadOf(PersonId person, Instant now) => new("""
        SELECT coalesce(sum(points), 0)::integer FROM credit_entries
        WHERE person_id = $1 AND reverses_id IS NULL AND reversed_by IS NULL AND (expires_at IS NULL OR expires_at > $2)
        """)
    {
        Parameters = { new NpgsqlParameter<Guid> { TypedValue = person.Value }, new NpgsqlParameter<DateTime> { TypedValue = now.ToDateTimeUtc() } },
    };
}
