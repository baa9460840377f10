using InstrumentShare.Access;
using InstrumentShare.Catalog;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings.Calendar;

/// <summary>Sets of instruments that a reader may want beside one another, each in one query and at most as many as a calendar shows.</summary>
public sealed class InstrumentChoice(NpgsqlDataSource database, Caller caller, IClock clock)
{
    private const int MostGroups = 100;

    public sealed record GroupOption(Guid Id, string Name, string NameEn, long Instruments);

    /// <summary>Whether some instruments are the reader's to look after.</summary>
    public bool IsStaff => Looked().Any();

    /// <summary>What the reader looks after, by name.</summary>
    public Task<List<Guid>> MineAsync(CancellationToken cancel)
    {
        Guid[] Ids(ScopeKind kind) => Looked().Where(g => g.ScopeKind == kind).Select(g => g.ScopeId!.Value).ToArray();
        return IdsAsync("SELECT id FROM instruments WHERE (institution_id = ANY($2) OR id = ANY($3)) AND takes_bookings ORDER BY name, id LIMIT $1", cancel, Ids(ScopeKind.Institution), Ids(ScopeKind.Instrument));
    }

    /// <summary>What the reader booked in the last year and for days to come, the latest first.</summary>
    public Task<List<Guid>> RecentAsync(CancellationToken cancel) => caller.PersonId is { } person
        ? IdsAsync("SELECT instrument_id FROM bookings WHERE person_id = $2 AND starts_at > $3 GROUP BY instrument_id ORDER BY max(starts_at) DESC LIMIT $1", cancel, person.Value, (clock.GetCurrentInstant() - Duration.FromDays(365)).ToDateTimeUtc())
        : Task.FromResult(new List<Guid>());

    /// <summary>The instruments of one of the <see cref="GroupsAsync"/>, by name.</summary>
    public Task<List<Guid>> OfGroupAsync(Guid group, CancellationToken cancel) => IdsAsync("""
        SELECT i.id FROM instrument_groups g JOIN instrument_group_members m ON m.group_id = g.id JOIN instruments i ON i.id = m.instrument_id
        WHERE g.id = $2 AND g.is_active AND g.institution_id = ANY($3) ORDER BY i.name, i.id LIMIT $1
        """, cancel, group, Institutions());

    /// <summary>Groups of instruments of the reader's institutions.</summary>
    public async Task<List<GroupOption>> GroupsAsync(CancellationToken cancel)
    {
        var groups = new List<GroupOption>();
        if (Institutions() is not { Length: > 0 } institutions) return groups;
        await using var command = Command("""
            SELECT g.id, g.name, g.name_en, count(m.instrument_id) FROM instrument_groups g JOIN instrument_group_members m ON m.group_id = g.id
            WHERE g.is_active AND g.institution_id = ANY($2) GROUP BY g.id ORDER BY g.name LIMIT $1
            """, MostGroups, institutions);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) groups.Add(new GroupOption(reader.GetGuid(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3)));
        return groups;
    }

    private IEnumerable<RoleGrant> Looked() => caller.GrantsOf(BookingPermissions.View).Where(g => g.ScopeKind is ScopeKind.Institution or ScopeKind.Instrument);

    private Guid[] Institutions() => [.. Looked().Where(g => g.ScopeKind == ScopeKind.Institution).Select(g => g.ScopeId!.Value).Concat(caller.InstitutionId is { } own ? [own.Value] : []).Distinct()];

    private async Task<List<Guid>> IdsAsync(string sql, CancellationToken cancel, params object[] values)
    {
        await using var command = Command(sql, CalendarQuery.MostInstruments, values);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(cancel)) ids.Add(reader.GetGuid(0));
        return ids;
    }

    private NpgsqlCommand Command(string sql, int most, params object[] values)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.AddWithValue(most);
        foreach (var value in values) command.Parameters.AddWithValue(value);
        return command;
    }
}
