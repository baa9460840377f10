using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Subsidies;

/// <summary>Pages of lines over many blocks, against the same lines picked one by one.</summary>
public sealed class LinesInBlocksTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private static string run = "";
    private HttpClient officer = null!;

    public async Task InitializeAsync()
    {
        officer = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.FundingOfficer, region: "CN-34"));
        if (await host.ScalarAsync<long>("SELECT count(*) FROM subsidy_runs") > 0) return;
        foreach (var (name, count) in new[] { ("A", 700), ("B", 90) })
        {
            var owner = await host.Given.InstitutionAsync(name: name + "大学", region: "CN-3401");
            var instrument = await SubsidyRecords.EnrolledAsync(host, owner, name + "1");
            await host.ExecuteAsync("UPDATE instruments SET original_value_fen = 100000000 WHERE id = @id", ("id", instrument.Id.Value));
            foreach (var user in await UsersAsync(name)) await SubsidyRecords.ChargesAsync(host, instrument, await host.Given.PersonAsync(user), user, count, "2025-01-01");
        }

        var started = await officer.PostAsJsonAsync("/api/v1/subsidy/runs", new { policyId = "anhui-2015", from = "2025-01-01", to = "2025-12-31" });
        run = "/api/v1/subsidy/runs/" + (await started.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(null, false, null, 200)]
    [InlineData("institution", false, false, 200)]
    [InlineData("user", false, true, 50)]
    [InlineData("user", true, null, 7)]
    [InlineData("user", true, true, 3)]
    [InlineData("user", true, false, 200)]
    [InlineData("institution", true, true, 20)]
    [InlineData(null, false, true, 1)]
    public async Task Pages_follow_one_another_without_gap_or_repetition(string? kind, bool oneBeneficiary, bool? excluded, int limit)
    {
        var all = await PagesAsync("limit=200");
        all.Count.ShouldBe(2 * 2 * (700 + 90));
        var beneficiary = kind is null ? default : all.Last(l => l.GetProperty("beneficiaryKind").GetString() == kind && IsExcluded(l)).GetProperty("beneficiaryId").GetGuid();
        foreach (var institution in new Guid?[] { null, all[0].GetProperty("institutionId").GetGuid(), all[^1].GetProperty("institutionId").GetGuid() })
        {
            var expected = all.Where(l => (kind is null || l.GetProperty("beneficiaryKind").GetString() == kind) && (!oneBeneficiary || l.GetProperty("beneficiaryId").GetGuid() == beneficiary)
                && (excluded is null || IsExcluded(l) == excluded) && (institution is null || l.GetProperty("institutionId").GetGuid() == institution)).Select(l => l.GetProperty("id").GetGuid()).ToList();
            var query = $"limit={limit}{(kind is null ? "" : "&kind=" + kind)}{(oneBeneficiary ? $"&beneficiary={beneficiary}" : "")}{(excluded is { } e ? "&excluded=" + (e ? "true" : "false") : "")}"
                + (institution is { } i ? $"&institution={i}" : "");
            (await PagesAsync(query, Math.Min(expected.Count, 40 * limit))).Select(l => l.GetProperty("id").GetGuid()).ShouldBe(expected.Take(40 * limit), query);
            (await officer.GetFromJsonAsync<JsonElement>($"{run}/lines?{query}")).GetProperty("total").GetInt64().ShouldBe(expected.Count, query);
        }
    }

    [Fact]
    public async Task A_cap_is_explained_by_the_sum_over_all_the_blocks_of_its_beneficiary()
    {
        var line = (await PagesAsync("limit=200&kind=user&excluded=false"))[^1];
        var sum = (await PagesAsync($"limit=200&kind=user&beneficiary={line.GetProperty("beneficiaryId").GetGuid()}")).Sum(l => decimal.Parse(Amount(l), System.Globalization.CultureInfo.InvariantCulture));
        var told = await officer.GetFromJsonAsync<JsonElement>($"{run}/lines/{line.GetProperty("id").GetGuid()}/explanation");
        told.GetProperty("steps").EnumerateArray().Select(s => s.GetProperty("operation").GetString()).ShouldContain(FormattableString.Invariant($"min({sum:0.00}, 2000000.00)"));
    }

    private async Task<List<Institution>> UsersAsync(string name) =>
        [await host.Given.InstitutionAsync(InstitutionKind.Enterprise, "CN-3402", name + "甲公司"), await host.Given.InstitutionAsync(InstitutionKind.Enterprise, "CN-3402", name + "乙公司")];

    private async Task<List<JsonElement>> PagesAsync(string query, int enough = int.MaxValue)
    {
        var (lines, cursor) = (new List<JsonElement>(), "");
        do
        {
            var page = await officer.GetFromJsonAsync<JsonElement>($"{run}/lines?{query}{cursor}");
            lines.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("nextCursor").GetString() is { } next ? "&cursor=" + next : "";
        }
        while (cursor.Length > 0 && lines.Count < enough);
        return lines;
    }

    private static bool IsExcluded(JsonElement line) => line.GetProperty("excluded").ValueKind != JsonValueKind.Null;

    private static string Amount(JsonElement line) => line.GetProperty("amount").GetProperty("amount").GetString()!;
}
