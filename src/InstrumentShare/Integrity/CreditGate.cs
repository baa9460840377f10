using InstrumentShare.Bookings;
using InstrumentShare.Kernel;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Integrity;

/// <summary>Refuses who stands below the instrument's threshold on the day of the booking; its staff may let them book with a reason.</summary>
public sealed class CreditGate(NpgsqlDataSource database, IClock clock) : IBookingGate
{
    public string Name => "credit";

    public async Task<IReadOnlyList<Problem>> CheckAsync(GateRequest request, CancellationToken cancel)
    {
        var now = clock.GetCurrentInstant();
        await using var command = database.CreateCommand("""
            SELECT t.threshold, (SELECT coalesce(sum(e.points), 0)::integer FROM credit_entries e
                WHERE e.person_id = $1 AND e.reverses_id IS NULL AND e.reversed_by IS NULL AND (e.expires_at IS NULL OR e.expires_at > $2))
            FROM credit_thresholds t WHERE t.instrument_id = $3 AND t.valid_from <= $4 AND (t.valid_to IS NULL OR t.valid_to >= $4)
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = request.PersonId.Value });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = now.ToDateTimeUtc() });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = request.Instrument.Id.Value });
        command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = request.Instrument.DateOf(request.Slot?.StartsAt ?? now).ToDateOnly() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel)) return [];
        var (threshold, score) = (reader.GetInt32(0), CreditRules.Score([reader.GetInt32(1)]));
        return score < threshold ? [Problem.Refused("booking.credit-low", null, ("score", score), ("threshold", threshold)) with { Overridable = true }] : [];
    }
}
