using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace InstrumentShare.Tests.Catalog;

public sealed class InstrumentRulesApiTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly object[] Monday = [new { weekday = 1, opens = "09:00", closes = "12:00" }, new { weekday = 1, opens = "13:00", closes = "24:00" }];

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData(Role.Researcher, HttpStatusCode.Forbidden)]
    [InlineData(Role.Technician, HttpStatusCode.Forbidden)]
    [InlineData(Role.LabManager, HttpStatusCode.OK)]
    [InlineData(Role.InstitutionAdministrator, HttpStatusCode.OK)]
    public async Task Who_may_change_hours_rules_and_closures(Role? role, HttpStatusCode expected)
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var api = await host.ApiAsync(role switch
        {
            null => null,
            Role.Researcher => await host.Given.PersonAsync(institution),
            _ => await host.Given.PersonWithRoleAsync(role.Value, institution),
        });
        var path = $"/api/v1/instruments/{instrument.Id.Value}";
        (await api.PutAsJsonAsync(path + "/opening-hours", new { spans = Monday })).StatusCode.ShouldBe(expected);
        (await api.PutAsJsonAsync(path + "/booking-rules", new { maxMinutes = 120 })).StatusCode.ShouldBe(expected);
        (await api.PostAsJsonAsync(path + "/closures", Closure())).StatusCode.ShouldBe(expected == HttpStatusCode.OK ? HttpStatusCode.Created : expected);
        (await api.PostAsJsonAsync(path + $"/closures/{Guid.Empty}/cancel", new { })).StatusCode.ShouldBe(expected == HttpStatusCode.OK ? HttpStatusCode.NotFound : expected);
    }

    [Fact]
    public async Task New_hours_hold_from_their_day_and_old_ones_until_the_day_before()
    {
        var (api, instrument) = await ManagedAsync();
        (await api.PutAsJsonAsync(Path(instrument) + "/opening-hours", new { validFrom = "2026-03-09", spans = Monday })).StatusCode.ShouldBe(HttpStatusCode.OK);
        var rules = (await host.Services.GetRequiredService<InstrumentRulesQuery>().OfAsync(instrument.Id))!;
        rules.RulesVersion.ShouldBe(2);
        OpeningCalendar.OpenSpans(rules.OpeningHours, rules.Zone, new LocalDate(2026, 3, 8), new LocalDate(2026, 3, 8)).Count.ShouldBe(1);
        OpeningCalendar.OpenSpans(rules.OpeningHours, rules.Zone, new LocalDate(2026, 3, 9), new LocalDate(2026, 3, 15)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Hours_of_a_holiday_week_give_way_to_the_old_ones_afterwards()
    {
        var (api, instrument) = await ManagedAsync();
        (await api.PutAsJsonAsync(Path(instrument) + "/opening-hours", new { validFrom = "2026-05-01", validTo = "2026-05-05", spans = Array.Empty<object>() })).StatusCode.ShouldBe(HttpStatusCode.OK);
        var rules = (await host.Services.GetRequiredService<InstrumentRulesQuery>().OfAsync(instrument.Id))!;
        var open = OpeningCalendar.OpenSpans(rules.OpeningHours, rules.Zone, new LocalDate(2026, 4, 30), new LocalDate(2026, 5, 6));
        open.Select(s => s.StartsAt.InZone(rules.Zone).Date).ShouldBe([new LocalDate(2026, 4, 30), new LocalDate(2026, 5, 6)]);
    }

    [Fact]
    public async Task Hours_can_be_replaced_on_the_same_day_again()
    {
        var (api, instrument) = await ManagedAsync();
        for (var i = 0; i < 2; i++)
            (await api.PutAsJsonAsync(Path(instrument) + "/opening-hours", new { validFrom = "2026-03-02", spans = Monday })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await host.ScalarAsync<long>("SELECT count(*) FROM opening_hours WHERE instrument_id = @id AND valid_to IS NULL", ("id", instrument.Id.Value))).ShouldBe(2);
    }

    [Theory]
    [InlineData("""{"spans":[{"weekday":0,"opens":"09:00","closes":"10:00"}]}""", HttpStatusCode.BadRequest, "opening-hours.weekday")]
    [InlineData("""{"spans":[{"weekday":1,"opens":"9","closes":"10:00"}]}""", HttpStatusCode.BadRequest, "opening-hours.time")]
    [InlineData("""{"spans":[{"weekday":1,"opens":"24:00","closes":"24:00"}]}""", HttpStatusCode.BadRequest, "opening-hours.time")]
    [InlineData("""{"spans":[{"weekday":1,"opens":"10:00","closes":"10:00"}]}""", HttpStatusCode.BadRequest, "opening-hours.closes-before-opens")]
    [InlineData("""{"spans":[{"weekday":1,"opens":"09:00","closes":"11:00"},{"weekday":1,"opens":"10:00","closes":"12:00"}]}""", HttpStatusCode.BadRequest, "opening-hours.overlap")]
    [InlineData("""{"validFrom":"2026-03-09","validTo":"2026-03-08","spans":[]}""", HttpStatusCode.BadRequest, "opening-hours.dates")]
    [InlineData("""{"validFrom":"2026-03-01","spans":[]}""", HttpStatusCode.Conflict, "opening-hours.in-the-past")]
    [InlineData("{}", HttpStatusCode.BadRequest, "instrument.required")]
    public async Task Wrong_hours_are_refused(string body, HttpStatusCode status, string code)
    {
        var (api, instrument) = await ManagedAsync();
        await RefusedAsync(await api.PutAsync(Path(instrument) + "/opening-hours", new StringContent(body, System.Text.Encoding.UTF8, "application/json")), status, code);
    }

    [Theory]
    [InlineData("""{"minMinutes":0}""", HttpStatusCode.BadRequest, "booking-rules.out-of-bounds")]
    [InlineData("""{"minMinutes":60,"maxMinutes":30}""", HttpStatusCode.BadRequest, "booking-rules.max-below-min")]
    [InlineData("""{"granularityMinutes":7}""", HttpStatusCode.BadRequest, "booking-rules.granularity")]
    [InlineData("""{"granularityMinutes":60,"maxMinutes":45}""", HttpStatusCode.BadRequest, "booking-rules.max-below-granularity")]
    [InlineData("""{"horizonDays":1,"leadMinutes":1440}""", HttpStatusCode.BadRequest, "booking-rules.lead-beyond-horizon")]
    [InlineData("""{"validFrom":"2026-03-09","validTo":"2026-03-08"}""", HttpStatusCode.BadRequest, "booking-rules.dates")]
    [InlineData("""{"validFrom":"2026-03-01"}""", HttpStatusCode.Conflict, "booking-rules.in-the-past")]
    public async Task Wrong_booking_rules_are_refused(string body, HttpStatusCode status, string code)
    {
        var (api, instrument) = await ManagedAsync();
        await RefusedAsync(await api.PutAsync(Path(instrument) + "/booking-rules", new StringContent(body, System.Text.Encoding.UTF8, "application/json")), status, code);
    }

    [Fact]
    public async Task New_booking_rules_hold_from_their_day()
    {
        var (api, instrument) = await ManagedAsync();
        (await api.PutAsJsonAsync(Path(instrument) + "/booking-rules", new { validFrom = "2026-03-09", maxMinutes = 60, approvalRequired = true })).StatusCode.ShouldBe(HttpStatusCode.OK);
        var rules = (await host.Services.GetRequiredService<InstrumentRulesQuery>().OfAsync(instrument.Id))!;
        rules.RulesOn(new LocalDate(2026, 3, 8))!.MaxMinutes.ShouldBe(480);
        rules.RulesOn(new LocalDate(2026, 3, 9))!.ApprovalRequired.ShouldBeTrue();
        rules.RulesVersion.ShouldBe(2);
    }

    [Fact]
    public async Task A_closure_is_seen_until_it_is_withdrawn()
    {
        var (api, instrument) = await ManagedAsync();
        var added = await (await api.PostAsJsonAsync(Path(instrument) + "/closures", Closure())).Content.ReadFromJsonAsync<JsonElement>();
        added.GetProperty("standingBookings").GetArrayLength().ShouldBe(0);
        var everyone = await host.ApiAsync();
        var range = Path(instrument) + "/closures?from=2026-03-03T00:00:00Z&to=2026-03-04T00:00:00Z";
        (await everyone.GetFromJsonAsync<JsonElement>(range)).GetProperty("items").GetArrayLength().ShouldBe(1);
        (await api.PostAsJsonAsync(Path(instrument) + $"/closures/{added.GetProperty("id").GetString()}/cancel", new { })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await everyone.GetFromJsonAsync<JsonElement>(range)).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await host.Services.GetRequiredService<InstrumentRulesQuery>().OfAsync(instrument.Id))!.RulesVersion.ShouldBe(3);
    }

    [Theory]
    [InlineData("""{"startsAt":"2026-03-03T09:00:00+08:00","endsAt":"2026-03-03T08:00:00+08:00","title":"x"}""", HttpStatusCode.BadRequest, "closure.ends-before-start")]
    [InlineData("""{"startsAt":"2026-03-03T09:00:00+08:00","endsAt":"2030-03-03T08:00:00+08:00","title":"x"}""", HttpStatusCode.BadRequest, "closure.too-long")]
    [InlineData("""{"startsAt":"2026-03-01T09:00:00+08:00","endsAt":"2026-03-02T09:00:00+08:00","title":"x"}""", HttpStatusCode.Conflict, "closure.over")]
    [InlineData("""{"startsAt":"2026-03-03T09:00:00+08:00","endsAt":"2026-03-03T10:00:00+08:00","title":" "}""", HttpStatusCode.BadRequest, "instrument.required")]
    [InlineData("""{"startsAt":"2026-03-03 09:00","endsAt":"2026-03-03T10:00:00+08:00","title":"x"}""", HttpStatusCode.BadRequest, "request.unreadable")]
    public async Task A_wrong_closure_is_refused(string body, HttpStatusCode status, string code)
    {
        var (api, instrument) = await ManagedAsync();
        await RefusedAsync(await api.PostAsync(Path(instrument) + "/closures", new StringContent(body, System.Text.Encoding.UTF8, "application/json")), status, code);
    }

    private static object Closure() => new { kind = "maintenance", startsAt = "2026-03-03T09:00:00+08:00", endsAt = "2026-03-03T12:00:00+08:00", title = "年度校准" };

    private static string Path(Instrument instrument) => $"/api/v1/instruments/{instrument.Id.Value}";

    private static async Task RefusedAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        body.GetProperty("code").GetString().ShouldBe(code);
        answer.StatusCode.ShouldBe(status);
        body.GetProperty("detail").GetString()!.ShouldNotContain("{");
    }

    private async Task<(HttpClient Api, Instrument Instrument)> ManagedAsync()
    {
        var institution = await host.Given.InstitutionAsync();
        return (await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution)), await host.Given.InstrumentAsync(institution));
    }
}
