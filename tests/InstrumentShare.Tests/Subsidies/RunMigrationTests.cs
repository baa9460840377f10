using InstrumentShare.Persistence;
using InstrumentShare.Subsidies;
using InstrumentShare.Subsidies.Language;
using InstrumentShare.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Tests.Subsidies;

/// <summary>Runs that were stored line by line, before lines were packed.</summary>
public sealed class RunMigrationTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Packing = "0010_subsidy_blocks.sql";

    // Two institutions of 300 services each, two lines a service; and five instruments of two companies by turns, paid by themselves.
    private const string Old = """
        INSERT INTO subsidy_policies SELECT id, '1', 'CN-34', '', '', true, now() FROM unnest(ARRAY['anhui-2015', 'fujian-2019']) id;
        INSERT INTO subsidy_runs (id, policy_id, policy_version, region, accrued_from, accrued_to, status, input_digest, result_digest, requested_by, requested_by_name, created_at, final_at)
        SELECT md5(id)::uuid, id, '1', 'CN-34', '2025-01-01', '2025-12-31', 'final', 'a', 'b', gen_random_uuid(), '', now(), now() FROM subsidy_policies;
        INSERT INTO subsidy_lines
        SELECT md5('anhui-2015')::uuid, n, n % 2, md5('c' || n / 2)::uuid, md5('i' || n / 10)::uuid, md5('o' || n / 600)::uuid, md5('u' || n / 2 % 3)::uuid,
               CASE n % 2 WHEN 0 THEN 'institution' ELSE 'user' END, CASE n % 2 WHEN 0 THEN 'province' ELSE 'city' END, date '2025-01-01' + n / 2 % 300, n / 2 * 10,
               CASE WHEN n / 2 % 5 = 0 THEN 'claim ' || n / 2 END, n / 2 % 4, n / 2 % 3, CASE WHEN n % 7 = 0 THEN 128 ELSE 0 END, CASE WHEN n % 7 = 0 THEN 0 ELSE n END
        FROM generate_series(0, 1199) n;
        INSERT INTO subsidy_lines (run_id, number, item, instrument_id, institution_id, beneficiary_kind, payer, income_fen, tags, evidence, reasons, amount_fen)
        SELECT md5('fujian-2019')::uuid, n, 0, md5('f' || n)::uuid, md5('o' || n % 2)::uuid, 'institution', 'province', 0, 0, 0, CASE n WHEN 3 THEN 2048 ELSE 0 END, CASE n WHEN 3 THEN 0 ELSE 20000 END
        FROM generate_series(0, 4) n;
        INSERT INTO subsidy_run_users SELECT DISTINCT run_id, user_id, false, 'enterprise', 'CN-34', 0 FROM subsidy_lines WHERE user_id IS NOT NULL;
        INSERT INTO subsidy_run_instruments SELECT DISTINCT run_id, instrument_id, institution_id, 5, false, 'private', date '2020-01-01' FROM subsidy_lines;
        CREATE TABLE old_lines AS SELECT * FROM subsidy_lines;
        """;

    [Fact]
    public async Task Their_lines_move_into_blocks_and_keep_number_and_figures()
    {
        await database.ExecuteAsync("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        foreach (var (_, sql) in Migrator.Files().Where(f => string.CompareOrdinal(f.Name, Packing) < 0)) await database.ExecuteAsync(sql);
        await database.ExecuteAsync(Old);
        await database.ExecuteAsync(Migrator.Files().Single(f => f.Name == Packing).Sql);

        await using var db = database.NewDb();
        foreach (var policy in new[] { "anhui-2015", "fujian-2019" })
        {
            var run = SubsidyRunId.From(await database.ScalarAsync<Guid>("SELECT md5(@policy)::uuid", ("policy", policy)));
            var blocks = await db.Set<RunBlock>().AsNoTracking().Where(b => b.RunId == run).OrderBy(b => b.FirstNumber).ToListAsync();
            var lines = blocks.SelectMany(b => b.Lines(PolicyPresets.Named(policy)))
                .Select(l => FormattableString.Invariant($"{l.Number}|{l.ChargeId}|{l.InstrumentId}|{l.InstitutionId.Value}|{l.UserId}|{Lexicon.Of(l.BeneficiaryKind)}|{Lexicon.Of(l.Payer)}|{l.AccruedOn:uuuu-MM-dd}|{l.IncomeFen}|{l.Claim}|{(int)l.Tags}|{(int)l.Evidence}|{(int)l.Reasons}|{l.AmountFen}"));
            var old = await db.Database.SqlQuery<string>($"""
                SELECT concat_ws('|', number, coalesce(charge_id::text, ''), instrument_id, institution_id, coalesce(user_id::text, ''), beneficiary_kind, payer, coalesce(accrued_on::text, ''), income_fen,
                                 coalesce(claim, ''), tags, evidence, reasons, amount_fen) AS "Value" FROM old_lines WHERE run_id = {run.Value} ORDER BY number
                """).ToListAsync();
            lines.ShouldBe(old);
            if (policy == "anhui-2015") blocks.Select(b => b.LineCount).ShouldBe([512, 88, 512, 88]);
        }

        var user = await db.Set<RunUser>().AsNoTracking().OrderBy(u => u.UserId).FirstAsync();
        user.Blocks.ShouldBe([0, 512, 600, 1112]);
        (user.Counted.Sum(), user.Excluded.Sum()).ShouldBe((
            (int)await database.ScalarAsync<long>("SELECT count(*) FROM old_lines WHERE user_id = @user AND beneficiary_kind = 'user' AND reasons = 0", ("user", user.UserId)),
            (int)await database.ScalarAsync<long>("SELECT count(*) FROM old_lines WHERE user_id = @user AND beneficiary_kind = 'user' AND reasons <> 0", ("user", user.UserId))));
        var paid = await db.Set<RunInstruments>().AsNoTracking().ToListAsync();
        paid.SelectMany(p => p.InstrumentIds).Count().ShouldBe(120 + 5);
        paid.Sum(p => p.IsPaid.Count(yes => yes)).ShouldBe(4);
    }
}
