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
public sealed class CreditGate(NpgsqlDataSource database, IDbContextFactory<AppDb> databases, IMemoryCache cache, IClock clock) : IBookingGate
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    public string Name => "credit";

    public async Task<IReadOnlyList<Problem>> CheckAsync(GateRequest request, CancellationToken cancel) =>
        (await CheckOnAsync(request, [request.Instrument.DateOf(request.Slot?.StartsAt ?? clock.GetCurrentInstant())], cancel))[0];

    public Task<IReadOnlyList<IReadOnlyList<Problem>>> CheckAllAsync(GateRequest request, IReadOnlyList<TimeSlot> slots, CancellationToken cancel) =>
        CheckOnAsync(request, slots.Select(s => request.Instrument.DateOf(s.StartsAt)).ToList(), cancel);

    private async Task<IReadOnlyList<IReadOnlyList<Problem>>> CheckOnAsync(GateRequest request, List<LocalDate> days, CancellationToken cancel)
    {
        var thresholds = await ThresholdsAsync(request.Instrument, cancel);
        var asked = days.ConvertAll(day => thresholds.SingleOrDefault(t => t.HoldsOn(day)));
        if (asked.TrueForAll(t => t is null)) return days.ConvertAll(_ => (IReadOnlyList<Problem>)[]);
        var score = await ScoreAsync(request.PersonId, cancel);
        return asked.ConvertAll(t => (IReadOnlyList<Problem>)(t is null || score >= t.Threshold
            ? [] : [Problem.Refused("booking.credit-low", null, ("score", score), ("threshold", t.Threshold)) with { Overridable = true }]));
    }

    private async Task<IReadOnlyList<CreditThreshold>> ThresholdsAsync(InstrumentRules instrument, CancellationToken cancel) =>
        (await cache.GetOrCreateAsync(("credit-thresholds", instrument.Id, instrument.RulesVersion), async entry =>
        {
            entry.AbsoluteExpirationRelativeToNow = Kept;
            await using var db = await databases.CreateDbContextAsync(cancel);
            return await db.Set<CreditThreshold>().AsNoTracking().Where(t => t.InstrumentId == instrument.Id).ToListAsync(cancel);
        }))!;

    private async Task<int> ScoreAsync(PersonId person, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            SELECT coalesce(sum(points), 0)::integer FROM credit_entries
            WHERE person_id = $1 AND reverses_id IS NULL AND reversed_by IS NULL AND (expires_at IS NULL OR expires_at > $2)
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = person.Value });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = clock.GetCurrentInstant().ToDateTimeUtc() });
        return CreditRules.Score([(int)(await command.ExecuteScalarAsync(cancel))!]);
    }
}
