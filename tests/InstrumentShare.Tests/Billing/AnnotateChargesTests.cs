using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Billing;

public sealed class AnnotateChargesTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
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
        user = await host.Given.PersonAsync(await host.Given.InstitutionAsync());
        api = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, owner));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Tags_evidence_claim_and_invoice_are_written_and_what_stood_before_is_kept()
    {
        var id = await ChargeAsync(1);
        await (await PatchAsync(id, new { tags = new[] { "batchTesting" } })).JsonAsync();
        var after = await (await PatchAsync(id, new { evidence = new[] { "contract", "payment" }, claimReference = "2026-17", invoiceNumber = "A1", invoicedOn = "2026-03-02", reason = "year's end" })).JsonAsync();
        after.GetProperty("tags")[0].GetString().ShouldBe("batchTesting");
        after.GetProperty("invoiceNumber").GetString().ShouldBe("A1");
        (await host.ScalarAsync<string>("SELECT before ->> 'tags' FROM audit_entries WHERE subject_id = @id AND reason = 'year''s end'", ("id", id.ToString()))).ShouldContain("batchTesting");
    }

    [Theory]
    [InlineData("""{"tags":["sameEntity"]}""", "charge.tag-unknown")]
    [InlineData("""{"evidence":["photo"]}""", "charge.evidence-unknown")]
    [InlineData("""{"invoiceNumber":"B1"}""", "charge.invoice-incomplete")]
    [InlineData("""{"invoicedOn":"2026-03-02"}""", "charge.invoice-incomplete")]
    [InlineData("""{"invoicedOn":"2 March"}""", "request.unreadable")]
    public async Task Notes_that_make_no_sense_are_a_400(string body, string code)
    {
        var id = await ChargeAsync(1);
        await (await api.PatchAsync($"/api/v1/charges/{id}", new StringContent(body, System.Text.Encoding.UTF8, "application/json"))).ShouldRefuseAsync(HttpStatusCode.BadRequest, code);
    }

    [Fact]
    public async Task An_invoice_number_stands_on_one_charge_of_the_institution_or_on_those_written_together()
    {
        var ids = new[] { await ChargeAsync(1), await ChargeAsync(2), await ChargeAsync(3) };
        await (await PatchAsync(ids[0], new { invoiceNumber = "C1", invoicedOn = "2026-03-02" })).JsonAsync();
        await (await PatchAsync(ids[1], new { invoiceNumber = "C1", invoicedOn = "2026-03-02" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "charge.invoice-taken");
        await (await InvoiceAsync("C2", ids[1], ids[2])).JsonAsync();
        (await host.ScalarAsync<long>("SELECT count(*) FROM charges WHERE invoice_number = 'C2' AND institution_id = @owner", ("owner", owner.Id.Value))).ShouldBe(2);
        await (await PatchAsync(ids[2], new { tags = new[] { "batchTesting" } })).JsonAsync();
    }

    [Fact]
    public async Task Of_one_invoice_number_written_on_two_charges_at_once_one_is_kept()
    {
        var ids = new[] { await ChargeAsync(1), await ChargeAsync(2), await ChargeAsync(3), await ChargeAsync(4) };
        var answers = await Task.WhenAll(ids.Select(id => PatchAsync(id, new { invoiceNumber = "D1", invoicedOn = "2026-03-02" })));
        answers.Count(a => a.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        foreach (var loser in answers.Where(a => a.StatusCode != HttpStatusCode.OK)) await loser.ShouldRefuseAsync(HttpStatusCode.Conflict, "charge.invoice-taken");
    }

    [Fact]
    public async Task A_change_made_on_an_older_version_is_stale()
    {
        var id = await ChargeAsync(1);
        var etag = (await api.GetAsync($"/api/v1/charges/{id}")).Headers.ETag!;
        await (await PatchAsync(id, new { tags = new[] { "batchTesting" } })).JsonAsync();
        using var late = new HttpRequestMessage(HttpMethod.Patch, $"/api/v1/charges/{id}") { Content = JsonContent.Create(new { tags = Array.Empty<string>() }) };
        late.Headers.IfMatch.Add(etag);
        await (await api.SendAsync(late)).ShouldRefuseAsync(HttpStatusCode.PreconditionFailed, "request.stale");
    }

    [Fact]
    public async Task One_invoice_has_one_payer()
    {
        var first = await ChargeAsync(1);
        user = await host.Given.PersonAsync(await host.Given.InstitutionAsync());
        await (await InvoiceAsync("E1", first, await ChargeAsync(2))).ShouldRefuseAsync(HttpStatusCode.Conflict, "charge.several-payers");
    }

    [Fact]
    public async Task Only_the_owning_institution_writes_on_a_charge()
    {
        var id = await ChargeAsync(1);
        var body = new { tags = new[] { "batchTesting" } };
        (await (await host.ApiAsync(user)).PatchAsJsonAsync($"/api/v1/charges/{id}", body)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var elsewhere = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, await host.Given.InstitutionAsync()));
        (await elsewhere.PatchAsJsonAsync($"/api/v1/charges/{id}", body)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await (await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.Auditor))).PatchAsJsonAsync($"/api/v1/charges/{id}", body)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task<Guid> ChargeAsync(int hoursAgo)
    {
        var manager = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, owner));
        var start = FixedClock.Start - Duration.FromHours(hoursAgo);
        var use = await (await manager.PostAsJsonAsync("/api/v1/usage-records", new
        {
            instrumentId = instrument.Id.Value, personId = user.Id, startsAt = start.ToString(), endsAt = (start + Duration.FromMinutes(30)).ToString(), reason = "by hand",
        })).JsonAsync(HttpStatusCode.Created);
        return await host.ScalarAsync<Guid>("SELECT id FROM charges WHERE usage_id = @id", ("id", use.GetProperty("id").GetGuid()));
    }

    private Task<HttpResponseMessage> PatchAsync(Guid id, object notes) => api.PatchAsJsonAsync($"/api/v1/charges/{id}", notes);

    private Task<HttpResponseMessage> InvoiceAsync(string number, params Guid[] ids) =>
        api.PostAsJsonAsync("/api/v1/charges/invoices", new { chargeIds = ids, invoiceNumber = number, invoicedOn = "2026-03-02" });
}
