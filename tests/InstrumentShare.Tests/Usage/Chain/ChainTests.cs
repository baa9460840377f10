using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using InstrumentShare.Usage.Chain;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Tests.Usage.Chain;

public sealed class ChainTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private Institution owner = null!;
    private Instrument instrument = null!;
    private Person user = null!;
    private HttpClient api = null!;

    public async Task InitializeAsync()
    {
        owner = await host.Given.InstitutionAsync();
        instrument = await host.Given.InstrumentAsync(owner);
        await host.Given.PricesAsync(instrument);
        user = await host.Given.PersonAsync(owner);
        api = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, owner));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Only_who_may_see_the_use_may_have_it_proven()
    {
        (await ProofAsync(await host.ApiAsync(user))).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await ProofAsync(await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync())))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await ProofAsync(await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.Auditor)))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ProofAsync(api)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_was_entered_and_corrected_is_proven()
    {
        var first = await EnterAsync(-300);
        await EnterAsync(-200);
        (await api.PostAsJsonAsync($"/api/v1/usage-records/{first}/corrections", new { samples = 4, reason = "counted again" })).StatusCode.ShouldBe(HttpStatusCode.Created);
        var proof = await (await ProofAsync(api)).JsonAsync();
        proof.GetProperty("links").GetInt64().ShouldBe(3);
        proof.GetProperty("break").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task A_changed_record_is_named_by_its_link()
    {
        await EnterAsync(-300);
        var second = await EnterAsync(-200);
        await EnterAsync(-100);
        await BehindTheProgramAsync("UPDATE usage_records SET samples = 99 WHERE id = @id", ("id", second));
        var found = await BreakAsync();
        found.GetProperty("kind").GetString().ShouldBe("recordChanged");
        (found.GetProperty("number").GetInt64(), found.GetProperty("usageId").GetGuid()).ShouldBe((2, second));
    }

    [Fact]
    public async Task A_record_and_link_taken_out_leave_a_gap()
    {
        await EnterAsync(-300);
        var second = await EnterAsync(-200);
        await EnterAsync(-100);
        await BehindTheProgramAsync("WITH gone AS (DELETE FROM usage_links WHERE usage_id = @id) DELETE FROM usage_records WHERE id = @id", ("id", second));
        var found = await BreakAsync();
        (found.GetProperty("kind").GetString(), found.GetProperty("number").GetInt64()).ShouldBe(("linkMissing", 2));
    }

    [Fact]
    public async Task A_record_slipped_in_is_named()
    {
        await EnterAsync(-300);
        var slipped = await host.Given.UsedAsync(instrument, user, host.Clock.Now - Duration.FromMinutes(100));
        var found = await BreakAsync();
        (found.GetProperty("kind").GetString(), found.GetProperty("usageId").GetGuid()).ShouldBe(("recordUnlinked", slipped.Id.Value));
    }

    [Fact]
    public async Task A_link_moved_out_of_the_period_hides_nothing()
    {
        await EnterAsync(-300);
        var second = await EnterAsync(-200);
        await EnterAsync(-100);
        await BehindTheProgramAsync("UPDATE usage_records SET samples = 99 WHERE id = @id", ("id", second));
        await BehindTheProgramAsync("UPDATE usage_links SET linked_at = '1970-01-01Z' WHERE usage_id = @id", ("id", second));
        (await BreakAsync()).GetProperty("kind").GetString().ShouldBe("recordChanged");
        await BehindTheProgramAsync("UPDATE usage_links SET linked_at = '1970-01-01Z' WHERE instrument_id = @id", ("id", instrument.Id.Value));
        (await BreakAsync()).GetProperty("kind").GetString().ShouldBe("recordUnlinked");
    }

    [Fact]
    public async Task A_chain_written_anew_is_not_the_one_that_was_sealed()
    {
        var only = await EnterAsync(-300);
        host.Clock.Now += Duration.FromDays(1);
        (await SealAsync()).ShouldNotBeNull();
        (await SealAsync()).ShouldBeNull();
        (await (await ProofAsync(api)).JsonAsync()).GetProperty("seals").GetInt32().ShouldBeGreaterThan(0);
        // Who owns the database makes record, digest and hash agree again; the seal still tells.
        await BehindTheProgramAsync("UPDATE usage_records SET samples = 99 WHERE id = @id", ("id", only));
        await RelinkAsync(only);
        var found = await BreakAsync();
        found.GetProperty("kind").GetString().ShouldBe("sealedOtherwise");
        found.GetProperty("instrumentId").GetGuid().ShouldBe(instrument.Id.Value);
    }

    [Fact]
    public async Task Links_and_seals_are_never_changed()
    {
        await EnterAsync(-300);
        foreach (var sql in new[] { "UPDATE usage_links SET is_adopted = true", "DELETE FROM usage_links" })
            (await Should.ThrowAsync<PostgresException>(() => host.ExecuteAsync(sql))).ConstraintName.ShouldBe("usage.chain-immutable");
    }

    [Fact]
    public async Task Everyone_may_read_the_seals()
    {
        await EnterAsync(-300);
        host.Clock.Now += Duration.FromDays(2);
        await SealAsync();
        var seals = await (await (await host.ApiAsync()).GetAsync("/api/v1/usage-seals?limit=1")).JsonAsync();
        seals.GetProperty("items")[0].GetProperty("hash").GetString()!.Length.ShouldBe(64);
    }

    [Fact]
    public async Task Dates_that_cross_are_refused()
    {
        var answer = await api.GetAsync($"/api/v1/usage-records/proof?instrument={instrument.Id.Value}&from=2026-03-05&to=2026-03-04");
        (await answer.JsonAsync(HttpStatusCode.BadRequest)).GetProperty("code").GetString().ShouldBe("usage.chain-period");
    }

    private async Task<Guid> EnterAsync(int minutes)
    {
        var entry = new
        {
            instrumentId = instrument.Id.Value, personId = user.Id, startsAt = (host.Clock.Now + Duration.FromMinutes(minutes)).ToString(), endsAt = (host.Clock.Now + Duration.FromMinutes(minutes + 30)).ToString(),
            serviceMode = "selfOperated", reason = "network was down",
        };
        return (await (await api.PostAsJsonAsync("/api/v1/usage-records", entry)).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();
    }

    private Task<HttpResponseMessage> ProofAsync(HttpClient client) => client.GetAsync($"/api/v1/usage-records/proof?instrument={instrument.Id.Value}");

    private async Task<JsonElement> BreakAsync() => (await (await ProofAsync(api)).JsonAsync()).GetProperty("break");

    // As an owner of the database could: without the triggers.
    private async Task BehindTheProgramAsync(string sql, params (string Name, object Value)[] values)
    {
        await using var connection = await host.DataSource.OpenConnectionAsync();
        await using var off = new NpgsqlCommand("SET session_replication_role = replica", connection);
        await off.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value);
        await command.ExecuteNonQueryAsync();
        await using var on = new NpgsqlCommand("SET session_replication_role = origin", connection);
        await on.ExecuteNonQueryAsync();
    }

    private async Task RelinkAsync(Guid usage)
    {
        await using var db = host.NewDb();
        var record = db.Set<InstrumentShare.Usage.UsageRecord>().Single(r => r.Id == InstrumentShare.Usage.UsageId.From(usage));
        var link = ChainRules.Next(null, record, host.Clock.Now);
        await BehindTheProgramAsync("UPDATE usage_links SET record_digest = @digest, hash = @hash WHERE usage_id = @id", ("digest", link.RecordDigest), ("hash", link.Hash), ("id", usage));
    }

    private async Task<UsageSeal?> SealAsync()
    {
        await using var scope = host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<SealUsage>().RunAsync();
    }
}
