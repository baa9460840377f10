using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Tests.Usage;

public sealed class RecordUsageTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private Institution owner = null!;
    private Instrument instrument = null!;
    private Person manager = null!;
    private Person user = null!;
    private HttpClient api = null!;

    public async Task InitializeAsync()
    {
        owner = await host.Given.InstitutionAsync();
        instrument = await host.Given.InstrumentAsync(owner);
        await host.Given.PricesAsync(instrument);
        manager = await host.Given.PersonWithRoleAsync(Role.LabManager, owner);
        user = await host.Given.PersonAsync(await host.Given.InstitutionAsync());
        api = await host.ApiAsync(manager);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Only_who_looks_after_the_instrument_may_record_use()
    {
        var entry = Entry(-120, -60);
        (await PostAsync(await host.ApiAsync(user), entry)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await PostAsync(await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.Auditor)), entry)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await PostAsync(await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync())), entry)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await PostAsync(await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: instrument.Id.Value)), entry)).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_manual_record_is_charged_and_kept_with_its_reason()
    {
        var id = (await (await PostAsync(api, Entry(-90, -60))).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();
        (await host.ScalarAsync<long>("SELECT amount_fen FROM charges WHERE usage_id = @id AND status = 'issued'", ("id", id))).ShouldBe(6_000);
        (await host.ScalarAsync<string>("SELECT reason FROM usage_records WHERE id = @id", ("id", id))).ShouldBe("network was down");
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_told_at_once()
    {
        var answer = await PostAsync(api, new { instrumentId = instrument.Id, personId = Guid.CreateVersion7(), startsAt = At(-60), endsAt = At(-90), samples = -1 });
        var problems = (await answer.JsonAsync(HttpStatusCode.BadRequest)).GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("code").GetString());
        problems.ShouldBe(["usage.samples-range", "usage.reason-missing", "usage.ends-before-start", "usage.person-unknown"], ignoreOrder: true);
    }

    [Fact]
    public async Task Overlapping_use_is_refused_and_touching_use_is_not()
    {
        await (await PostAsync(api, Entry(-120, -60))).JsonAsync(HttpStatusCode.Created);
        await (await PostAsync(api, Entry(-61, -30))).ShouldRefuseAsync(HttpStatusCode.Conflict, "usage.overlap");
        await (await PostAsync(api, Entry(-60, -30))).JsonAsync(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Of_overlapping_records_entered_at_once_one_is_kept()
    {
        await using var second = host.NewNode();
        var other = await second.ApiAsync(manager);
        for (var round = 0; round < 5; round++)
        {
            var from = -600 - (round * 100);
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => PostAsync(i % 2 == 0 ? api : other, Entry(from + i, from + 60))));
            answers.Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBe(1);
            foreach (var loser in answers.Where(a => a.StatusCode != HttpStatusCode.Created)) await loser.ShouldRefuseAsync(HttpStatusCode.Conflict, "usage.overlap");
        }
    }

    [Fact]
    public async Task The_database_itself_refuses_overlapping_use_and_any_change_of_a_closed_record()
    {
        var first = await host.Given.UsedAsync(instrument, user, Start - Duration.FromHours(5));
        (await Should.ThrowAsync<Microsoft.EntityFrameworkCore.DbUpdateException>(() => host.Given.UsedAsync(instrument, user, Start - Duration.FromHours(5) + Duration.FromMinutes(59))))
            .InnerException.ShouldBeOfType<PostgresException>().ConstraintName.ShouldBe("usage.overlap");
        foreach (var change in new[] { "samples = 9", "ended_at = ended_at + interval '1 hour'", "person_id = entered_by, reason = 'x'", "problem = 'noPrice'" })
        {
            var sql = "UPDATE usage_records SET " + change + " WHERE id = @id";
            (await Should.ThrowAsync<PostgresException>(() => host.ExecuteAsync(sql, ("id", first.Id.Value)))).ConstraintName.ShouldBe("usage.immutable");
        }

        (await Should.ThrowAsync<PostgresException>(() => host.ExecuteAsync("DELETE FROM usage_records WHERE id = @id", ("id", first.Id.Value)))).ConstraintName.ShouldBe("usage.immutable");
    }

    [Fact]
    public async Task A_correction_is_a_new_row_and_the_first_stays()
    {
        var id = (await (await PostAsync(api, Entry(-120, -60, samples: 2))).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();
        var second = await (await CorrectAsync(api, id, new { endsAt = At(-90), reason = "clock was wrong" })).JsonAsync(HttpStatusCode.Created);
        second.GetProperty("correctsId").GetGuid().ShouldBe(id);
        second.GetProperty("samples").GetInt32().ShouldBe(2);

        var history = await (await api.GetAsync($"/api/v1/usage-records/{second.GetProperty("id").GetGuid()}")).JsonAsync();
        history.GetProperty("corrects")[0].GetProperty("seconds").GetInt64().ShouldBe(3600);
        history.GetProperty("record").GetProperty("seconds").GetInt64().ShouldBe(1800);
        await (await CorrectAsync(api, id, new { endsAt = At(-80), reason = "again" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "usage.not-current");
    }

    [Fact]
    public async Task A_correction_needs_a_reason_and_may_not_meet_another_use()
    {
        var id = (await (await PostAsync(api, Entry(-120, -60))).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();
        await (await PostAsync(api, Entry(-60, -30))).JsonAsync(HttpStatusCode.Created);
        await (await CorrectAsync(api, id, new { endsAt = At(-90) })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "usage.reason-missing");
        await (await CorrectAsync(api, id, new { endsAt = At(-45), reason = "longer" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "usage.overlap");
        (await host.ScalarAsync<bool>("SELECT is_current FROM usage_records WHERE id = @id", ("id", id))).ShouldBeTrue();
        (await host.ScalarAsync<long>("SELECT count(*) FROM charges WHERE usage_id = @id AND status = 'issued' AND kind = 'charge'", ("id", id))).ShouldBe(1);
    }

    [Fact]
    public async Task Of_corrections_raced_one_replaces_the_record()
    {
        await using var node = host.NewNode();
        var other = await node.ApiAsync(manager);
        var id = (await (await PostAsync(api, Entry(-120, -60))).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => CorrectAsync(i % 2 == 0 ? api : other, id, new { endsAt = At(-70 - i), reason = "raced" })));
        answers.Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        foreach (var loser in answers.Where(a => a.StatusCode != HttpStatusCode.Created)) await loser.ShouldRefuseAsync(HttpStatusCode.Conflict, "usage.not-current");
        (await host.ScalarAsync<long>("SELECT count(*) FROM charges WHERE instrument_id = @id AND kind = 'charge' AND status = 'issued'", ("id", instrument.Id.Value))).ShouldBe(1);
        (await host.ScalarAsync<long>("SELECT count(*) FROM charges WHERE instrument_id = @id AND kind = 'reversal'", ("id", instrument.Id.Value))).ShouldBe(1);
    }

    [Fact]
    public async Task Each_role_lists_what_its_scope_covers()
    {
        await (await PostAsync(api, Entry(-120, -60))).JsonAsync(HttpStatusCode.Created);
        (await CountAsync(user)).ShouldBe(1);
        (await CountAsync(manager)).ShouldBe(1);
        (await CountAsync(await host.Given.PersonWithRoleAsync(Role.FundingOfficer, region: "CN-34"))).ShouldBe(1);
        (await CountAsync(await host.Given.PersonWithRoleAsync(Role.FundingOfficer, region: "CN-37"))).ShouldBe(0);
        (await CountAsync(await host.Given.PersonWithRoleAsync(Role.Auditor))).ShouldBe(1);
        (await CountAsync(await host.Given.PersonWithRoleAsync(Role.SystemAdministrator))).ShouldBe(0);
        (await CountAsync(await host.Given.PersonAsync(owner))).ShouldBe(0);
    }

    [Theory]
    [InlineData("instrument=abc", "request.filter-value")]
    [InlineData("from=yesterday", "request.filter-value")]
    [InlineData("status=OPEN", "request.filter-value")]
    [InlineData("colour=red", "request.unknown-filter")]
    [InlineData("cursor=AAAA", "request.cursor")]
    public async Task A_filter_that_cannot_be_read_is_a_400(string query, string code) =>
        await (await api.GetAsync("/api/v1/usage-records?" + query)).ShouldRefuseAsync(HttpStatusCode.BadRequest, code);

    [Fact]
    public async Task A_list_is_walked_page_by_page_without_loss()
    {
        for (var i = 0; i < 5; i++) await host.Given.UsedAsync(instrument, user, Start - Duration.FromHours(i + 2));
        var (seen, cursor) = (new List<Guid>(), string.Empty);
        do
        {
            var page = await (await api.GetAsync($"/api/v1/usage-records?instrument={instrument.Id.Value}&limit=2{cursor}")).JsonAsync();
            page.GetProperty("total").GetInt32().ShouldBe(5);
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetGuid()));
            cursor = page.GetProperty("nextCursor").GetString() is { } next ? "&cursor=" + next : string.Empty;
        }
        while (cursor.Length > 0);
        seen.Distinct().Count().ShouldBe(5);
    }

    private static Instant Start => FixedClock.Start;

    private static string At(int minute) => (Start + Duration.FromMinutes(minute)).ToString();

    private object Entry(int from, int to, int samples = 0) => new { instrumentId = instrument.Id, personId = user.Id, startsAt = At(from), endsAt = At(to), samples, reason = "network was down" };

    private async Task<int> CountAsync(Person person) =>
        (await (await (await host.ApiAsync(person)).GetAsync($"/api/v1/usage-records?instrument={instrument.Id.Value}")).JsonAsync()).GetProperty("items").GetArrayLength();

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, object entry) => client.PostAsJsonAsync("/api/v1/usage-records", entry, InstrumentShare.Persistence.Json.Options);

    private static Task<HttpResponseMessage> CorrectAsync(HttpClient client, Guid id, object correction) => client.PostAsJsonAsync($"/api/v1/usage-records/{id}/corrections", correction);
}
