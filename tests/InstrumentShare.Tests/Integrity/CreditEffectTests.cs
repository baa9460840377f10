using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Integrity;
using InstrumentShare.Tests.Bookings.Standby;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Integrity;

/// <summary>What low credit does at an instrument: a note, an approval, a refusal; on every way to a booking.</summary>
public sealed class CreditEffectTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private static readonly Instant Ten = FixedClock.Start + Duration.FromHours(25);

    private Institution owner = null!;
    private Instrument instrument = null!;
    private Person manager = null!;
    private Person holder = null!;

    public async Task InitializeAsync()
    {
        host.Clock.Now = FixedClock.Start;
        (owner, instrument, manager, holder) = await host.Given.PricedInstrumentAsync();
        await TakenAsync(holder, 5);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("manager", HttpStatusCode.OK)]
    [InlineData("administrator", HttpStatusCode.OK)]
    [InlineData("technician", HttpStatusCode.Forbidden)]
    [InlineData("officer", HttpStatusCode.Forbidden)]
    [InlineData("auditor", HttpStatusCode.Forbidden)]
    [InlineData("holder", HttpStatusCode.Forbidden)]
    [InlineData("nobody", HttpStatusCode.Unauthorized)]
    public async Task Who_may_set_thresholds_and_everybody_signed_in_may_read_them(string role, HttpStatusCode expected)
    {
        var api = await host.ApiAsync(role switch
        {
            "manager" => manager,
            "administrator" => await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, owner),
            "technician" => await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: instrument.Id.Value),
            "officer" => await host.Given.PersonWithRoleAsync(Role.FundingOfficer, region: "CN-34"),
            "auditor" => await host.Given.PersonWithRoleAsync(Role.Auditor),
            "holder" => holder,
            _ => null,
        });
        (await api.PutAsJsonAsync(Path("credit-threshold"), new { effect = "warn", threshold = 90 })).StatusCode.ShouldBe(expected);
        (await api.GetAsync(Path("credit-thresholds"))).StatusCode.ShouldBe(role == "nobody" ? HttpStatusCode.Unauthorized : HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("warn", 95, "confirmed", null)]
    [InlineData("warn", 96, "confirmed", "warn")]
    [InlineData("needsApproval", 95, "confirmed", null)]
    [InlineData("needsApproval", 96, "requested", "needsApproval")]
    public async Task Below_the_threshold_a_booking_goes_through_with_a_note_or_waits_for_approval(string effect, int threshold, string status, string? told)
    {
        await SetAsync(effect, threshold);
        var api = await host.ApiAsync(holder);
        var preview = await (await api.PostAsJsonAsync("/api/v1/bookings/preview", Wish())).JsonAsync();
        preview.GetProperty("needsApproval").GetBoolean().ShouldBe(status == "requested");
        preview.GetProperty("conditions").GetArrayLength().ShouldBe(told is null ? 0 : 1);
        var booked = await (await api.PostAsJsonAsync("/api/v1/bookings", Wish())).JsonAsync(HttpStatusCode.Created);
        booked.GetProperty("status").GetString().ShouldBe(status);
        var conditions = booked.GetProperty("conditions").EnumerateArray().Select(c => $"{c.GetProperty("gate").GetString()} {c.GetProperty("effect").GetString()}").ToList();
        conditions.ShouldBe(told is null ? [] : ["credit " + told]);
        if (status == "requested") booked.GetProperty("waitsFor").GetString().ShouldBe("instrumentOwner");
        if (status != "requested") return;
        var id = booked.GetProperty("id").GetGuid();
        (await (await (await host.ApiAsync(manager)).PostAsync($"/api/v1/bookings/{id}/approve", null)).JsonAsync()).GetProperty("status").GetString().ShouldBe("confirmed");
    }

    [Theory]
    [InlineData(3, "warn booking.credit-warning")]
    [InlineData(13, "needsApproval booking.credit-approval")]
    [InlineData(43, "fail booking.credit-low")]
    [InlineData(0, "pass")]
    public async Task The_checklist_names_the_strictest_effect(int taken, string state)
    {
        foreach (var (effect, threshold) in new[] { ("refuse", 60), ("needsApproval", 90), ("warn", 99) }) await SetAsync(effect, threshold);
        var person = await host.Given.PersonAsync(owner);
        if (taken > 0) await TakenAsync(person, taken);
        var check = await (await (await host.ApiAsync(person)).GetAsync(Path("booking-check"))).JsonAsync();
        var gate = check.GetProperty("gates").EnumerateArray().Single(g => g.GetProperty("gate").GetString() == "credit");
        $"{gate.GetProperty("state").GetString()} {gate.GetProperty("code").GetString()}".Trim().ShouldBe(state);
        check.GetProperty("mayBook").GetBoolean().ShouldBe(!state.StartsWith("fail", StringComparison.Ordinal));
        var pages = await host.PagesAsync(person);
        (await pages.GetAsync($"/instruments/{instrument.Id.Value}/check")).QuerySelector("[data-gate=credit]")!.GetAttribute("data-state").ShouldBe(state.Split(' ')[0]);
    }

    [Fact]
    public async Task The_booking_form_says_so_before_it_is_confirmed()
    {
        await SetAsync("warn", 99);
        await SetAsync("needsApproval", 96);
        var browser = await host.PagesAsync(holder, "zh-CN");
        var page = await browser.SubmitAsync(await browser.GetAsync($"/instruments/{instrument.Id.Value}/calendar"), "#book", ("StartsAt", "2026-03-03T10:00"), ("EndsAt", "2026-03-03T11:00"));
        page.QuerySelectorAll("[data-conditions] [data-effect]").Select(e => e.GetAttribute("data-effect")).ShouldBe(["needsApproval"]);
        page.QuerySelector("[data-conditions]")!.TextContent.ShouldContain("须经仪器管理员审批");
        page.QuerySelector("[data-do-book]")!.TextContent.ShouldContain("申请");
    }

    [Fact]
    public async Task Staff_set_an_approval_aside_with_a_reason_that_is_kept()
    {
        await SetAsync("needsApproval", 96);
        await TakenAsync(manager, 5);
        var api = await host.ApiAsync(manager);
        (await (await api.PostAsJsonAsync("/api/v1/bookings", Wish())).JsonAsync(HttpStatusCode.Created)).GetProperty("status").GetString().ShouldBe("requested");
        var booked = await (await api.PostAsJsonAsync("/api/v1/bookings", Wish(2, "校准"))).JsonAsync(HttpStatusCode.Created);
        booked.GetProperty("status").GetString().ShouldBe("confirmed");
        (await host.ScalarAsync<string>("SELECT reason || ' ' || (after->'overridden'->>0) FROM audit_entries WHERE action = 'booking.override' AND subject_id = @id", ("id", booked.GetProperty("id").GetString()!))).ShouldBe("校准 booking.credit-approval");
    }

    [Fact]
    public async Task A_confirmed_time_is_not_moved_or_lengthened_without_the_approval()
    {
        var booking = await host.Given.BookingAsync(instrument, holder);
        await SetAsync("needsApproval", 96);
        var api = await host.ApiAsync(holder);
        await (await api.PostAsJsonAsync($"/api/v1/bookings/{booking.Id.Value}/reschedule", new { startsAt = (Ten + Duration.FromHours(2)).ToString(), endsAt = (Ten + Duration.FromHours(3)).ToString() })).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.credit-approval");
        (await (await (await host.ApiAsync(manager)).PostAsJsonAsync($"/api/v1/bookings/{booking.Id.Value}/reschedule", new { startsAt = (Ten + Duration.FromHours(2)).ToString(), endsAt = (Ten + Duration.FromHours(3)).ToString(), overrideReason = "同意" })).JsonAsync()).GetProperty("status").GetString().ShouldBe("confirmed");
    }

    [Theory]
    [InlineData("refuse", 96, "fail")]
    [InlineData("needsApproval", 96, "requested")]
    [InlineData("warn", 96, "confirmed")]
    public async Task For_a_series_the_score_is_asked_for_once(string effect, int threshold, string became)
    {
        await SetAsync(effect, threshold);
        var api = await host.ApiAsync(holder);
        using var counted = new StatementCount(host.ConnectionString);
        var plan = await (await api.PostAsJsonAsync("/api/v1/booking-series", new { instrumentId = instrument.Id.Value, localStart = "2026-03-04T10:00", localEnd = "2026-03-04T11:00", rrule = "FREQ=DAILY;COUNT=12", dryRun = true })).JsonAsync();
        counted.Of("FROM credit_entries").ShouldBe(1, counted.Everything);
        plan.GetProperty("dates").GetArrayLength().ShouldBe(12);
        plan.GetProperty("bookable").GetInt32().ShouldBe(became == "fail" ? 0 : 12);
        plan.GetProperty("needsApproval").GetBoolean().ShouldBe(became == "requested");
        if (became != "fail") plan.GetProperty("dates").EnumerateArray().ShouldAllBe(d => d.GetProperty("conditions")[0].GetProperty("effect").GetString() == effect);
    }

    [Fact]
    public async Task An_offer_from_the_waiting_list_waits_for_the_approval_too()
    {
        var first = await host.Given.PersonAsync(owner);
        var booking = await host.Given.BookingAsync(instrument, first, Ten);
        await SetAsync("needsApproval", 96);
        var api = await host.ApiAsync(holder);
        var id = await api.JoinAsync(instrument, Ten, Ten + Duration.FromHours(1));
        await (await (await host.ApiAsync(first)).PostAsJsonAsync($"/api/v1/bookings/{booking.Id.Value}/cancel", new { })).JsonAsync();
        await host.Services.OfferAsync();
        var offer = (await api.OfferOfAsync(id))!.Value;
        (await (await host.PagesAsync(holder)).GetAsync($"/standby/offers/{offer}")).QuerySelector("[data-effect=needsApproval]").ShouldNotBeNull();
        var accepted = await (await api.AcceptAsync(offer)).JsonAsync();
        accepted.GetProperty("status").GetString().ShouldBe("requested");
        accepted.GetProperty("conditions")[0].GetProperty("effect").GetString().ShouldBe("needsApproval");
    }

    [Fact]
    public async Task Without_a_threshold_no_score_is_asked_for()
    {
        var api = await host.ApiAsync(holder);
        using var counted = new StatementCount(host.ConnectionString);
        await (await api.PostAsJsonAsync("/api/v1/bookings", Wish())).JsonAsync(HttpStatusCode.Created);
        counted.Of("FROM credit_entries").ShouldBe(0, counted.Everything);
    }

    [Fact]
    public async Task Each_effect_has_dates_of_its_own_and_is_ended_alone()
    {
        await SetAsync("warn", 96);
        await SetAsync("refuse", 50);
        var api = await host.ApiAsync(manager);
        await (await api.PutAsJsonAsync(Path("credit-threshold"), new { effect = "warn", threshold = (int?)null, validFrom = "2026-03-05" })).JsonAsync();
        await (await api.PutAsJsonAsync(Path("credit-threshold"), new { effect = "warn", threshold = 101 })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "credit-threshold.range");
        (await api.PutAsJsonAsync(Path("credit-threshold"), new { effect = "shout", threshold = 50 })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var all = (await (await api.GetAsync(Path("credit-thresholds"))).JsonAsync()).GetProperty("items").EnumerateArray()
            .Select(t => $"{t.GetProperty("effect").GetString()} {t.GetProperty("threshold").GetInt32()} {t.GetProperty("validTo").GetString()}".Trim()).Order(StringComparer.Ordinal);
        all.ShouldBe(["refuse 50", "warn 96 2026-03-04"]);
    }

    [Fact]
    public async Task The_managers_page_sets_each_effect_and_keeps_what_was_typed()
    {
        var desk = await host.PagesAsync(manager);
        var path = $"/manage/instruments/{instrument.Id.Value}/conduct";
        var page = await desk.SubmitAsync(await desk.GetAsync(path), "form[data-threshold]", ("Effect", "needsApproval"), ("Threshold", "x"));
        page.QuerySelector("[data-problems]")!.TextContent.ShouldContain("credit-threshold.range");
        page.QuerySelector("#Effect option[selected]")!.GetAttribute("value").ShouldBe("needsApproval");
        page = await desk.SubmitAsync(page, "form[data-threshold]", ("Threshold", "85"));
        page = await desk.SubmitAsync(page, "form[data-threshold]", ("Effect", "refuse"), ("Threshold", "60"));
        page.QuerySelector("[data-thresholds]")!.TextContent.ShouldContain("below 85 bookings need approval");
        page.QuerySelector("[data-thresholds]")!.TextContent.ShouldContain("below 60 nobody books by themselves");
    }

    private string Path(string what) => $"/api/v1/instruments/{instrument.Id.Value}/{what}";

    private async Task SetAsync(string effect, int threshold) => await (await (await host.ApiAsync(manager)).PutAsJsonAsync(Path("credit-threshold"), new { effect, threshold })).JsonAsync();

    private object Wish(int hoursLater = 0, string? overrideReason = null) => new
    {
        instrumentId = instrument.Id.Value, startsAt = (Ten + Duration.FromHours(hoursLater)).ToString(), endsAt = (Ten + Duration.FromHours(hoursLater + 1)).ToString(), serviceMode = "selfOperated", overrideReason,
    };

    private async Task TakenAsync(Person person, int points)
    {
        await using var db = host.NewDb();
        db.Add(new CreditEntry
        {
            PersonId = new PersonId(person.Id), InstrumentId = instrument.Id, InstitutionId = owner.Id, Points = -points, Event = CreditEvent.NoShow, RuleId = Guid.Parse("01900000-0000-7000-8000-000000000004"), RuleVersion = 1,
            CauseKind = CreditCause.Booking, CauseId = Guid.CreateVersion7(), OccurredAt = FixedClock.Start, EnteredAt = FixedClock.Start,
        });
        await db.SaveChangesAsync();
    }
}
