using System.Net;
using System.Net.Http.Json;
using AngleSharp.Html.Dom;
using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Usage.Kiosks;

/// <summary>A tablet as a browser without scripts uses it.</summary>
public sealed class KioskTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private const string Pin = "582046";

    private static int number = 70_000_000;

    private Institution owner = null!;
    private Instrument instrument = null!;
    private Person manager = null!;
    private Person user = null!;
    private string badge = string.Empty;

    async Task IAsyncLifetime.InitializeAsync()
    {
        host.Clock.Now = FixedClock.Start;
        owner = await host.Given.InstitutionAsync();
        instrument = await host.Given.InstrumentAsync(owner);
        await host.Given.PricesAsync(instrument);
        manager = await host.Given.PersonWithRoleAsync(Role.LabManager, owner);
        user = await host.Given.PersonAsync(await host.Given.InstitutionAsync());
        badge = Interlocked.Increment(ref number).ToString(System.Globalization.CultureInfo.InvariantCulture);
        await (await host.ApiAsync(manager)).PutAsJsonAsync("/api/v1/badges", new { email = user.Email, institutionId = owner.Id.Value, number = badge });
    }

    Task IAsyncLifetime.DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_code_makes_one_device_the_kiosk_and_only_once()
    {
        var code = await CodeAsync();
        var tablet = await EnrolledAsync(code);
        (await tablet.GetAsync("/kiosk")).QuerySelector("form[data-who]").ShouldNotBeNull();
        var other = await host.PagesAsync(null);
        (await other.SubmitAsync(await other.GetAsync("/kiosk/enrol"), "form[data-enrol]", ("Code", code))).QuerySelector("[data-problems]")!.TextContent.ShouldContain("kiosk.code");
        (await other.GetAsync("/kiosk")).QuerySelector("form[data-who]").ShouldBeNull();

        var late = await CodeAsync();
        host.Clock.Advance(Duration.FromMinutes(30));
        (await other.SubmitAsync(await other.GetAsync("/kiosk/enrol"), "form[data-enrol]", ("Code", late))).QuerySelector("[data-problems]").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_badge_starts_and_stops_ones_own_use_and_the_trail_names_the_kiosk()
    {
        var booking = await host.Given.BookedAsync(instrument, user);
        var tablet = await EnrolledAsync(await CodeAsync());
        var page = await BadgeAsync(tablet);
        page = await tablet.SubmitAsync(page, "form[data-start]", ("Do", "start"));
        page.QuerySelector("form[data-stop]").ShouldNotBeNull(page.Body!.TextContent);
        host.Clock.Advance(Duration.FromSeconds(30));
        page = await tablet.SubmitAsync(page, "form[data-extend]", ("Minutes", "15"));
        page = await tablet.SubmitAsync(page, "form[data-fault]", ("Do", "fault"), ("Severity", "limited"), ("Text", "Noise"));
        page = await tablet.SubmitAsync(page, "form[data-stop]", ("Do", "stop"), ("Feedback", "normal"));
        var slot = page.QuerySelector("[data-book-next] button")!.GetAttribute("value")!;
        page = await tablet.SubmitAsync(page, "[data-book-next] form", ("Slot", slot));
        page.QuerySelector("[role=status]").ShouldNotBeNull(page.Body!.TextContent);

        (await host.ScalarAsync<string>("SELECT status FROM bookings WHERE id = @id", ("id", booking.Id.Value))).ShouldBe("completed");
        (await host.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE person_id = @id AND actor LIKE '% · Tablet' AND action IN ('usage.check-in', 'booking.extend', 'fault.report', 'usage.check-out')", ("id", user.Id))).ShouldBe(4);
        (await host.ScalarAsync<long>("SELECT count(*) FROM events e JOIN kiosks k ON e.payload->>'device' = k.id::text WHERE e.person_id = @id AND e.name IN ('usage.opened', 'usage.recorded')", ("id", user.Id))).ShouldBe(2);
        (await host.ScalarAsync<Guid>("SELECT kiosk_id FROM faults WHERE reported_by = @id", ("id", user.Id))).ShouldNotBe(Guid.Empty);
    }

    [Fact]
    public async Task A_badge_cannot_act_for_another_whatever_role_its_holder_has()
    {
        var theirs = await host.Given.BookedAsync(instrument, user);
        var staff = await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: instrument.Id.Value);
        var card = Interlocked.Increment(ref number).ToString(System.Globalization.CultureInfo.InvariantCulture);
        await (await host.ApiAsync(manager)).PutAsJsonAsync("/api/v1/badges", new { email = staff.Email, institutionId = owner.Id.Value, number = card });
        var tablet = await EnrolledAsync(await CodeAsync());
        var page = await BadgeAsync(tablet, card);
        page.QuerySelector("form[data-start]").ShouldBeNull("the booking is another's");
        page.QuerySelector("[data-coming]")?.TextContent.ShouldNotContain(user.Name);
        page = await tablet.SubmitAsync(page, "form[data-fault]", ("Do", "start"), ("Booking", theirs.Id.Value.ToString()));
        page.QuerySelector("[data-problems]")!.TextContent.ShouldContain("request.not-found");
        (await host.ScalarAsync<string>("SELECT status FROM bookings WHERE id = @id", ("id", theirs.Id.Value))).ShouldBe("confirmed");
        (await tablet.GetAsync("/manage/today")).QuerySelector("form[data-sign-in]").ShouldNotBeNull("a badge opens the tablet and nothing else");
        (await tablet.GetAsync($"/kiosk/{(await host.Given.InstrumentAsync(owner)).Id.Value}")).QuerySelector(".bench").ShouldBeNull("nor instruments that are not the tablet's");
    }

    [Fact]
    public async Task After_a_minute_the_person_is_forgotten()
    {
        var booking = await host.Given.BookedAsync(instrument, user);
        var tablet = await EnrolledAsync(await CodeAsync());
        await BadgeAsync(tablet);
        host.Clock.Advance(Duration.FromSeconds(59));
        var page = await tablet.GetAsync($"/kiosk/{instrument.Id.Value}");
        page.QuerySelector("form[data-start]").ShouldNotBeNull("a tap gives another minute");
        host.Clock.Advance(Duration.FromSeconds(60));
        page = await tablet.SubmitAsync(page, "form[data-start]", ("Do", "start"));
        page.QuerySelector("[data-problems]")!.TextContent.ShouldContain("kiosk.forgotten");
        page.QuerySelector("form[data-who]").ShouldNotBeNull();
        (await host.ScalarAsync<string>("SELECT status FROM bookings WHERE id = @id", ("id", booking.Id.Value))).ShouldBe("confirmed");
        await BadgeAsync(tablet);
        await tablet.SubmitAsync(await tablet.GetAsync("/kiosk"), "form[data-leave]");
        (await tablet.GetAsync($"/kiosk/{instrument.Id.Value}")).QuerySelector("form[data-who]").ShouldNotBeNull();
    }

    [Fact]
    public async Task Five_wrong_pins_lock_the_person_and_the_right_one_comes_too_late()
    {
        await SetPinAsync();
        var tablet = await EnrolledAsync(await CodeAsync());
        (await WhoAsync(tablet, user.Email!, Pin)).QuerySelector("form[data-leave]").ShouldNotBeNull();
        await tablet.SubmitAsync(await tablet.GetAsync("/kiosk"), "form[data-leave]");
        for (var i = 0; i < 4; i++) (await WhoAsync(tablet, user.Email!, "905173")).QuerySelector("[data-problems]")!.TextContent.ShouldContain("kiosk.who");
        (await WhoAsync(tablet, user.Email!, "905173")).QuerySelector("[data-problems]")!.TextContent.ShouldContain("kiosk.person-locked");
        (await WhoAsync(tablet, user.Email!, Pin)).QuerySelector("[data-problems]")!.TextContent.ShouldContain("kiosk.person-locked");
        (await WhoAsync(tablet, badge, Pin)).QuerySelector("[data-problems]")!.TextContent.ShouldContain("kiosk.person-locked", customMessage: "by whichever name");
        host.Clock.Advance(Duration.FromMinutes(15));
        (await WhoAsync(tablet, user.Email!, Pin)).QuerySelector("form[data-leave]").ShouldNotBeNull();
    }

    [Fact]
    public async Task Ten_wrong_tries_lock_the_kiosk_for_everyone_and_many_at_once_gain_nothing()
    {
        await SetPinAsync();
        var tablet = await EnrolledAsync(await CodeAsync());
        var form = await tablet.GetAsync("/kiosk");
        var token = ((IHtmlInputElement)form.QuerySelector("form[data-who] [name=__RequestVerificationToken]")!).Value;
        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => tablet.Http.PostAsync("/kiosk?handler=Who", new FormUrlEncodedContent(
            [new("Who", $"NOBODY{i}"), new("Pin", "905173"), new("__RequestVerificationToken", token)]))));
        (await host.ScalarAsync<bool>("SELECT k.locked_until IS NOT NULL FROM kiosks k JOIN kiosk_instruments i ON i.kiosk_id = k.id WHERE i.instrument_id = @id", ("id", instrument.Id.Value))).ShouldBeTrue();
        (await WhoAsync(tablet, user.Email!, Pin)).QuerySelector("[data-problems]")!.TextContent.ShouldContain("kiosk.locked");
        (await WhoAsync(tablet, badge, string.Empty)).QuerySelector("[data-problems]")!.TextContent.ShouldContain("kiosk.locked");
        host.Clock.Advance(Duration.FromMinutes(5));
        (await WhoAsync(tablet, user.Email!, Pin)).QuerySelector("form[data-leave]").ShouldNotBeNull();
    }

    [Theory]
    [InlineData("nobody@example.org", "582046")]
    [InlineData("badge", "905173")]
    [InlineData("99999999", "")]
    [InlineData("email", "")]
    [InlineData("", "")]
    public async Task Whatever_is_wrong_the_answer_is_the_same(string who, string pin)
    {
        var tablet = await EnrolledAsync(await CodeAsync());
        var page = await WhoAsync(tablet, who == "badge" ? badge : who == "email" ? user.Email! : who, pin);
        page.QuerySelector("[data-problems]")!.TextContent.ShouldContain("kiosk.who");
        page.QuerySelector("form[data-leave]").ShouldBeNull();
    }

    [Fact]
    public async Task A_revoked_kiosk_is_none_from_then_on_and_a_new_code_ends_the_former_device()
    {
        var tablet = await EnrolledAsync(await CodeAsync());
        await BadgeAsync(tablet);
        var desk = await host.PagesAsync(manager);
        var page = await desk.GetAsync("/manage/kiosks");
        page.QuerySelector("tr[data-kiosk-row] td:nth-child(3)")!.TextContent.ShouldNotBe("—", "when it was last seen");
        var code = (await desk.SubmitAsync(page, "form[data-new-code]")).QuerySelector("[data-code]")!.TextContent;
        (await tablet.GetAsync("/kiosk")).QuerySelector("form[data-who]").ShouldBeNull();
        var another = await EnrolledAsync(code);
        (await desk.SubmitAsync(await desk.GetAsync("/manage/kiosks"), "form[data-revoke]", ("Reason", " "))).QuerySelector("[data-problems]").ShouldNotBeNull();
        await desk.SubmitAsync(await desk.GetAsync("/manage/kiosks"), "form[data-revoke]", ("Reason", "Stolen"));
        foreach (var device in new[] { tablet, another }) (await device.GetAsync($"/kiosk/{instrument.Id.Value}")).QuerySelector("form[data-who], form[data-leave]").ShouldBeNull();
    }

    [Fact]
    public async Task Only_who_manages_the_instruments_registers_a_kiosk()
    {
        var body = new { name = "Tablet", instrumentIds = new[] { instrument.Id.Value } };
        (await (await host.ApiAsync(user)).PostAsJsonAsync("/api/v1/kiosks", body)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var elsewhere = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync()));
        await (await elsewhere.PostAsJsonAsync("/api/v1/kiosks", body)).ShouldRefuseAsync(HttpStatusCode.Conflict, "kiosk.not-yours");
        await (await (await host.ApiAsync(manager)).PostAsJsonAsync("/api/v1/kiosks", new { name = "", instrumentIds = Array.Empty<Guid>() })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "booking.text-missing");
        var made = await (await (await host.ApiAsync(manager)).PostAsJsonAsync("/api/v1/kiosks", body)).JsonAsync(HttpStatusCode.Created);
        (await elsewhere.PostAsync($"/api/v1/kiosks/{made.GetProperty("id").GetGuid()}/code", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await (await elsewhere.GetAsync("/api/v1/kiosks")).JsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_badge_is_one_persons_at_an_institution_and_its_number_is_nowhere()
    {
        var api = await host.ApiAsync(manager);
        var other = await host.Given.PersonAsync(owner);
        await (await api.PutAsJsonAsync("/api/v1/badges", new { email = other.Email, institutionId = owner.Id.Value, number = badge })).ShouldRefuseAsync(HttpStatusCode.Conflict, "badge.taken");
        await (await (await host.ApiAsync(other)).PutAsJsonAsync("/api/v1/account/badge", new { number = badge })).ShouldRefuseAsync(HttpStatusCode.Conflict, "badge.taken");
        (await (await host.ApiAsync(user)).PutAsJsonAsync("/api/v1/account/badge", new { number = badge })).StatusCode.ShouldBe(HttpStatusCode.NoContent, "another institution has cards of its own");
        await (await api.PutAsJsonAsync("/api/v1/badges", new { email = "nobody@example.org", institutionId = owner.Id.Value, number = "1" })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "badge.person");
        (await api.PutAsJsonAsync("/api/v1/badges", new { email = other.Email, institutionId = user.InstitutionId!.Value.Value, number = "8888888" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await (await api.GetAsync("/api/v1/badges")).Content.ReadAsStringAsync()).ShouldNotContain(badge);
        (await host.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE (before::text || after::text || reason) LIKE '%' || @badge || '%'", ("badge", badge))).ShouldBe(0);
        (await (await host.ApiAsync(user)).DeleteAsync($"/api/v1/badges/{owner.Id.Value}/{user.Id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var tablet = await EnrolledAsync(await CodeAsync());
        (await WhoAsync(tablet, badge, string.Empty)).QuerySelector("[data-problems]")!.TextContent.ShouldContain("kiosk.who");
    }

    private async Task SetPinAsync() => (await (await host.ApiAsync(user)).PutAsJsonAsync("/api/v1/account/pin", new { pin = Pin })).StatusCode.ShouldBe(HttpStatusCode.NoContent);

    private async Task<string> CodeAsync() =>
        (await (await (await host.ApiAsync(manager)).PostAsJsonAsync("/api/v1/kiosks", new { name = "Tablet", instrumentIds = new[] { instrument.Id.Value } })).JsonAsync(HttpStatusCode.Created)).GetProperty("code").GetString()!;

    private async Task<PageClient> EnrolledAsync(string code)
    {
        var tablet = await host.PagesAsync(manager);
        var page = await tablet.SubmitAsync(await tablet.GetAsync($"/kiosk/enrol?code={code}"), "form[data-enrol]");
        page.QuerySelector("form[data-who]").ShouldNotBeNull(page.Body!.TextContent);
        return tablet;
    }

    private async Task<IHtmlDocument> BadgeAsync(PageClient tablet, string? card = null)
    {
        var page = await WhoAsync(tablet, card ?? badge, string.Empty);
        page.QuerySelector("form[data-leave]").ShouldNotBeNull(page.Body!.TextContent);
        return page;
    }

    private static async Task<IHtmlDocument> WhoAsync(PageClient tablet, string who, string pin) => await tablet.SubmitAsync(await tablet.GetAsync("/kiosk"), "form[data-who]", ("Who", who), ("Pin", pin));
}
