using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Billing.Funds;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Bookings;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Billing.Funds;

/// <summary>An institution that demands funds, an instrument at 120.00 an hour, and a group with two members.</summary>
internal sealed class FundScene(TestHost host)
{
    public Institution Owner { get; private set; } = null!;

    public Instrument Instrument { get; private set; } = null!;

    public Person Administrator { get; private set; } = null!;

    public Person Manager { get; private set; } = null!;

    public Person Leader { get; private set; } = null!;

    public Person Member { get; private set; } = null!;

    public Group Group { get; private set; } = null!;

    public HttpClient Api { get; private set; } = null!;

    public static async Task<FundScene> MakeAsync(TestHost host, bool demandsFund = true, int tax = 0, Func<BookingRuleSet, BookingRuleSet>? rules = null)
    {
        host.Clock.Now = FixedClock.Start;
        var scene = new FundScene(host) { Owner = await host.Given.InstitutionAsync() };
        await host.Given.TermsAsync(scene.Owner, demandsFund, tax: tax);
        scene.Instrument = await host.Given.InstrumentAsync(scene.Owner, rules: rules);
        await host.Given.PricesAsync(scene.Instrument);
        scene.Administrator = await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, scene.Owner);
        scene.Manager = await host.Given.PersonWithRoleAsync(Role.LabManager, scene.Owner);
        (scene.Leader, scene.Member) = (await host.Given.PersonAsync(scene.Owner), await host.Given.PersonAsync(scene.Owner));
        scene.Group = await host.Given.GroupAsync(scene.Owner, scene.Leader, scene.Member);
        await host.Given.GrantAsync(scene.Leader, Role.GroupLeader, scene.Group.Id.Value, ScopeKind.Group);
        scene.Api = await host.ApiAsync(scene.Member);
        return scene;
    }

    public Task<HttpResponseMessage> BookAsync(Guid? fundId, int hour, int hours = 1, HttpClient? api = null, string serviceMode = "selfOperated") => (api ?? Api).PostAsJsonAsync("/api/v1/bookings", new
    {
        instrumentId = Instrument.Id.Value, startsAt = Day.Tomorrow(hour).ToString(), endsAt = Day.Tomorrow(hour + hours).ToString(), serviceMode, fundId,
    });

    public async Task<Guid> BookedAsync(Guid? fundId, int hour, int hours = 1) => (await (await BookAsync(fundId, hour, hours)).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();

    /// <summary>Checks in and out under a booking, some minutes later.</summary>
    public async Task UseAsync(Guid booking, int hour, int minutes)
    {
        host.Clock.Now = Day.Tomorrow(hour);
        await (await Api.PostAsync($"/api/v1/bookings/{booking}/check-in", null)).JsonAsync(HttpStatusCode.Created);
        host.Clock.Advance(Duration.FromMinutes(minutes));
        await (await Api.PostAsJsonAsync($"/api/v1/bookings/{booking}/check-out", new { feedback = "good" })).JsonAsync(HttpStatusCode.OK);
    }

    /// <summary>Balance, held and left of a fund, as people read them.</summary>
    public async Task<string> StandAsync(Guid fund)
    {
        var row = await (await (await host.ApiAsync(Administrator)).GetAsync($"/api/v1/funds/{fund}")).JsonAsync(HttpStatusCode.OK);
        string Of(string name) => row.GetProperty(name).GetProperty("amount").GetString()!;
        return $"{Of("balance")} {Of("held")} {Of("left")}";
    }

    public async Task<JsonElement> ChargeAsync(Guid booking)
    {
        var rows = await (await (await host.ApiAsync(Manager)).GetAsync($"/api/v1/charges?instrument={Instrument.Id.Value}&kind=charge")).JsonAsync(HttpStatusCode.OK);
        return rows.GetProperty("items").EnumerateArray().Single(c => c.GetProperty("bookingId").GetGuid() == booking && c.GetProperty("status").GetString() != "reversed");
    }

    /// <summary>Each account's kind and balance in the owner's ledger, in order.</summary>
    public async Task<string> LedgerAsync(Institution? of = null) => await host.ScalarAsync<string>(
        "SELECT coalesce(string_agg(kind || ' ' || balance_fen, ', ' ORDER BY kind, balance_fen), '') FROM ledger_accounts WHERE institution_id = @id AND balance_fen <> 0 AND NOT (kind = 'institution' AND holder_id = institution_id)", ("id", (of ?? Owner).Id.Value));

    public Task<Fund> FundAsync(long fen, long limit = 0) => host.Given.FundAsync(Group, fen, limit);
}
