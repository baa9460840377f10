using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.Extensions.Caching.Memory;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Catalog;

/// <summary>Reads an instrument's rules in one round trip and keeps them for half a minute.</summary>
public sealed class InstrumentRulesQuery(NpgsqlDataSource database, IMemoryCache cache, IClock clock)
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(30);

    /// <param name="minVersion">A version known to exist: older rules in memory are read again.</param>
    /// <returns>Null when there is no such instrument.</returns>
    public async Task<InstrumentRules?> OfAsync(InstrumentId id, long minVersion = 0, CancellationToken cancel = default)
    {
        if (cache.TryGetValue(Key(id), out InstrumentRules? kept) && kept!.RulesVersion >= minVersion) return kept;
        var rules = await LoadAsync(id, cancel);
        if (rules is not null) cache.Set(Key(id), rules, Kept);
        return rules;
    }

    public void Forget(InstrumentId id) => cache.Remove(Key(id));

    private static (string, InstrumentId) Key(InstrumentId id) => ("instrument-rules", id);

    private async Task<InstrumentRules?> LoadAsync(InstrumentId id, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        Add(batch, id, """
            SELECT i.institution_id, n.region, n.time_zone, i.name, i.name_en, i.time_zone, i.capacity, i.is_visible, i.takes_bookings, i.sharing, i.status, i.rules_version
            FROM instruments i JOIN institutions n ON n.id = i.institution_id WHERE i.id = $1
            """);
        Add(batch, id, "SELECT weekday, opens_minute, closes_minute, valid_from, valid_to FROM opening_hours WHERE instrument_id = $1 ORDER BY weekday, opens_minute");
        Add(batch, id, "SELECT id, kind, starts_at, ends_at, title FROM closures WHERE instrument_id = $1 AND cancelled_at IS NULL AND tstzrange(starts_at, ends_at) && tstzrange($2, NULL) ORDER BY starts_at")
            .Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = clock.GetCurrentInstant().ToDateTimeUtc() });
        Add(batch, id, """
            SELECT id, valid_from, valid_to, min_minutes, max_minutes, granularity_minutes, lead_minutes, horizon_days, cancel_lead_minutes,
                   setup_minutes, cooling_minutes, person_day_minutes, person_week_minutes, approval_required, created_by, created_at
            FROM booking_rule_sets WHERE instrument_id = $1 ORDER BY valid_from
            """);
        Add(batch, id, "SELECT g.id FROM instrument_group_members m JOIN instrument_groups g ON g.id = m.group_id WHERE m.instrument_id = $1 AND g.is_active ORDER BY g.id");
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel)) return null;
        var rules = ReadInstrument(id, reader);
        await reader.NextResultAsync(cancel);
        var hours = await ReadAllAsync(reader, r => OpeningHours.Of(id, (IsoDayOfWeek)r.GetInt16(0), r.GetInt16(1), r.GetInt16(2), Date(r, 3)!.Value, Date(r, 4)), cancel);
        await reader.NextResultAsync(cancel);
        var closures = await ReadAllAsync(reader, r => new ClosedSpan(new ClosureId(r.GetGuid(0)), Word.Parse<ClosureKind>(r.GetString(1)), new TimeSlot(At(r, 2), At(r, 3)), r.GetString(4)), cancel);
        await reader.NextResultAsync(cancel);
        var sets = await ReadAllAsync(reader, r => ReadRuleSet(id, r), cancel);
        await reader.NextResultAsync(cancel);
        var groups = await ReadAllAsync(reader, r => new InstrumentGroupId(r.GetGuid(0)), cancel);
        return rules with { OpeningHours = hours, Closures = closures, RuleSets = sets, Groups = groups };
    }

    private static NpgsqlBatchCommand Add(NpgsqlBatch batch, InstrumentId id, string sql)
    {
        var command = new NpgsqlBatchCommand(sql) { Parameters = { new NpgsqlParameter<Guid> { TypedValue = id.Value } } };
        batch.BatchCommands.Add(command);
        return command;
    }

    private static InstrumentRules ReadInstrument(InstrumentId id, NpgsqlDataReader r) => new()
    {
        Id = id,
        InstitutionId = new InstitutionId(r.GetGuid(0)),
        InstitutionRegion = new Region(r.GetString(1)),
        InstitutionZone = DateTimeZoneProviders.Tzdb[r.GetString(2)],
        Name = r.GetString(3),
        NameEn = r.GetString(4),
        Zone = DateTimeZoneProviders.Tzdb[r.GetString(5)],
        Capacity = r.GetInt16(6),
        IsVisible = r.GetBoolean(7),
        TakesBookings = r.GetBoolean(8),
        Sharing = Word.Parse<Sharing>(r.GetString(9)),
        Status = Word.Parse<InstrumentStatus>(r.GetString(10)),
        RulesVersion = r.GetInt64(11),
        OpeningHours = [],
        Closures = [],
        RuleSets = [],
    };

    private static BookingRuleSet ReadRuleSet(InstrumentId id, NpgsqlDataReader r) => new BookingRuleSet
    {
        Id = new BookingRuleSetId(r.GetGuid(0)),
        InstrumentId = id,
        ValidFrom = Date(r, 1)!.Value,
        MinMinutes = r.GetInt32(3),
        MaxMinutes = r.GetInt32(4),
        GranularityMinutes = r.GetInt32(5),
        LeadMinutes = r.GetInt32(6),
        HorizonDays = r.GetInt32(7),
        CancelLeadMinutes = r.GetInt32(8),
        SetupMinutes = r.GetInt32(9),
        CoolingMinutes = r.GetInt32(10),
        PersonDayMinutes = r.IsDBNull(11) ? null : r.GetInt32(11),
        PersonWeekMinutes = r.IsDBNull(12) ? null : r.GetInt32(12),
        ApprovalRequired = r.GetBoolean(13),
        CreatedBy = r.IsDBNull(14) ? null : new PersonId(r.GetGuid(14)),
        CreatedAt = At(r, 15),
    }.EndingOn(Date(r, 2));

    private static async Task<IReadOnlyList<T>> ReadAllAsync<T>(NpgsqlDataReader reader, Func<NpgsqlDataReader, T> read, CancellationToken cancel)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(cancel)) rows.Add(read(reader));
        return rows;
    }

    private static LocalDate? Date(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : LocalDate.FromDateOnly(r.GetFieldValue<DateOnly>(column));

    private static Instant At(NpgsqlDataReader r, int column) => Instant.FromDateTimeUtc(r.GetFieldValue<DateTime>(column));
}
