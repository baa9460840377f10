using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Pricing;
using InstrumentShare.Tests.Support;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Tests.Billing;

public sealed class ChargeLifeTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private Institution owner = null!;
    private Instrument instrument = null!;
    private Person manager = null!;
    private Institution customer = null!;
    private Person user = null!;
    private HttpClient api = null!;

    public async Task InitializeAsync()
    {
        owner = await host.Given.InstitutionAsync();
        instrument = await host.Given.InstrumentAsync(owner);
        await host.Given.PriceAsync(instrument, UserClass.Enterprise, ChargeFor.Used, perHour: 30_000, startUp: 5_000, minimum: 10_000);
        manager = await host.Given.PersonWithRoleAsync(Role.LabManager, owner);
        customer = await host.Given.InstitutionAsync(InstitutionKind.Enterprise, "CN-3702");
        user = await host.Given.PersonAsync(customer);
        api = await host.ApiAsync(manager);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_use_is_charged_at_once_and_the_explanation_sums_to_the_amount()
    {
        var charge = await ChargedAsync(-120, -60);
        charge.GetProperty("status").GetString().ShouldBe("issued");
        Amount(charge).ShouldBe("350.00");
        charge.GetProperty("servedOn").GetString().ShouldBe("2026-03-02");
        charge.GetProperty("userInstitution").GetProperty("id").GetGuid().ShouldBe(customer.Id.Value);

        var explanation = await (await api.GetAsync($"/api/v1/charges/{Id(charge)}/explanation")).JsonAsync();
        var steps = explanation.GetProperty("steps").EnumerateArray().ToList();
        steps.Where(s => ChargeCalculator.Addends.Contains(s.GetProperty("code").GetString()!))
            .Sum(s => decimal.Parse(s.GetProperty("result").GetString()!, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(350.00m);
        steps.ShouldAllBe(s => !s.GetProperty("text").GetString()!.Contains('{'));
        steps[1].GetProperty("text").GetString()!.ShouldContain("2 Mar 2026 07:00");
    }

    [Fact]
    public async Task A_correction_reverses_the_charge_and_enters_another()
    {
        var first = await ChargedAsync(-120, -60);
        await (await CorrectAsync(first, -90)).JsonAsync(HttpStatusCode.Created);
        var rows = await ChargesAsync();
        rows.Count.ShouldBe(3);
        rows.Sum(r => decimal.Parse(Amount(r), System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(200.00m);
        var reversal = rows.Single(r => r.GetProperty("kind").GetString() == "reversal");
        Amount(reversal).ShouldBe("-350.00");
        reversal.GetProperty("reversesId").GetGuid().ShouldBe(Id(first));
        reversal.GetProperty("reason").GetString().ShouldBe("left earlier");
        rows.Single(r => Id(r) == Id(first)).GetProperty("status").GetString().ShouldBe("reversed");
    }

    [Fact]
    public async Task The_facts_of_a_service_go_with_a_correction_and_its_invoice_does_not()
    {
        var first = await ChargedAsync(-120, -60);
        await (await api.PatchAsJsonAsync($"/api/v1/charges/{Id(first)}", new { tags = new[] { "relatedParty" }, evidence = new[] { "contract" }, invoiceNumber = "26112000000001", invoicedOn = "2026-03-02" })).JsonAsync();
        await (await CorrectAsync(first, -90)).JsonAsync(HttpStatusCode.Created);
        var second = (await ChargesAsync()).Single(r => r.GetProperty("status").GetString() == "issued" && r.GetProperty("kind").GetString() == "charge");
        second.GetProperty("tags")[0].GetString().ShouldBe("relatedParty");
        second.GetProperty("evidence")[0].GetString().ShouldBe("contract");
        second.GetProperty("invoiceNumber").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task A_use_that_was_taken_over_is_issued_only_when_somebody_has_accepted_it()
    {
        var booking = await host.Given.BookedAsync(instrument, user, FixedClock.Start - Duration.FromHours(1), 60, userClass: UserClass.Enterprise);
        host.Clock.Now = FixedClock.Start - Duration.FromMinutes(50);
        await (await (await host.ApiAsync(user)).PostAsync($"/api/v1/bookings/{booking.Id.Value}/check-in", null)).JsonAsync(HttpStatusCode.Created);
        host.Clock.Now = FixedClock.Start;
        var next = await host.Given.BookedAsync(instrument, user, FixedClock.Start, userClass: UserClass.Enterprise);
        await (await (await host.ApiAsync(user)).PostAsync($"/api/v1/bookings/{next.Id.Value}/check-in", null)).JsonAsync(HttpStatusCode.Created);

        var problem = (await (await api.GetAsync($"/api/v1/usage-records?problem=true&instrument={instrument.Id.Value}")).JsonAsync()).GetProperty("items")[0];
        (await ChargesAsync()).Single().GetProperty("status").GetString().ShouldBe("estimated");
        await (await api.PostAsJsonAsync($"/api/v1/usage-records/{problem.GetProperty("id").GetGuid()}/corrections", new { reason = "asked the user" })).JsonAsync(HttpStatusCode.Created);
        (await ChargesAsync()).Select(c => c.GetProperty("status").GetString()).ShouldBe(["issued", "reversed"], ignoreOrder: true);
        (await ChargesAsync()).Count(c => c.GetProperty("kind").GetString() == "reversal").ShouldBe(0);
    }

    [Fact]
    public async Task A_use_without_a_price_goes_to_the_problem_queue_and_is_never_free_by_silence()
    {
        var academic = await host.Given.PersonAsync(await host.Given.InstitutionAsync());
        var use = await (await api.PostAsJsonAsync("/api/v1/usage-records", Entry(academic, -120, -60))).JsonAsync(HttpStatusCode.Created);
        use.GetProperty("problem").GetString().ShouldBe("noPrice");
        (await ChargesAsync()).ShouldBeEmpty();

        await host.Given.PriceAsync(instrument, UserClass.Academic, perHour: 8_000);
        await (await api.PostAsJsonAsync($"/api/v1/usage-records/{Id(use)}/corrections", new { reason = "price was set" })).JsonAsync(HttpStatusCode.Created);
        Amount((await ChargesAsync()).Single()).ShouldBe("80.00");
    }

    [Fact]
    public async Task The_database_refuses_any_change_of_an_issued_charge()
    {
        var charge = await ChargedAsync(-120, -60);
        foreach (var change in new[] { "amount_fen = 1", "served_on = '2025-01-01'", "explanation = '{}'", "status = 'estimated'", "price_policy_id = NULL" })
        {
            var sql = "UPDATE charges SET " + change + " WHERE id = @id";
            (await Should.ThrowAsync<PostgresException>(() => host.ExecuteAsync(sql, ("id", Id(charge))))).ConstraintName.ShouldBe("charge.immutable");
        }

        (await Should.ThrowAsync<PostgresException>(() => host.ExecuteAsync("DELETE FROM charges WHERE id = @id", ("id", Id(charge))))).ConstraintName.ShouldBe("charge.immutable");
    }

    [Theory]
    [InlineData("user", 1)]
    [InlineData("colleague", 0)]
    [InlineData("payersAdministrator", 1)]
    [InlineData("ownersAdministrator", 1)]
    [InlineData("manager", 1)]
    [InlineData("technician", 0)]
    [InlineData("officer", 1)]
    [InlineData("officerElsewhere", 0)]
    [InlineData("auditor", 1)]
    [InlineData("systemAdministrator", 0)]
    public async Task Each_role_sees_the_charges_of_its_scope(string role, int expected)
    {
        var charge = await ChargedAsync(-120, -60);
        var person = role switch
        {
            "user" => user,
            "colleague" => await host.Given.PersonAsync(customer),
            "payersAdministrator" => await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, customer),
            "ownersAdministrator" => await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, owner),
            "technician" => await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: instrument.Id.Value),
            "officer" => await host.Given.PersonWithRoleAsync(Role.FundingOfficer, region: "CN-34"),
            "officerElsewhere" => await host.Given.PersonWithRoleAsync(Role.FundingOfficer, region: "CN-37"),
            "auditor" => await host.Given.PersonWithRoleAsync(Role.Auditor),
            "systemAdministrator" => await host.Given.PersonWithRoleAsync(Role.SystemAdministrator),
            _ => manager,
        };
        var client = await host.ApiAsync(person);
        (await (await client.GetAsync($"/api/v1/charges?instrument={instrument.Id.Value}")).JsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(expected);
        (await client.GetAsync($"/api/v1/charges/{Id(charge)}/explanation")).StatusCode.ShouldBe(expected == 1 ? HttpStatusCode.OK : HttpStatusCode.NotFound);
    }

    private static Guid Id(JsonElement row) => row.GetProperty("id").GetGuid();

    private static string Amount(JsonElement row) => row.GetProperty("amount").GetProperty("amount").GetString()!;

    private static string At(int minute) => (FixedClock.Start + Duration.FromMinutes(minute)).ToString();

    private object Entry(Person person, int from, int to) => new { instrumentId = instrument.Id.Value, personId = person.Id, startsAt = At(from), endsAt = At(to), reason = "network was down" };

    private async Task<JsonElement> ChargedAsync(int from, int to)
    {
        host.Clock.Now = FixedClock.Start;
        await (await api.PostAsJsonAsync("/api/v1/usage-records", Entry(user, from, to))).JsonAsync(HttpStatusCode.Created);
        return (await ChargesAsync()).Single();
    }

    private Task<HttpResponseMessage> CorrectAsync(JsonElement charge, int end) =>
        api.PostAsJsonAsync($"/api/v1/usage-records/{charge.GetProperty("usageId").GetGuid()}/corrections", new { endsAt = At(end), reason = "left earlier" });

    private async Task<List<JsonElement>> ChargesAsync() =>
        [.. (await (await api.GetAsync($"/api/v1/charges?instrument={instrument.Id.Value}")).JsonAsync()).GetProperty("items").EnumerateArray()];
}
