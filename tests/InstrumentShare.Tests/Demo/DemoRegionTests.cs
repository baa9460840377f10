using InstrumentShare.Access;
using InstrumentShare.Billing;
using InstrumentShare.Demo;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Tests.Support;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Xunit.Abstractions;

namespace InstrumentShare.Tests.Demo;

public sealed class DemoRegionTests(DemoHost host, ITestOutputHelper output) : IClassFixture<DemoHost>
{
    [Fact]
    public async Task The_region_has_the_size_that_is_told()
    {
        foreach (var table in new[] { "institutions", "people", "instruments", "bookings", "usage_records", "charges" })
            output.WriteLine($"{table}: {await CountAsync($"SELECT count(*) FROM {table}")}");
        (await CountAsync("SELECT count(*) FROM instruments")).ShouldBe(300);
        (await CountAsync("SELECT count(*) FROM people WHERE is_demo")).ShouldBe(60);
        (await CountAsync("SELECT count(*) FROM institutions")).ShouldBeInRange(12, 15);
        (await CountAsync("SELECT count(*) FROM bookings")).ShouldBeInRange(18_000, 22_000);
    }

    [Fact]
    public async Task Same_seed_and_anchor_make_the_same_data()
    {
        var second = new DemoHost();
        try
        {
            await second.InitializeAsync();
            (await DigestAsync(second)).ShouldBe(await DigestAsync(host));
        }
        finally
        {
            await second.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_second_start_loads_nothing_more()
    {
        var before = await CountAsync("SELECT count(*) FROM bookings");
        await using var node = host.NewNode();
        _ = node.Services;
        (await CountAsync("SELECT count(*) FROM bookings")).ShouldBe(before);
    }

    [Fact]
    public async Task Every_account_of_the_sign_in_page_exists_with_the_password_that_it_shows()
    {
        await using var db = host.NewDb();
        foreach (var (email, _) in DemoAccounts.All)
        {
            var person = await db.Set<Person>().SingleAsync(p => p.Email == email);
            person.EmailConfirmed.ShouldBeTrue();
            new PasswordHasher<Person>().VerifyHashedPassword(person, person.PasswordHash!, DemoAccounts.Password).ShouldBe(PasswordVerificationResult.Success);
        }
    }

    [Fact]
    public async Task Social_credit_codes_are_valid()
    {
        await using var db = host.NewDb();
        var codes = await db.Set<Institution>().Where(i => i.SocialCreditCode != null).Select(i => i.SocialCreditCode).ToListAsync();
        codes.Count.ShouldBeGreaterThan(10);
        codes.ShouldAllBe(c => SocialCreditCode.IsValid(c));
    }

    [Fact]
    public async Task Regions_and_classifications_are_known()
    {
        await using var db = host.NewDb();
        (await db.Set<Institution>().Select(i => i.Region).Distinct().ToListAsync()).ShouldAllBe(r => RegionCatalog.Instance.Knows(r));
        var codes = DataFile.Rows("Catalog/Data/classification.csv").Select(r => r[0]).ToHashSet();
        (await db.Set<InstrumentShare.Catalog.Instrument>().Select(i => i.Classification).Distinct().ToListAsync()).ShouldAllBe(c => codes.Contains(c));
    }

    [Fact]
    public async Task Each_week_ahead_has_bookings_and_free_time()
    {
        for (var week = 0; week < 4; week++)
        {
            var booked = await host.ScalarAsync<decimal>(
                """
                SELECT coalesce(sum(extract(epoch FROM ends_at - starts_at)) / 3600, 0) FROM bookings
                WHERE status IN ('requested', 'confirmed') AND starts_at >= timestamptz '2026-03-02 00:00+08' + make_interval(weeks => @week) AND starts_at < timestamptz '2026-03-02 00:00+08' + make_interval(weeks => @week + 1)
                """, ("week", week));
            var open = await host.ScalarAsync<decimal>("SELECT sum(closes_minute - opens_minute) / 60.0 FROM opening_hours");
            output.WriteLine($"week {week}: {booked:0} h booked of {open:0} h");
            booked.ShouldBeGreaterThan(0);
            booked.ShouldBeLessThan(open * 0.5m);
        }
    }

    [Fact]
    public async Task Nothing_is_finished_in_the_future_and_nothing_is_expected_in_the_past()
    {
        (await CountAsync("SELECT count(*) FROM bookings WHERE status = 'completed' AND ends_at > timestamptz '2026-03-02 00:00+08'")).ShouldBe(0);
        (await CountAsync("SELECT count(*) FROM bookings WHERE status IN ('requested', 'confirmed') AND starts_at < timestamptz '2026-03-02 00:00+08'")).ShouldBe(0);
        (await CountAsync($"SELECT count(*) FROM bookings WHERE created_at > timestamptz '{FixedClock.Start}' OR created_at > starts_at")).ShouldBe(0);
    }

    [Fact]
    public async Task Every_fact_that_a_policy_excludes_by_occurs_on_an_issued_charge_to_an_outside_user()
    {
        string[] entered = [.. ChargeNotesRules.Tags, "sameEntity"];
        foreach (var tag in entered)
            (await CountAsync($"SELECT count(*) FROM charges WHERE status = 'issued' AND '{tag}' = ANY (tags) AND user_institution_id IS DISTINCT FROM institution_id")).ShouldBeGreaterThan(0, tag);

        // What follows from the records: a user of another province, an instrument that is not enrolled yet, too cheap, or private.
        const string Services = "FROM charges c JOIN instruments i ON i.id = c.instrument_id JOIN institutions o ON o.id = c.institution_id JOIN institutions u ON u.id = c.user_institution_id WHERE c.status = 'issued' AND c.kind = 'charge' AND u.id <> o.id";
        string[] cases =
        [
            "left(u.region, 5) <> left(o.region, 5)", "i.enrolled_on IS NULL", "i.enrolled_on > c.served_on", "o.region LIKE 'CN-34%' AND NOT i.is_set AND i.original_value_fen < 30000000",
            "o.region LIKE 'CN-34%' AND i.is_set AND i.original_value_fen < 100000000", "o.region LIKE 'CN-3702%' AND i.funding = 'private'", "o.region LIKE 'CN-3702%' AND i.original_value_fen < 20000000",
            "o.region LIKE 'CN-3702%' AND u.kind = 'enterprise' AND u.region LIKE 'CN-3702%' AND 'qianfan' = ANY (u.tags)", "u.kind = 'studentTeam'", "'networkMember' = ANY (u.tags)", "c.invoice_number IS NULL",
        ];
        foreach (var which in cases) (await CountAsync($"SELECT count(*) {Services} AND {which}")).ShouldBeGreaterThan(0, which);
    }

    [Fact]
    public async Task Every_reversal_takes_back_the_amount_of_a_reversed_charge()
    {
        (await CountAsync("SELECT count(*) FROM charges WHERE kind = 'reversal'")).ShouldBeGreaterThan(50);
        (await CountAsync("""
            SELECT count(*) FROM charges r LEFT JOIN charges c ON c.instrument_id = r.instrument_id AND c.id = r.reverses_id
            WHERE r.kind = 'reversal' AND (c.id IS NULL OR c.status <> 'reversed' OR c.amount_fen + r.amount_fen <> 0)
            """)).ShouldBe(0);
        (await CountAsync("SELECT count(*) FROM charges c WHERE c.status = 'reversed' AND NOT EXISTS (SELECT 1 FROM charges r WHERE r.instrument_id = c.instrument_id AND r.reverses_id = c.id)")).ShouldBe(0);
    }

    [Fact]
    public async Task Every_use_that_counts_has_one_charge_at_a_price_of_its_day()
    {
        (await CountAsync("SELECT count(*) FROM usage_records u WHERE u.is_current AND NOT EXISTS (SELECT 1 FROM charges c WHERE c.instrument_id = u.instrument_id AND c.usage_id = u.id AND c.kind = 'charge' AND c.status = 'issued')")).ShouldBe(0);
        (await CountAsync("SELECT count(*) FROM charges c JOIN price_policies p ON p.id = c.price_policy_id WHERE c.served_on < p.valid_from OR c.served_on > p.valid_to OR p.user_class <> c.user_class")).ShouldBe(0);
    }

    [Fact]
    public async Task Every_past_booking_is_judged_and_every_fault_that_nobody_excused_has_one_credit_entry()
    {
        (await CountAsync("SELECT count(*) FROM bookings b WHERE b.status = 'completed' AND NOT EXISTS (SELECT 1 FROM booking_verdicts v WHERE v.booking_id = b.id AND v.superseded_by IS NULL)")).ShouldBe(0);
        foreach (var found in new[] { "asBooked", "late", "overran", "noShow" })
            (await CountAsync($"SELECT count(*) FROM booking_verdicts WHERE '{found}' = ANY (found)")).ShouldBeGreaterThan(50, found);
        (await CountAsync("SELECT count(*) FROM booking_verdicts WHERE excuse_reason IS NOT NULL AND superseded_by IS NULL")).ShouldBeGreaterThan(10);
        (await CountAsync("SELECT count(*) FROM booking_verdicts v WHERE v.superseded_by IS NULL AND (v.excuse_reason IS NULL AND v.found <> '{asBooked}') <> (EXISTS (SELECT 1 FROM credit_entries e WHERE e.cause_id = v.booking_id))")).ShouldBe(0);
        output.WriteLine($"score of researcher: {await CountAsync("SELECT 100 + coalesce(sum(e.points), 0) FROM credit_entries e JOIN people p ON p.id = e.person_id WHERE p.email = 'researcher@demo.example' AND e.expires_at > timestamptz '2026-03-02 09:00+08'")}");
    }

    [Fact]
    public async Task Rules_of_a_region_late_cancellations_thresholds_of_each_effect_and_appeals_are_there_to_look_at()
    {
        (await CountAsync("SELECT count(*) FROM booking_rule_sets WHERE region = 'CN-34'")).ShouldBe(2);
        (await CountAsync("SELECT count(*) FROM credit_rules WHERE region = 'CN-34' OR institution_id IS NOT NULL")).ShouldBe(3);
        (await CountAsync("SELECT count(*) FROM bookings WHERE cancelled_late AND status = 'cancelled' AND cancelled_by = person_id AND minutes_late > 0 AND cancelled_at < starts_at AND cancelled_at > created_at")).ShouldBeGreaterThan(5);
        (await CountAsync("SELECT count(*) FROM bookings b WHERE b.cancelled_late AND 1 <> (SELECT count(*) FROM credit_entries e WHERE e.cause_id = b.id AND e.event = 'cancelledLate' AND e.points = -3 AND e.reverses_id IS NULL)")).ShouldBe(0);
        foreach (var effect in new[] { "warn", "needsApproval", "refuse" }) (await CountAsync($"SELECT count(*) FROM credit_thresholds WHERE effect = '{effect}'")).ShouldBeGreaterThan(0, effect);
        (await CountAsync("SELECT count(*) FROM credit_appeals WHERE status = 'open'")).ShouldBe(1);
        (await CountAsync("SELECT count(*) FROM credit_appeals a JOIN credit_entries e ON e.id = a.entry_id WHERE a.status = 'withdrawn' AND e.reversed_by IS NOT NULL")).ShouldBe(1);
    }

    private static async Task<string> DigestAsync(DemoHost of) => await of.ScalarAsync<string>("SELECT digest FROM loaded_data WHERE name = @name", ("name", DemoLoader.Name));

    private Task<long> CountAsync(string sql) => host.ScalarAsync<long>(sql);
}
