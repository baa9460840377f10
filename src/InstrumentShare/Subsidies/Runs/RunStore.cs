using InstrumentShare.Access;
using InstrumentShare.Subsidies.Engine;
using InstrumentShare.Subsidies.Language;
using NodaTime;
using Npgsql;
using NpgsqlTypes;

namespace InstrumentShare.Subsidies;

/// <summary>Stores a run's lines, entries and the instruments and users it saw, by COPY, in the caller's transaction.</summary>
public sealed class RunStore(NpgsqlConnection connection, SubsidyRunId runId, SubsidyPolicy policy, RunFacts run, SubsidyResult result)
{
    private static readonly TimeSpan Unhurried = TimeSpan.FromHours(1);

    public async Task StoreAsync(CancellationToken cancel)
    {
        await StoreInstrumentsAsync(cancel);
        await StoreUsersAsync(cancel);
        await StoreLinesAsync(cancel);
        await StoreEntriesAsync(cancel);
    }

    private async Task StoreInstrumentsAsync(CancellationToken cancel)
    {
        var seen = result.InstrumentItems.Length > 0 ? Enumerable.Range(0, run.Instruments.Count) : run.Facts.Services.Select(s => s.Instrument).Distinct();
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY subsidy_run_instruments (run_id, instrument_id, institution_id, value_fen, is_set, funding, enrolled_on) FROM STDIN (FORMAT BINARY)", cancel);
        foreach (var n in seen)
        {
            var instrument = run.Instruments[n];
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(runId.Value, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(instrument.Id, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(instrument.InstitutionId, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(instrument.ValueFen, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(instrument.IsSet, NpgsqlDbType.Boolean, cancel);
            await copy.WriteAsync(Lexicon.Of(instrument.Funding), NpgsqlDbType.Text, cancel);
            if (instrument.EnrolledOn is { } day) await copy.WriteAsync(day.ToDateOnly(), NpgsqlDbType.Date, cancel);
            else await copy.WriteNullAsync(cancel);
        }

        await copy.CompleteAsync(cancel);
    }

    private async Task StoreUsersAsync(CancellationToken cancel)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY subsidy_run_users (run_id, user_id, is_person, kind, region, tags) FROM STDIN (FORMAT BINARY)", cancel);
        for (var u = 0; u < run.Users.Count; u++)
        {
            var institution = run.Users[u].Institution;
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(runId.Value, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(run.Users[u].Id, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(institution is null, NpgsqlDbType.Boolean, cancel);
            await copy.WriteAsync(Lexicon.Of(run.Facts.Users[u].Kind), NpgsqlDbType.Text, cancel);
            if (institution is null) await copy.WriteNullAsync(cancel);
            else await copy.WriteAsync(institution.Region.Code, NpgsqlDbType.Text, cancel);
            await copy.WriteAsync((int)run.Facts.Users[u].Tags, NpgsqlDbType.Integer, cancel);
        }

        await copy.CompleteAsync(cancel);
    }

    private async Task StoreLinesAsync(CancellationToken cancel)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            """
            COPY subsidy_lines (run_id, number, item, charge_id, instrument_id, institution_id, user_id, beneficiary_kind, payer, accrued_on,
                                income_fen, claim, tags, evidence, reasons, amount_fen) FROM STDIN (FORMAT BINARY)
            """,
            cancel);
        copy.Timeout = Unhurried;
        var number = 0;
        foreach (var s in ByInstitutionAndDay())
            for (var i = 0; i < result.ServiceItems.Length; i++)
            {
                var at = (s * result.ServiceItems.Length) + i;
                await LineAsync(copy, number++, result.ServiceItems[i], s, run.Facts.Services[s].Instrument, result.ServiceReasons[at], result.ServiceFen[at], cancel);
            }

        for (var at = 0; at < result.InstrumentFen.Length; at++)
        {
            var (n, i) = Math.DivRem(at, result.InstrumentItems.Length);
            await LineAsync(copy, number++, result.InstrumentItems[i], null, n, result.InstrumentReasons[at], result.InstrumentFen[at], cancel);
        }

        await copy.CompleteAsync(cancel);
    }

    // Lines stand together by institution, by day within it: as they are read, and kind to the index.
    private int[] ByInstitutionAndDay()
    {
        var services = run.Facts.Services;
        var places = new int[services.Length];
        var keys = new long[services.Length];
        for (var s = 0; s < services.Length; s++)
        {
            var day = CountingRules.AccrualDay(policy, services[s]) ?? LocalDate.MinIsoValue;
            (places[s], keys[s]) = (s, ((long)services[s].Institution << 32) | (uint)((day.Year * 512) + day.DayOfYear));
        }

        Array.Sort(keys, places);
        return places;
    }

    private async Task LineAsync(NpgsqlBinaryImporter copy, int number, int item, int? service, int instrument, Reasons reasons, long fen, CancellationToken cancel)
    {
        ServiceFact? fact = service is { } s ? run.Facts.Services[s] : null;
        var owner = run.Institutions[fact?.Institution ?? run.Facts.Instruments[instrument].Institution];
        await copy.StartRowAsync(cancel);
        await copy.WriteAsync(runId.Value, NpgsqlDbType.Uuid, cancel);
        await copy.WriteAsync(number, NpgsqlDbType.Integer, cancel);
        await copy.WriteAsync((short)item, NpgsqlDbType.Smallint, cancel);
        if (service is { } place) await copy.WriteAsync(run.ChargeIds[place], NpgsqlDbType.Uuid, cancel);
        else await copy.WriteNullAsync(cancel);
        await copy.WriteAsync(run.Instruments[instrument].Id, NpgsqlDbType.Uuid, cancel);
        await copy.WriteAsync(owner.Id, NpgsqlDbType.Uuid, cancel);
        if (fact is { } f) await copy.WriteAsync(run.Users[f.User].Id, NpgsqlDbType.Uuid, cancel);
        else await copy.WriteNullAsync(cancel);
        await copy.WriteAsync(Lexicon.Of(policy.Items[item].To), NpgsqlDbType.Text, cancel);
        await copy.WriteAsync(Lexicon.Of(policy.Items[item].Payer), NpgsqlDbType.Text, cancel);
        if (fact is { } dated && CountingRules.AccrualDay(policy, dated) is { } day) await copy.WriteAsync(day.ToDateOnly(), NpgsqlDbType.Date, cancel);
        else await copy.WriteNullAsync(cancel);
        await copy.WriteAsync(fact?.AmountFen ?? 0, NpgsqlDbType.Bigint, cancel);
        if (fact is { Claim: >= 0 } claimed) await copy.WriteAsync(run.Claims[claimed.Claim], NpgsqlDbType.Text, cancel);
        else await copy.WriteNullAsync(cancel);
        await copy.WriteAsync((int)(fact?.Tags ?? Tag.None), NpgsqlDbType.Integer, cancel);
        await copy.WriteAsync((short)(fact?.Evidence ?? Evidence.None), NpgsqlDbType.Smallint, cancel);
        await copy.WriteAsync((int)reasons, NpgsqlDbType.Integer, cancel);
        await copy.WriteAsync(fen, NpgsqlDbType.Bigint, cancel);
    }

    private async Task StoreEntriesAsync(CancellationToken cancel)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY subsidy_entries (run_id, kind, beneficiary_id, payer, sum_fen, capped_fen, paid_fen, caps_hit) FROM STDIN (FORMAT BINARY)", cancel);
        foreach (var entry in result.Entries)
        {
            var beneficiary = entry.Kind == BeneficiaryKind.Institution ? run.Institutions[entry.Beneficiary].Id : run.Users[entry.Beneficiary].Id;
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(runId.Value, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(Lexicon.Of(entry.Kind), NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(beneficiary, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(Lexicon.Of(entry.Payer), NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(entry.SumFen, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(entry.CappedFen, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(entry.PaidFen, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(entry.CapsHit.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text, cancel);
        }

        await copy.CompleteAsync(cancel);
    }
}
