using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Subsidies.Engine;
using InstrumentShare.Subsidies.Language;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Subsidies;

/// <summary>
/// Reads the records of a region for a run: institutions and instruments first, then every charge of the window in one
/// streaming pass of few columns, straight into arrays.
/// </summary>
public sealed class RunFactsReader(NpgsqlConnection connection, SubsidyPolicy policy, AccrualWindow window)
{
    private const string Services = """
        JOIN institutions i ON i.id = c.institution_id
        WHERE c.kind = 'charge' AND c.status = 'issued' AND NOT c.is_disputed AND c.amount_currency = 'CNY' AND i.region LIKE @region || '%'
          AND c.user_institution_id IS DISTINCT FROM c.institution_id
        """;

    private readonly Dictionary<Guid, int> institutionPlaces = [];
    private readonly Dictionary<Guid, int> instrumentPlaces = [];
    private readonly Dictionary<Guid, int> userPlaces = [];
    private readonly Dictionary<string, int> claimPlaces = new(StringComparer.Ordinal);
    private readonly List<InstitutionRecord> institutions = [];
    private readonly List<InstrumentRecord> instruments = [];
    private readonly List<(Guid Id, InstitutionRecord? Institution)> users = [];
    private readonly List<ServiceFact> services = [];
    private readonly List<Guid> chargeIds = [];
    private readonly Dictionary<string, Tag> tagWords = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Evidence> evidenceWords = new(StringComparer.Ordinal);

    private bool PaysServices => policy.Items.Any(i => i.Unit == PayUnit.Service);

    /// <summary>How many charges the run would read, counted to a limit.</summary>
    public async Task<long> CountAsync(long atMost, CancellationToken cancel)
    {
        if (!PaysServices) return 0;
        await using var command = Command($"SELECT count(*) FROM (SELECT 1 FROM charges c {Services} {Accrued()} LIMIT @most) rows");
        command.Parameters.AddWithValue("most", atMost);
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>About how many charges the run will read: those in a hundredth of the table's pages, times a hundred.</summary>
    public async Task<long> EstimateAsync(CancellationToken cancel)
    {
        if (!PaysServices) return 0;
        await using var command = Command($"SELECT 100 * count(*) FROM charges c TABLESAMPLE SYSTEM (1) REPEATABLE (0) {Services} {Accrued()}");
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <param name="progress">Told every so many services; its answer ends the reading when it is false.</param>
    public async Task<RunFacts> ReadAsync(Func<long, Task<bool>> progress, CancellationToken cancel)
    {
        await ReadInstitutionsAsync(cancel);
        await ReadInstrumentsAsync(cancel);
        if (PaysServices) await ReadServicesAsync(progress, cancel);
        var emails = await ReadPersonsAsync(cancel);
        var paid = policy.OneOff is null ? [] : await ReadAlreadyPaidAsync(cancel);
        var parties = users.Select(u => new RunParty(u.Id, u.Institution?.NaturalKey ?? emails.GetValueOrDefault(u.Id, ""), u.Institution)).ToList();
        return new RunFacts
        {
            Facts = new Facts(
                [.. services],
                [.. instruments.Select(i => RecordMapper.Instrument(i, institutionPlaces[i.InstitutionId], paid.Contains(i.Id)))],
                [.. institutions.Select(RecordMapper.Institution)],
                [.. users.Select(u => RecordMapper.User(u.Institution))]),
            ChargeIds = [.. chargeIds],
            Claims = [.. claimPlaces.OrderBy(c => c.Value).Select(c => c.Key)],
            Instruments = instruments,
            Institutions = institutions,
            Users = parties,
        };
    }

    private async Task ReadInstitutionsAsync(CancellationToken cancel)
    {
        await using var command = Command("SELECT id, coalesce(social_credit_code, name), kind, region, array_to_string(tags, ','), social_credit_code FROM institutions");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var record = new InstitutionRecord(
                reader.GetGuid(0), reader.GetString(1), Lexicon.TryParse(reader.GetString(2), out InstitutionKind kind) ? kind : InstitutionKind.Other,
                new Region(reader.GetString(3)), TagsOf(reader.GetString(4)), reader.IsDBNull(5) ? null : reader.GetString(5));
            institutionPlaces.Add(record.Id, institutions.Count);
            institutions.Add(record);
        }
    }

    private async Task ReadInstrumentsAsync(CancellationToken cancel)
    {
        await using var command = Command("""
            SELECT m.id, m.institution_id, m.inner_id, m.original_value_fen, m.is_set, m.funding, m.enrolled_on
            FROM instruments m JOIN institutions i ON i.id = m.institution_id WHERE i.region LIKE @region || '%'
            """);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            var owner = institutions[institutionPlaces[reader.GetGuid(1)]];
            if (policy.AppliesTo?.IsMetBy(owner.Kind, owner.Region) == false) continue;
            var funding = reader.GetString(5) == Lexicon.Of(Funding.Private) ? Funding.Private : Funding.Public;
            instrumentPlaces.Add(reader.GetGuid(0), instruments.Count);
            instruments.Add(new InstrumentRecord(
                reader.GetGuid(0), owner.Id, reader.GetString(2), reader.GetInt64(3), reader.GetBoolean(4), funding, reader.IsDBNull(6) ? null : Day(reader, 6)));
        }
    }

    private async Task ReadServicesAsync(Func<long, Task<bool>> progress, CancellationToken cancel)
    {
        // Rows cost little to hand over here: they are few of those that are read, which several processes may share.
        await using (var ready = new NpgsqlCommand("SELECT set_config('parallel_tuple_cost', '0', true)", connection)) await ready.ExecuteNonQueryAsync(cancel);
        await using var command = Command($"""
            SELECT c.id, c.instrument_id, c.institution_id, c.user_institution_id, c.person_id, c.amount_fen, c.served_on, c.invoiced_on, c.claim_reference,
                   nullif(array_to_string(c.tags, ','), ''), nullif(array_to_string(c.evidence, ','), '')
            FROM charges c {Services} {Accrued()}
            """);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            if (services.Count % 50_000 == 0 && !await progress(services.Count)) throw new OperationCanceledException();
            Add(new ChargeRecord(
                reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2), reader.IsDBNull(3) ? null : reader.GetGuid(3), reader.GetGuid(4), reader.GetInt64(5),
                Day(reader, 6), reader.IsDBNull(7) ? null : Day(reader, 7), reader.IsDBNull(8) ? null : reader.GetString(8),
                reader.IsDBNull(9) ? Tag.None : TagsOf(reader.GetString(9)), reader.IsDBNull(10) ? Evidence.None : EvidenceOf(reader.GetString(10))));
        }
    }

    private void Add(in ChargeRecord charge)
    {
        if (!RecordMapper.IsService(charge) || !instrumentPlaces.TryGetValue(charge.InstrumentId, out var instrument)) return;
        var owner = institutionPlaces[charge.InstitutionId];
        var userInstitution = charge.UserInstitutionId is { } id ? institutions[institutionPlaces[id]] : null;
        var userId = RecordMapper.UserOf(charge);
        if (!userPlaces.TryGetValue(userId, out var user))
        {
            userPlaces[userId] = user = users.Count;
            users.Add((userId, userInstitution));
        }

        services.Add(new ServiceFact(
            owner, user, instrument, charge.AmountFen, charge.ServedOn, charge.InvoicedOn, ClaimOf(charge.Claim),
            RecordMapper.Tags(charge.Tags, institutions[owner], userInstitution), charge.Evidence));
        chargeIds.Add(charge.Id);
    }

    private async Task<Dictionary<Guid, string>> ReadPersonsAsync(CancellationToken cancel)
    {
        var alone = users.Where(u => u.Institution is null).Select(u => u.Id).ToArray();
        var emails = new Dictionary<Guid, string>();
        await using var command = Command("SELECT id, coalesce(normalized_email, name) FROM people WHERE id = ANY(@ids)");
        command.Parameters.AddWithValue("ids", alone);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) emails.Add(reader.GetGuid(0), reader.GetString(1));
        return emails;
    }

    private async Task<HashSet<Guid>> ReadAlreadyPaidAsync(CancellationToken cancel)
    {
        var paid = new HashSet<Guid>();
        await using var command = Command("""
            SELECT DISTINCT one.id FROM subsidy_runs r JOIN subsidy_run_instruments i ON i.run_id = r.id CROSS JOIN LATERAL unnest(i.instrument_ids, i.is_paid) one (id, is_paid)
            WHERE r.policy_id = @policy AND r.status = 'final' AND one.is_paid
            """);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) paid.Add(reader.GetGuid(0));
        return paid;
    }

    private string Accrued() => policy.Accrual == AccrualBasis.ServedOn
        ? "AND c.served_on BETWEEN @from AND @to"
        : "AND c.invoiced_on BETWEEN @from AND @to";

#pragma warning disable CA2100 // Only the constants above are joined; every value is a parameter.
    private NpgsqlCommand Command(string sql)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddWithValue("region", policy.Region.Code);
        command.Parameters.AddWithValue("policy", policy.Id);
        command.Parameters.AddWithValue("from", window.From.ToDateOnly());
        command.Parameters.AddWithValue("to", window.To.ToDateOnly());
        return command;
    }
#pragma warning restore CA2100

    private static LocalDate Day(NpgsqlDataReader reader, int column) => LocalDate.FromDateOnly(reader.GetFieldValue<DateOnly>(column));

    private int ClaimOf(string? claim)
    {
        if (claim is null) return -1;
        if (!claimPlaces.TryGetValue(claim, out var place)) claimPlaces[claim] = place = claimPlaces.Count;
        return place;
    }

    private Tag TagsOf(string words)
    {
        if (words.Length == 0) return Tag.None;
        if (tagWords.TryGetValue(words, out var known)) return known;
        return tagWords[words] = words.Split(',').Aggregate(Tag.None, (sum, w) => sum | (Lexicon.TryParse(w, out Tag tag) ? tag : Tag.None));
    }

    private Evidence EvidenceOf(string words)
    {
        if (evidenceWords.TryGetValue(words, out var known)) return known;
        return evidenceWords[words] = words.Split(',').Aggregate(Evidence.None, (sum, w) => sum | (Lexicon.TryParse(w, out Evidence one) ? one : Evidence.None));
    }
}
