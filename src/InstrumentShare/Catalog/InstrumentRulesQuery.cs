using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.Extensions.Caching.Memory;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Catalog;

/// <summary>Reads instruments' rules in one round trip, however many, and keeps them for half a minute.</summary>
public sealed class InstrumentRulesQuery([FromKeyedServices(Databases.KeptPlans)] NpgsqlDataSource database, IMemoryCache cache, IClock clock)
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(30);
    private long generation;

    /// <param name="minVersion">A version known to exist: older rules in memory are read again.</param>
    /// <returns>Null when there is no such instrument.</returns>
    public async Task<InstrumentRules?> OfAsync(InstrumentId id, long minVersion = 0, CancellationToken cancel = default)
    {
        if (cache.TryGetValue(Key(id), out InstrumentRules? kept) && kept!.RulesVersion >= minVersion) return kept;
        return (await LoadAsync([id], cancel)).GetValueOrDefault(id);
    }

    /// <summary>The rules of many instruments: those in memory as they are, all others in one round trip. Unknown ids are left out.</summary>
    public async Task<IReadOnlyDictionary<InstrumentId, InstrumentRules>> ManyAsync(IEnumerable<InstrumentId> ids, CancellationToken cancel = default)
    {
        var all = new Dictionary<InstrumentId, InstrumentRules>();
        var missing = new List<InstrumentId>();
        foreach (var id in ids.Distinct())
        {
            if (cache.TryGetValue(Key(id), out InstrumentRules? kept)) all[id] = kept!;
            else missing.Add(id);
        }

        if (missing.Count > 0)
            foreach (var (id, rules) in await LoadAsync(missing, cancel)) all[id] = rules;
        return all;
    }

    /// <summary>No more than decides who may look at it: of most instruments that are looked at nobody asks the rules.</summary>
    /// <returns>Null when there is no such instrument.</returns>
    public async Task<InstrumentHead?> HeadOfAsync(InstrumentId id, CancellationToken cancel = default)
    {
        if (cache.TryGetValue(Key(id), out InstrumentRules? rules)) return rules;
        if (cache.TryGetValue(HeadKey(id), out InstrumentHead? kept)) return kept;
        await using var command = database.CreateCommand("SELECT i.institution_id, n.region, i.time_zone, i.is_visible FROM instruments i JOIN institutions n ON n.id = i.institution_id WHERE i.id = $1");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id.Value });
        await using var r = await command.ExecuteReaderAsync(cancel);
        if (!await r.ReadAsync(cancel)) return null;
        var head = new InstrumentHead { Id = id, InstitutionId = new InstitutionId(r.GetGuid(0)), InstitutionRegion = new Region(r.GetString(1)), Zone = DateTimeZoneProviders.Tzdb[r.GetString(2)], IsVisible = r.GetBoolean(3) };
        return cache.Set(HeadKey(id), head, Kept);
    }

    public void Forget(InstrumentId id)
    {
        cache.Remove(Key(id));
        cache.Remove(HeadKey(id));
    }

    /// <summary>For a change that many instruments share.</summary>
    public void ForgetAll() => Interlocked.Increment(ref generation);

    private (string, long, InstrumentId) Key(InstrumentId id) => ("instrument-rules", Interlocked.Read(ref generation), id);

    private (string, long, InstrumentId) HeadKey(InstrumentId id) => ("instrument-head", Interlocked.Read(ref generation), id);

    private async Task<Dictionary<InstrumentId, InstrumentRules>> LoadAsync(IEnumerable<InstrumentId> instrumentIds, CancellationToken cancel)
    {
        var ids = instrumentIds.Select(i => i.Value).ToList();
        await using var batch = database.CreateBatch();
        Add(batch, ids, """
            SELECT i.id, i.institution_id, n.region, n.time_zone, i.name, i.name_en, i.time_zone, i.capacity, i.is_visible, i.takes_bookings, i.sharing, i.status, i.rules_version, i.customs_supervised, i.model
            FROM instruments i JOIN institutions n ON n.id = i.institution_id WHERE i.id = ANY($1)
            """);
        Add(batch, ids, "SELECT instrument_id, weekday, opens_minute, closes_minute, valid_from, valid_to FROM opening_hours WHERE instrument_id = ANY($1) ORDER BY weekday, opens_minute");
        Add(batch, ids, "SELECT instrument_id, id, kind, starts_at, ends_at, title FROM closures WHERE instrument_id = ANY($1) AND cancelled_at IS NULL AND tstzrange(starts_at, ends_at) && tstzrange($2, NULL) ORDER BY starts_at")
            .Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = clock.GetCurrentInstant().ToDateTimeUtc() });
        Add(batch, ids, """
            SELECT instrument_id AS ruled_id, s.* FROM booking_rule_sets s WHERE instrument_id = ANY($1)
            UNION ALL SELECT m.instrument_id, s.* FROM instrument_group_members m JOIN instrument_groups g ON g.id = m.group_id AND g.is_active JOIN booking_rule_sets s ON s.instrument_group_id = g.id WHERE m.instrument_id = ANY($1)
            UNION ALL SELECT i.id, s.* FROM instruments i JOIN booking_rule_sets s ON s.institution_id = i.institution_id WHERE i.id = ANY($1)
            UNION ALL SELECT i.id, s.* FROM instruments i JOIN institutions n ON n.id = i.institution_id JOIN booking_rule_sets s ON s.region IN (left(n.region, 5), left(n.region, 7), n.region) WHERE i.id = ANY($1)
            ORDER BY valid_from, id
            """);
        Add(batch, ids, "SELECT m.instrument_id, g.id FROM instrument_group_members m JOIN instrument_groups g ON g.id = m.group_id WHERE m.instrument_id = ANY($1) AND g.is_active ORDER BY g.id");
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var instruments = await ReadAllAsync(reader, ReadInstrument, cancel);
        var hours = await ReadAllAsync(reader, (id, r) => OpeningHours.Of(id, (IsoDayOfWeek)r.GetInt16(1), r.GetInt16(2), r.GetInt16(3), Date(r, 4)!.Value, Date(r, 5)), cancel);
        var closures = await ReadAllAsync(reader, (_, r) => new ClosedSpan(new ClosureId(r.GetGuid(1)), Word.Parse<ClosureKind>(r.GetString(2)), new TimeSlot(At(r, 3), At(r, 4)), r.GetString(5)), cancel);
        var sets = await ReadAllAsync(reader, (_, r) => ReadRuleSet(r), cancel);
        var groups = await ReadAllAsync(reader, (_, r) => new InstrumentGroupId(r.GetGuid(1)), cancel);
        var all = instruments.ToDictionary(i => i.Key, i => i.First() with { OpeningHours = [.. hours[i.Key]], Closures = [.. closures[i.Key]], RuleSets = [.. sets[i.Key]], Groups = [.. groups[i.Key]] });
        foreach (var (id, rules) in all) cache.Set(Key(id), rules, Kept);
        return all;
    }

    private static NpgsqlBatchCommand Add(NpgsqlBatch batch, IReadOnlyList<Guid> ids, string sql)
    {
        var command = new NpgsqlBatchCommand(IdList.In(sql, 1, ids)) { Parameters = { IdList.Parameter(ids) } };
        batch.BatchCommands.Add(command);
        return command;
    }

    private static InstrumentRules ReadInstrument(InstrumentId id, NpgsqlDataReader r) => new()
    {
        Id = id,
        InstitutionId = new InstitutionId(r.GetGuid(1)),
        InstitutionRegion = new Region(r.GetString(2)),
        InstitutionZone = DateTimeZoneProviders.Tzdb[r.GetString(3)],
        Name = r.GetString(4),
        NameEn = r.GetString(5),
        Zone = DateTimeZoneProviders.Tzdb[r.GetString(6)],
        Capacity = r.GetInt16(7),
        IsVisible = r.GetBoolean(8),
        TakesBookings = r.GetBoolean(9),
        Sharing = Word.Parse<Sharing>(r.GetString(10)),
        Status = Word.Parse<InstrumentStatus>(r.GetString(11)),
        RulesVersion = r.GetInt64(12),
        IsCustomsSupervised = r.GetBoolean(13),
        Model = r.GetString(14),
        OpeningHours = [],
        Closures = [],
        RuleSets = [],
    };

    private static BookingRuleSet ReadRuleSet(NpgsqlDataReader r) => new BookingRuleSet
    {
        Id = new BookingRuleSetId(Maybe<Guid>(r, "id")!.Value),
        InstrumentId = Maybe<Guid>(r, "instrument_id") is { } instrument ? new InstrumentId(instrument) : null,
        InstrumentGroupId = Maybe<Guid>(r, "instrument_group_id") is { } group ? new InstrumentGroupId(group) : null,
        InstitutionId = Maybe<Guid>(r, "institution_id") is { } institution ? new InstitutionId(institution) : null,
        Region = Text(r, "region") is { } region ? new Region(region) : null,
        UserClass = Text(r, "user_class") is { } word ? Word.Parse<UserClass>(word) : null,
        UserInstitutionId = Maybe<Guid>(r, "user_institution_id") is { } ofInstitution ? new InstitutionId(ofInstitution) : null,
        UserGroupId = Maybe<Guid>(r, "user_group_id") is { } ofGroup ? new GroupId(ofGroup) : null,
        ValidFrom = Date(r, r.GetOrdinal("valid_from"))!.Value,
        MinMinutes = Maybe<int>(r, "min_minutes"),
        MaxMinutes = Maybe<int>(r, "max_minutes"),
        GranularityMinutes = Maybe<int>(r, "granularity_minutes"),
        BlockSlots = Many<DailySpan>(r, "block_slots"),
        LeadMinutes = Maybe<int>(r, "lead_minutes"),
        HorizonDays = Maybe<int>(r, "horizon_days"),
        ChangeLeadMinutes = Maybe<int>(r, "change_lead_minutes"),
        CancelLeadMinutes = Maybe<int>(r, "cancel_lead_minutes"),
        LateCancel = Maybe<bool>(r, "late_cancel"),
        SetupMinutes = Maybe<int>(r, "setup_minutes"),
        CoolingMinutes = Maybe<int>(r, "cooling_minutes"),
        PersonDayMinutes = Maybe<int>(r, "person_day_minutes"),
        PersonWeekMinutes = Maybe<int>(r, "person_week_minutes"),
        Limits = Many<BookingLimit>(r, "limits"),
        GapMinutes = Maybe<int>(r, "gap_minutes"),
        OneAtATime = Maybe<bool>(r, "one_at_a_time"),
        MembershipRequired = Maybe<bool>(r, "membership_required"),
        OffHours = Maybe<bool>(r, "off_hours"),
        ClosedOnHolidays = Maybe<bool>(r, "closed_on_holidays"),
        MakeUpWeekday = Maybe<int>(r, "make_up_weekday"),
        ExemptTimes = Many<ExemptTime>(r, "exempt_times"),
        OutsideSharePercent = Maybe<int>(r, "outside_share_percent"),
        OutsideReleaseHours = Maybe<int>(r, "outside_release_hours"),
        FeedbackDays = Maybe<int>(r, "feedback_days"),
        ApprovalRequired = Maybe<bool>(r, "approval_required"),
        Approvals = Many<ApprovalRule>(r, "approvals"),
        Strict = Many<string>(r, "strict"),
        Reason = Text(r, "reason"),
        CreatedBy = Maybe<Guid>(r, "created_by") is { } person ? new PersonId(person) : null,
        CreatedAt = At(r, r.GetOrdinal("created_at")),
    }.EndingOn(Date(r, r.GetOrdinal("valid_to")));

    private static T? Maybe<T>(NpgsqlDataReader r, string column) where T : struct => r.IsDBNull(r.GetOrdinal(column)) ? null : r.GetFieldValue<T>(r.GetOrdinal(column));

    private static string? Text(NpgsqlDataReader r, string column) => r.IsDBNull(r.GetOrdinal(column)) ? null : r.GetString(r.GetOrdinal(column));

    private static IReadOnlyList<T>? Many<T>(NpgsqlDataReader r, string column) => Text(r, column) is { } json ? JsonSerializer.Deserialize<List<T>>(json, Json.Options) : null;

    /// <summary>The rows of one result by the instrument in their first column, and on to the next.</summary>
    private static async Task<ILookup<InstrumentId, T>> ReadAllAsync<T>(NpgsqlDataReader reader, Func<InstrumentId, NpgsqlDataReader, T> read, CancellationToken cancel)
    {
        var rows = new List<(InstrumentId Id, T Row)>();
        while (await reader.ReadAsync(cancel))
        {
            var id = new InstrumentId(reader.GetGuid(0));
            rows.Add((id, read(id, reader)));
        }

        await reader.NextResultAsync(cancel);
        return rows.ToLookup(r => r.Id, r => r.Row);
    }

    private static LocalDate? Date(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : LocalDate.FromDateOnly(r.GetFieldValue<DateOnly>(column));

    private static Instant At(NpgsqlDataReader r, int column) => Instant.FromDateTimeUtc(r.GetFieldValue<DateTime>(column));
}
