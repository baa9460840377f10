using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Tests.Usage.Faults;

public sealed class FaultTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private Institution owner = null!;
    private Instrument instrument = null!;
    private Person manager = null!;
    private Person technician = null!;
    private Person user = null!;

    async Task IAsyncLifetime.InitializeAsync()
    {
        host.Clock.Now = FixedClock.Start;
        owner = await host.Given.InstitutionAsync();
        instrument = await host.Given.InstrumentAsync(owner);
        (manager, technician) = (await host.Given.PersonWithRoleAsync(Role.LabManager, owner), await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: instrument.Id.Value));
        user = await host.Given.PersonAsync(await host.Given.InstitutionAsync());
    }

    Task IAsyncLifetime.DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_report_goes_to_the_staff_and_its_answers_to_who_reported()
    {
        var booking = await host.Given.BookedAsync(instrument, user, FixedClock.Start - Duration.FromMinutes(30));
        var fault = await ReportedAsync();
        (await host.ScalarAsync<Guid>("SELECT booking_id FROM faults WHERE id = @id", ("id", fault))).ShouldBe(booking.Id.Value);
        (await MailsAsync("fault.reported", manager, technician)).ShouldBe(2);

        var staff = await host.ApiAsync(technician);
        await (await staff.PostAsJsonAsync($"/api/v1/faults/{fault}/acknowledge", new { notice = " " })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "booking.text-missing");
        (await (await staff.PostAsJsonAsync($"/api/v1/faults/{fault}/acknowledge", new { notice = "Stage drifts", severity = "limited" })).JsonAsync()).GetProperty("status").GetString().ShouldBe("acknowledged");
        (await (await host.PagesAsync(user)).GetAsync($"/instruments/{instrument.Id.Value}")).QuerySelector("[data-standing-faults]")!.TextContent.ShouldContain("Stage drifts");
        (await (await host.PagesAsync(null)).GetAsync($"/instruments/{instrument.Id.Value}/calendar")).QuerySelector("[data-standing-faults]")!.TextContent.ShouldContain("Stage drifts");
        (await (await staff.PostAsJsonAsync($"/api/v1/faults/{fault}/resolve", new { resolution = "Replaced" })).JsonAsync()).GetProperty("status").GetString().ShouldBe("resolved");
        await (await staff.PostAsJsonAsync($"/api/v1/faults/{fault}/resolve", new { resolution = "again" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "fault.resolved");
        (await MailsAsync("fault.acknowledged", user)).ShouldBe(1);
        (await MailsAsync("fault.resolved", user)).ShouldBe(1);
        (await (await host.PagesAsync(user)).GetAsync($"/instruments/{instrument.Id.Value}")).QuerySelector("[data-standing-faults]").ShouldBeNull();
        (await Should.ThrowAsync<PostgresException>(() => host.ExecuteAsync("UPDATE faults SET resolution = 'x' WHERE id = @id", ("id", fault)))).ConstraintName.ShouldBe("fault.immutable");
        (await Should.ThrowAsync<PostgresException>(() => host.ExecuteAsync("DELETE FROM faults WHERE id = @id", ("id", fault)))).ConstraintName.ShouldBe("fault.immutable");
    }

    [Theory]
    [InlineData("manager", HttpStatusCode.OK)]
    [InlineData("technician", HttpStatusCode.OK)]
    [InlineData("reporter", HttpStatusCode.Forbidden)]
    [InlineData("stranger", HttpStatusCode.Forbidden)]
    [InlineData("managerElsewhere", HttpStatusCode.NotFound)]
    [InlineData("administrator", HttpStatusCode.Forbidden)]
    [InlineData("auditor", HttpStatusCode.Forbidden)]
    [InlineData("nobody", HttpStatusCode.Unauthorized)]
    public async Task Who_may_answer_a_fault(string role, HttpStatusCode expected)
    {
        var person = role switch
        {
            "manager" => manager,
            "technician" => technician,
            "reporter" => user,
            "managerElsewhere" => await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync()),
            "administrator" => await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, owner),
            "auditor" => await host.Given.PersonWithRoleAsync(Role.Auditor),
            "stranger" => await host.Given.PersonAsync(),
            _ => null,
        };
        (await (await host.ApiAsync(person)).PostAsJsonAsync($"/api/v1/faults/{await ReportedAsync()}/acknowledge", new { notice = "so" })).StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task One_tap_makes_an_outage_and_resolving_ends_it()
    {
        var standing = await host.Given.BookingAsync(instrument, user);
        var fault = await ReportedAsync();
        var desk = await host.PagesAsync(manager);
        var page = await SubmitToAsync(desk, fault, "Outage", ("Days", "3"), ("Notice", "Pump failed"));
        page.Body!.TextContent.ShouldContain("Pump failed");
        page.QuerySelector($"a[href='/bookings/{standing.Id.Value}']").ShouldNotBeNull("bookings that stand in it are listed");
        await (await BookAsync()).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.closure");
        page = await desk.GetAsync($"/faults/{fault}");
        page.QuerySelector("[formaction*=Outage]").ShouldBeNull("once is enough");
        page = await desk.SubmitAsync(page, "form[data-resolve]", ("Resolution", "New pump"), ("Reopen", "true"));
        page.QuerySelector("[data-status=resolved]").ShouldNotBeNull(page.Body!.TextContent);
        (await BookAsync()).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_technician_who_may_not_close_the_instrument_makes_no_outage()
    {
        var fault = await ReportedAsync();
        var body = new { notice = "Pump failed", until = (FixedClock.Start + Duration.FromDays(1)).ToString() };
        (await (await host.ApiAsync(technician)).PostAsJsonAsync($"/api/v1/faults/{fault}/outage", body)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await host.ScalarAsync<string>("SELECT status FROM faults WHERE id = @id", ("id", fault))).ShouldBe("reported");
        await (await (await host.ApiAsync(manager)).PostAsJsonAsync($"/api/v1/faults/{fault}/outage", body with { until = (FixedClock.Start + Duration.FromDays(91)).ToString() })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "fault.until");
    }

    [Fact]
    public async Task Lists_show_what_ones_role_covers_and_ones_own()
    {
        var fault = await ReportedAsync();
        (await IdsAsync(manager, "/api/v1/faults")).ShouldContain(fault);
        (await IdsAsync(manager, "/api/v1/faults?status=resolved")).ShouldNotContain(fault);
        (await IdsAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync()), "/api/v1/faults")).ShouldNotContain(fault);
        (await IdsAsync(user, "/api/v1/faults/mine")).ShouldContain(fault);
        (await (await host.ApiAsync(user)).GetAsync($"/api/v1/faults/{fault}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await (await host.ApiAsync(await host.Given.PersonAsync())).GetAsync($"/api/v1/faults/{fault}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        await (await (await host.ApiAsync(manager)).GetAsync("/api/v1/faults?status=broken")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.filter-value");
    }

    [Fact]
    public async Task Five_reports_wait_at_a_time_even_when_many_are_sent_at_once()
    {
        var api = await host.ApiAsync(user);
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ReportAsync(api)));
        answers.Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBe(5);
        foreach (var refused in answers.Where(a => a.StatusCode != HttpStatusCode.Created)) await refused.ShouldRefuseAsync(HttpStatusCode.Conflict, "fault.too-many");
    }

    private static async Task<AngleSharp.Html.Dom.IHtmlDocument> SubmitToAsync(PageClient desk, Guid fault, string handler, params (string Name, string Value)[] values)
    {
        var page = await desk.GetAsync($"/faults/{fault}");
        var form = page.QuerySelector("form[data-acknowledge]")!;
        form.SetAttribute("action", $"/faults/{fault}?handler={handler}");
        return await desk.SubmitAsync(page, "form[data-acknowledge]", values);
    }

    private Task<HttpResponseMessage> ReportAsync(HttpClient api) => api.PostAsJsonAsync($"/api/v1/instruments/{instrument.Id.Value}/faults", new { severity = "unusable", text = "No vacuum" });

    private async Task<Guid> ReportedAsync() => (await (await ReportAsync(await host.ApiAsync(user))).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();

    private async Task<List<Guid>> IdsAsync(Person person, string path) =>
        (await (await (await host.ApiAsync(person)).GetAsync(path)).JsonAsync()).GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetGuid()).ToList();

    private async Task<HttpResponseMessage> BookAsync() => await (await host.ApiAsync(user)).PostAsJsonAsync("/api/v1/bookings", new
    {
        instrumentId = instrument.Id.Value, startsAt = (FixedClock.Start + Duration.FromHours(3)).ToString(), endsAt = (FixedClock.Start + Duration.FromHours(4)).ToString(), serviceMode = "selfOperated",
    });

    private Task<long> MailsAsync(string kind, params Person[] to) => host.ScalarAsync<long>("SELECT count(*) FROM outbox_messages WHERE kind = @kind AND person_id = ANY(@to)", ("kind", kind), ("to", to.Select(p => p.Id).ToArray()));
}
