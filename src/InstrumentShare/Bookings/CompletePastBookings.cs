using InstrumentShare.Persistence;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;
using Quartz;

namespace InstrumentShare.Bookings;

/// <summary>
/// Completes confirmed bookings whose time is over and that nobody checked in to, so that the past leaves the constraint's index.
/// What became of them is judged elsewhere.
/// </summary>
public sealed class CompletePastBookings(NpgsqlDataSource database, IOptions<BookingOptions> options, IClock clock)
{
    public const int BatchSize = 500;

    public Task<int> RunAsync(CancellationToken cancel = default) => Batches.RunAsync(BatchSize, CompleteBatchAsync, cancel);

    private async Task<int> CompleteBatchAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            WITH due AS (
                SELECT instrument_id, id FROM bookings
                WHERE status = 'confirmed' AND starts_at < $1 AND ends_at <= $1 AND main_id IS NULL ORDER BY starts_at LIMIT $2 FOR UPDATE SKIP LOCKED
            ), completed AS (
                UPDATE bookings b SET status = 'completed', version = b.version + 1 FROM due WHERE b.instrument_id = due.instrument_id AND b.id = due.id
                RETURNING b.id, b.instrument_id, b.person_id, b.unit, b.starts_at, b.ends_at
            )
            INSERT INTO events (name, occurred_at, subject_id, instrument_id, institution_id, person_id, payload)
            SELECT 'booking.completed', $3, c.id, c.instrument_id, i.institution_id, c.person_id, jsonb_build_object('status', 'completed', 'unit', c.unit)
            FROM completed c JOIN instruments i ON i.id = c.instrument_id
            """);
        var now = clock.GetCurrentInstant();
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = (now - Duration.FromMinutes(options.Value.CompleteMinutesAfter)).ToDateTimeUtc() });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = BatchSize });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = now.ToDateTimeUtc() });
        return await command.ExecuteNonQueryAsync(cancel);
    }
}

public sealed class CompletePastBookingsJob(CompletePastBookings complete) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken) => await complete.RunAsync(cancellationToken);
}
