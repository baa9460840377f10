using InstrumentShare.Bookings;
using InstrumentShare.Bookings.Conditions;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Usage.Feedback;

/// <summary>
/// Refuses new bookings of an institution's instruments to who owes feedback there for longer than its rules allow. Owed is it for a
/// use that was checked in, ended since the rule holds, and had no word at check-out or after; what staff corrected asks for none.
/// Nothing is read where the rules name no such days.
/// </summary>
public sealed class FeedbackGate(IClock clock) : IBookingGate
{
    public string Name => "feedback";

    // Once for all dates of a series: what is owed does not depend on them.
    public Task<GateQuestion?> AskAsync(GateRequest request, IReadOnlyList<TimeSlot?> slots, CancellationToken cancel)
    {
        if (request.IsStanding || Overdue(request) is not var (days, from, until)) return Task.FromResult<GateQuestion?>(null);
        var owed = GateAnswer.Nothing;
        return Task.FromResult<GateQuestion?>(new GateQuestion(ReadOf(request, from, until), Row, _ => Task.FromResult<IReadOnlyList<GateAnswer>>([.. slots.Select(_ => owed)])));

        void Row(NpgsqlDataReader row) => owed = GateAnswer.Against(Problem.Refused("usage.feedback-owed", null,
            ("count", row.GetInt64(2)), ("days", days), ("endedAt", Instant.FromDateTimeUtc(row.GetFieldValue<DateTime>(1))), ("link", $"/my/usage/{row.GetGuid(0)}/feedback")) with { Overridable = true });
    }

    private static NpgsqlBatchCommand ReadOf(GateRequest request, Instant from, Instant until) => new("""
        SELECT r.id, r.ended_at, count(*) OVER () FROM usage_records r JOIN instruments i ON i.id = r.instrument_id
        WHERE r.person_id = $1 AND i.institution_id = $2 AND r.is_current AND r.status = 'closed' AND r.source = 'checkIn' AND r.corrects_id IS NULL AND r.feedback = ''
          AND r.started_at > $3::timestamptz - interval '31 days' AND r.ended_at >= $3 AND r.ended_at < $4
          AND NOT EXISTS (SELECT 1 FROM usage_feedback f WHERE f.instrument_id = r.instrument_id AND f.usage_id = r.id)
        ORDER BY r.ended_at LIMIT 1
        """)
    {
        Parameters =
        {
            new NpgsqlParameter<Guid> { TypedValue = request.PersonId.Value }, new NpgsqlParameter<Guid> { TypedValue = request.Instrument.InstitutionId.Value },
            new NpgsqlParameter<DateTime> { TypedValue = from.ToDateTimeUtc() }, new NpgsqlParameter<DateTime> { TypedValue = until.ToDateTimeUtc() },
        },
    };

    // The rules for everyone and for the person's institution say it; the first day of the set that does is when it began.
    private (int Days, Instant From, Instant Until)? Overdue(GateRequest request)
    {
        var (instrument, now) = (request.Instrument, clock.GetCurrentInstant());
        if (instrument.RulesFor(new RuleAudience(null, request.InstitutionId, []), instrument.DateOf(now)) is not { FeedbackDays: { } days } terms) return null;
        var since = terms.Sets.First(s => s.FeedbackDays is not null).ValidFrom;
        return FeedbackRules.Overdue(days, since, instrument.Zone, now) is var (from, until) ? (days, from, until) : null;
    }
}
