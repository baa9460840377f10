using System.Collections.Concurrent;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.Extensions.Options;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings.Calendar;

/// <summary>Something on an instrument's calendar is not as it was; between these instants, or anywhere where they are null.</summary>
/// <param name="Position">Where a listener who heard this goes on.</param>
public sealed record CalendarChange(long Position, Guid Instrument, Instant? StartsAt, Instant? EndsAt);

/// <summary>
/// Hears of bookings, closures and hours that change, on whichever node, by reading the event table once a second for all listeners
/// of this node together. Nothing waits on the booking path for it.
/// </summary>
public sealed partial class CalendarChanges(NpgsqlDataSource database, InstrumentRulesQuery rules, IOptions<BookingOptions> options, IHostApplicationLifetime lifetime, ILogger<CalendarChanges> log) : BackgroundService
{
    private const int Chunk = 2000;
    private const int KeptLate = 1000;

    // Numbers that had been skipped over come by their own, so both parts walk the primary key.
    private const string NewSql = """
        SELECT sequence, name, instrument_id, payload->>'startsAt', payload->>'endsAt' FROM events WHERE sequence = ANY($2)
        UNION ALL (SELECT sequence, name, instrument_id, payload->>'startsAt', payload->>'endsAt' FROM events WHERE sequence > $1 ORDER BY sequence LIMIT 2000)
        """;

    private const string SinceSql = """
        SELECT instrument_id FROM events WHERE instrument_id = ANY($1) AND sequence > $2
          AND (name LIKE 'booking.%' OR name LIKE 'standby.%' OR name LIKE 'closure.%' OR name IN ('opening-hours.changed', 'booking-rules.changed', 'instrument.changed'))
        GROUP BY instrument_id
        """;

    private readonly ConcurrentDictionary<CalendarListener, string> listeners = [];
    private readonly ConcurrentQueue<CalendarChange> late = [];
    private readonly Lock counting = new();
    private EventTail? tail;

    /// <summary>The newest event this node has read; what is read of bookings from now on holds it. Null before the first look.</summary>
    public long? Position => Volatile.Read(ref tail)?.Position;

    /// <param name="who">A person, or an address of somebody not signed in.</param>
    /// <returns>Null when they listen often enough already, or the program is about to stop.</returns>
    public CalendarListener? Listen(string who, bool isPerson, IEnumerable<Guid> instruments)
    {
        lock (counting)
        {
            var most = isPerson ? options.Value.ListenersPerPerson : options.Value.ListenersPerAddress;
            if (lifetime.ApplicationStopping.IsCancellationRequested || listeners.Values.Count(w => w == who) >= most) return null;
            var listener = new CalendarListener(instruments.ToHashSet(), l => listeners.TryRemove(l, out _));
            listeners[listener] = who;
            return listener;
        }
    }

    /// <summary>What a listener missed who had heard everything up to a position: one message for each instrument concerned.</summary>
    public async Task<List<CalendarChange>> SinceAsync(long position, IReadOnlySet<Guid> instruments, CancellationToken cancel)
    {
        var now = Position ?? position;
        var missed = late.Where(l => l.Position >= position && instruments.Contains(l.Instrument)).Select(l => l.Instrument).ToHashSet();
        await using var command = database.CreateCommand(SinceSql);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. instruments] });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = position });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) missed.Add(reader.GetGuid(0));
        return missed.Select(i => new CalendarChange(Math.Max(now, position), i, null, null)).ToList();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopping = lifetime.ApplicationStopping.Register(() =>
        {
            foreach (var listener in listeners.Keys) listener.Close();
        });
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(options.Value.ChangesEveryMilliseconds));
        do
        {
            try
            {
                await PollAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is NpgsqlException or TimeoutException or InvalidOperationException)
            {
                LogFailed(failure);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task PollAsync(CancellationToken cancel)
    {
        if (tail is null)
        {
            await using var newest = database.CreateCommand("SELECT coalesce(max(sequence), 0) FROM events");
            var begun = EventTail.At((long)(await newest.ExecuteScalarAsync(cancel))!);
            while (await ReadAsync(begun, _ => { }, cancel) >= Chunk) { }
            Volatile.Write(ref tail, begun);
        }

        while (await ReadAsync(tail, Tell, cancel) >= Chunk) { }
        tail.GiveUp(Environment.TickCount64);
    }

    private async Task<int> ReadAsync(EventTail from, Action<CalendarChange> tell, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(NewSql);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = from.Position });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = from.Gaps });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var count = 0;
        while (await reader.ReadAsync(cancel))
        {
            count++;
            var (sequence, before) = (reader.GetInt64(0), from.Position);
            if (!from.Saw(sequence, Environment.TickCount64)) continue;
            if (ChangeOf(reader, Math.Max(sequence, before)) is not { } change) continue;
            if (sequence < before) Keep(change);
            tell(change);
        }

        return count;
    }

    private CalendarChange? ChangeOf(NpgsqlDataReader reader, long position)
    {
        var name = reader.GetString(1);
        var ofBooking = name.StartsWith("booking.", StringComparison.Ordinal) || name.StartsWith("standby.", StringComparison.Ordinal);
        if (!ofBooking && !name.StartsWith("closure.", StringComparison.Ordinal) && name is not ("opening-hours.changed" or "booking-rules.changed" or "instrument.changed")) return null;
        if (reader.IsDBNull(2))
        {
            rules.ForgetAll();
            return null;
        }

        var instrument = reader.GetGuid(2);
        if (!ofBooking) rules.Forget(new InstrumentId(instrument));
        // A move tells the new time only, and the old one has changed too.
        var isMove = name == "booking.rescheduled";
        return new CalendarChange(position, instrument, isMove ? null : At(reader, 3), isMove ? null : At(reader, 4));
    }

    private void Tell(CalendarChange change)
    {
        foreach (var listener in listeners.Keys) listener.Tell(change);
    }

    private void Keep(CalendarChange change)
    {
        late.Enqueue(change);
        while (late.Count > KeptLate) late.TryDequeue(out _);
    }

    private static Instant? At(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : InstantJsonConverter.Parse(reader.GetString(column));

    [LoggerMessage(LogLevel.Warning, "The events could not be read; live calendars wait.")]
    private partial void LogFailed(Exception failure);
}
