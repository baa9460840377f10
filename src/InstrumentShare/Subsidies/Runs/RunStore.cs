using InstrumentShare.Subsidies.Engine;
using InstrumentShare.Subsidies.Language;
using Npgsql;
using NpgsqlTypes;

namespace InstrumentShare.Subsidies;

/// <summary>Stores a run's lines, entries and the instruments and users it saw, by COPY, in the caller's transaction.</summary>
public sealed class RunStore(NpgsqlConnection connection, SubsidyRun run, SubsidyPolicy policy, RunFacts records, SubsidyResult result)
{
    private static readonly TimeSpan Unhurried = TimeSpan.FromHours(1);

    public async Task StoreAsync(CancellationToken cancel)
    {
        var blocks = new RunBlocks(run, policy, records, result);
        await StoreBlocksAsync(blocks, cancel);
        await StoreInstrumentsAsync(cancel);
        await StoreUsersAsync(blocks, cancel);
        await StoreEntriesAsync(cancel);
    }

    private async Task StoreBlocksAsync(RunBlocks blocks, CancellationToken cancel)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            """
            COPY subsidy_blocks (run_id, first_number, line_count, institution_id, institution_counted, institution_excluded, user_counted, user_excluded, items, instrument_ids,
                                 charge_ids, user_ids, accrued_on, income_fen, claims, tags, evidence, outcomes) FROM STDIN (FORMAT BINARY)
            """,
            cancel);
        copy.Timeout = Unhurried;
        foreach (var block in blocks.All())
        {
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(block.RunId.Value, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(block.FirstNumber, NpgsqlDbType.Integer, cancel);
            await copy.WriteAsync(block.LineCount, NpgsqlDbType.Integer, cancel);
            await copy.WriteAsync(block.InstitutionId.Value, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(block.InstitutionCounted, NpgsqlDbType.Integer, cancel);
            await copy.WriteAsync(block.InstitutionExcluded, NpgsqlDbType.Integer, cancel);
            await copy.WriteAsync(block.UserCounted, NpgsqlDbType.Integer, cancel);
            await copy.WriteAsync(block.UserExcluded, NpgsqlDbType.Integer, cancel);
            await ManyAsync(copy, block.Items, NpgsqlDbType.Smallint, cancel);
            await ManyAsync(copy, block.InstrumentIds, NpgsqlDbType.Uuid, cancel);
            await ManyAsync(copy, block.ChargeIds, NpgsqlDbType.Uuid, cancel);
            await ManyAsync(copy, block.UserIds, NpgsqlDbType.Uuid, cancel);
            await ManyAsync(copy, block.AccruedOn, NpgsqlDbType.Date, cancel);
            await ManyAsync(copy, block.IncomeFen, NpgsqlDbType.Bigint, cancel);
            await ManyAsync(copy, block.Claims, NpgsqlDbType.Text, cancel);
            await ManyAsync(copy, block.Tags, NpgsqlDbType.Integer, cancel);
            await ManyAsync(copy, block.Evidence, NpgsqlDbType.Smallint, cancel);
            await ManyAsync(copy, block.Outcomes, NpgsqlDbType.Bigint, cancel);
        }

        await copy.CompleteAsync(cancel);
    }

    private async Task StoreInstrumentsAsync(CancellationToken cancel)
    {
        var k = result.InstrumentItems.Length;
        var seen = k > 0 ? Enumerable.Range(0, records.Instruments.Count) : records.Facts.Services.Select(s => s.Instrument).Distinct();
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY subsidy_run_instruments (run_id, institution_id, part, instrument_ids, values_fen, is_set, is_private, enrolled_on, is_paid) FROM STDIN (FORMAT BINARY)", cancel);
        foreach (var own in seen.GroupBy(n => records.Instruments[n].InstitutionId))
            foreach (var (part, places) in own.Chunk(RunBlock.Capacity).Index())
            {
                await copy.StartRowAsync(cancel);
                await copy.WriteAsync(run.Id.Value, NpgsqlDbType.Uuid, cancel);
                await copy.WriteAsync(own.Key, NpgsqlDbType.Uuid, cancel);
                await copy.WriteAsync(part, NpgsqlDbType.Integer, cancel);
                await ManyAsync(copy, Of(i => i.Id), NpgsqlDbType.Uuid, cancel);
                await ManyAsync(copy, Of(i => i.ValueFen), NpgsqlDbType.Bigint, cancel);
                await ManyAsync(copy, Of(i => i.IsSet), NpgsqlDbType.Boolean, cancel);
                await ManyAsync(copy, Of(i => i.Funding == Funding.Private), NpgsqlDbType.Boolean, cancel);
                await ManyAsync(copy, Of(i => i.EnrolledOn?.ToDateOnly()), NpgsqlDbType.Date, cancel);
                await ManyAsync(copy, Array.ConvertAll(places, n => result.InstrumentFen.AsSpan(n * k, k).ContainsAnyExcept(0)), NpgsqlDbType.Boolean, cancel);

                T[] Of<T>(Func<InstrumentRecord, T> figure) => Array.ConvertAll(places, n => figure(records.Instruments[n]));
            }

        await copy.CompleteAsync(cancel);
    }

    private async Task StoreUsersAsync(RunBlocks blocks, CancellationToken cancel)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY subsidy_run_users (run_id, user_id, is_person, kind, region, tags, blocks, counted, excluded) FROM STDIN (FORMAT BINARY)", cancel);
        for (var u = 0; u < records.Users.Count; u++)
        {
            var (institution, mine) = (records.Users[u].Institution, blocks.OfUser(u));
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(run.Id.Value, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(records.Users[u].Id, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(institution is null, NpgsqlDbType.Boolean, cancel);
            await copy.WriteAsync(Lexicon.Of(records.Facts.Users[u].Kind), NpgsqlDbType.Text, cancel);
            if (institution is null) await copy.WriteNullAsync(cancel);
            else await copy.WriteAsync(institution.Region.Code, NpgsqlDbType.Text, cancel);
            await copy.WriteAsync((int)records.Facts.Users[u].Tags, NpgsqlDbType.Integer, cancel);
            await ManyAsync(copy, [.. mine.Select(b => b.First)], NpgsqlDbType.Integer, cancel);
            await ManyAsync(copy, [.. mine.Select(b => b.Counted)], NpgsqlDbType.Integer, cancel);
            await ManyAsync(copy, [.. mine.Select(b => b.Excluded)], NpgsqlDbType.Integer, cancel);
        }

        await copy.CompleteAsync(cancel);
    }

    private async Task StoreEntriesAsync(CancellationToken cancel)
    {
        await using var copy = await connection.BeginBinaryImportAsync(
            "COPY subsidy_entries (run_id, kind, beneficiary_id, payer, sum_fen, capped_fen, paid_fen, caps_hit) FROM STDIN (FORMAT BINARY)", cancel);
        foreach (var entry in result.Entries)
        {
            var beneficiary = entry.Kind == BeneficiaryKind.Institution ? records.Institutions[entry.Beneficiary].Id : records.Users[entry.Beneficiary].Id;
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(run.Id.Value, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(Lexicon.Of(entry.Kind), NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(beneficiary, NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(Lexicon.Of(entry.Payer), NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(entry.SumFen, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(entry.CappedFen, NpgsqlDbType.Bigint, cancel);
            await copy.WriteAsync(entry.PaidFen, NpgsqlDbType.Bigint, cancel);
            await ManyAsync(copy, entry.CapsHit.ToArray(), NpgsqlDbType.Text, cancel);
        }

        await copy.CompleteAsync(cancel);
    }

    private static Task ManyAsync<T>(NpgsqlBinaryImporter copy, T[]? values, NpgsqlDbType type, CancellationToken cancel) =>
        values is null ? copy.WriteNullAsync(cancel) : copy.WriteAsync(values, NpgsqlDbType.Array | type, cancel);
}
