using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Bookings.Conditions;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Integrity;

/// <summary>
/// Who stands below a threshold of the instrument on the day of the booking is told so, waits for its owner's approval, or is refused,
/// whichever is strictest; its staff may set an approval or a refusal aside with a reason. A change of thresholds raises the
/// instrument's rules version, so what was read for a version stays right, and without one nothing is asked.
/// </summary>
public sealed class CreditGate(IDbContextFactory<AppDb> databases, IMemoryCache cache, IClock clock) : IBookingGate
{
    private const string OwnCredit = "/my/credit";

    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);

    public string Name => "credit";

    public async Task<GateQuestion?> AskAsync(GateRequest request, IReadOnlyList<TimeSlot?> slots, CancellationToken cancel)
    {
        var (instrument, now) = (request.Instrument, clock.GetCurrentInstant());
        var thresholds = await ThresholdsAsync(instrument, cancel);
        var holding = slots.Select(s => instrument.DateOf(s?.StartsAt ?? now)).Select(day => thresholds.Where(t => t.HoldsOn(day)).ToList()).ToList();
        if (holding.TrueForAll(of => of.Count == 0)) return null;
        var score = 0;
        return new GateQuestion(
            ReadOf(request.PersonId, now), row => score = CreditRules.Score([row.GetInt32(0)]),
            _ => Task.FromResult<IReadOnlyList<GateAnswer>>(holding.ConvertAll(of => AnswerOf(score, CreditRules.Strictest(score, of)))));
    }

    private GateAnswer AnswerOf(int score, CreditThreshold? below) => below switch
    {
        { Effect: CreditEffect.Refuse } => GateAnswer.Against(Problem.Refused("booking.credit-low", null, Figures(score, below)) with { Overridable = true }),
        { Effect: CreditEffect.NeedsApproval } => new GateAnswer([], [new BookingCondition(Name, ConditionEffect.NeedsApproval, Problem.Refused("booking.credit-approval", null, Figures(score, below)) with { Overridable = true })]),
        { Effect: CreditEffect.Warn } => new GateAnswer([], [new BookingCondition(Name, ConditionEffect.Warn, Problem.Refused("booking.credit-warning", null, Figures(score, below)))]),
        _ => GateAnswer.Nothing,
    };

    private static (string, object?)[] Figures(int score, CreditThreshold below) => [("score", score), ("threshold", below.Threshold), ("link", OwnCredit)];

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
