using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Notifications.Preferences;
using InstrumentShare.Tests.Bookings;
using InstrumentShare.Tests.Support;
using InstrumentShare.Web;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace InstrumentShare.Tests.Notifications;

public sealed class MailPreferencesTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private const string Address = "/api/v1/account/mail-preferences";

    public async Task InitializeAsync()
    {
        host.Clock.Now = FixedClock.Start;
        await host.ExecuteAsync("DELETE FROM outbox_messages");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Whoever_is_signed_in_has_wishes_of_their_own_and_nobody_else_any()
    {
        (await (await host.ApiAsync()).GetAsync(Address)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        foreach (var role in new[] { Role.Auditor, Role.LabManager, Role.Researcher })
            (await (await host.ApiAsync(await host.Given.PersonWithRoleAsync(role))).GetAsync(Address)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Who_chose_nothing_gets_everything_at_once_and_what_is_chosen_is_kept_and_audited()
    {
        var person = await host.Given.PersonAsync();
        using var api = await host.ApiAsync(person);
        var before = await api.GetFromJsonAsync<JsonElement>(Address);
        before.GetProperty("kinds").EnumerateArray().ShouldAllBe(k => k.GetProperty("delivery").GetString() == "atOnce");
        before.GetProperty("reminderHours").GetInt32().ShouldBe(24);
        var answer = await PutAsync(api, choices: new() { ["booking.confirmed"] = "off", ["booking.cancelled"] = "digest" }, quietFrom: "22:00", quietTo: "07:00");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var after = await api.GetFromJsonAsync<JsonElement>(Address);
        after.GetProperty("kinds").EnumerateArray().Where(k => k.GetProperty("delivery").GetString() != "atOnce").Select(k => $"{k.GetProperty("name")} {k.GetProperty("delivery")}").ShouldBe(["booking.confirmed off", "booking.cancelled digest"]);
        (after.GetProperty("quietFrom").GetString(), after.GetProperty("quietTo").GetString()).ShouldBe(("22:00", "07:00"));
        (await host.ScalarAsync<string>("SELECT after->'choices'->>'booking.confirmed' FROM audit_entries WHERE person_id = @id", ("id", person.Id))).ShouldBe("off");
        (await (await host.ApiAsync(person)).GetStringAsync("/api/v1/account/personal-data")).ShouldContain("mailPreferences");
    }

    [Fact]
    public async Task Everything_wrong_is_named_at_once_and_nothing_is_kept()
    {
        using var api = await host.ApiAsync(await host.Given.PersonAsync());
        var answer = await PutAsync(api, zone: "Mars/Olympus", quietFrom: "25:00", quietTo: "7", digestAt: "", hours: 73, choices: new()
        {
            ["booking.cancelled"] = "off", ["booking.ending"] = "digest", ["booking.confirmed"] = "never", ["no.such"] = "off", ["booking.reminder"] = null,
        });
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.CodesAsync()).ShouldBe(
            ["mail-preferences.time-zone", "mail-preferences.time", "mail-preferences.time", "mail-preferences.time", "mail-preferences.reminder-hours",
             "mail-preferences.not-off", "mail-preferences.not-digest", "mail-preferences.choice", "mail-preferences.kind", "mail-preferences.choice"], ignoreOrder: true);
        (await (await PutAsync(api, quietFrom: "22:00")).CodesAsync()).ShouldBe(["mail-preferences.quiet-half"]);
        (await (await PutAsync(api, quietFrom: "22:00", quietTo: "22:00")).CodesAsync()).ShouldBe(["mail-preferences.quiet-same"]);
        (await PutAsync(api, hours: 0)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await api.PutAsJsonAsync(Address, new { })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await api.GetFromJsonAsync<JsonElement>(Address)).GetProperty("timeZone").GetString().ShouldBe("Asia/Shanghai");
    }

    [Fact]
    public async Task A_change_of_what_somebody_else_changed_meanwhile_is_refused()
    {
        using var api = await host.ApiAsync(await host.Given.PersonAsync());
        var tag = (await api.GetAsync(Address)).Headers.ETag!.Tag;
        (await PutAsync(api, hours: 3, ifMatch: tag)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await PutAsync(api, hours: 4, ifMatch: tag)).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
    }

    [Fact]
    public async Task What_is_off_stays_and_what_comes_at_once_leaves()
    {
        var (instrument, api) = await PrepareAsync(new() { ["booking.confirmed"] = "off" });
        var id = await BookAsync(api, instrument, Day.Tomorrow(9));
        (await TakenMail.OfAsync(host)).ShouldBeEmpty();
        (await api.PostAsJsonAsync($"/api/v1/bookings/{id}/cancel", new { })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await TakenMail.OfAsync(host)).ShouldHaveSingleItem().Subject.ShouldStartWith("Cancelled");
        (await host.ScalarAsync<string>("SELECT held FROM outbox_messages WHERE kind = 'booking.confirmed'")).ShouldBe("off");
    }

    [Fact]
    public async Task Quiet_hours_hold_mail_back_without_costing_it_an_attempt()
    {
        var (instrument, api) = await PrepareAsync(quietFrom: "08:00", quietTo: "12:00");
        await BookAsync(api, instrument, Day.Tomorrow(9));
        (await TakenMail.OfAsync(host)).ShouldBeEmpty("it is nine o'clock");
        (await host.ScalarAsync<int>("SELECT attempts FROM outbox_messages")).ShouldBe(0);
        host.Clock.Advance(Duration.FromHours(3) - Duration.FromSeconds(1));
        (await TakenMail.OfAsync(host)).ShouldBeEmpty();
        host.Clock.Advance(Duration.FromSeconds(1));
        (await TakenMail.OfAsync(host)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_digest_tells_the_day_in_one_message_once_with_the_last_state_of_each_entry()
    {
        var (instrument, api) = await PrepareAsync(new() { ["booking.confirmed"] = "digest", ["booking.rescheduled"] = "digest", ["booking.cancelled"] = "digest" });
        var (moved, cancelled) = (await BookAsync(api, instrument, Day.Tomorrow(12)), await BookAsync(api, instrument, Day.Tomorrow(14)));
        await api.PostAsJsonAsync($"/api/v1/bookings/{moved}/reschedule", new { startsAt = Day.Tomorrow(16).ToString(), endsAt = Day.Tomorrow(17).ToString() });
        await api.PostAsJsonAsync($"/api/v1/bookings/{cancelled}/cancel", new { reason = "样品未到" });
        (await TakenMail.OfAsync(host)).ShouldBeEmpty();
        var digests = host.Services.GetRequiredService<SendDigests>();
        (await digests.RunAsync()).ShouldBe(0, "it is nine, and the digest leaves at eight tomorrow");
        host.Clock.Advance(Duration.FromHours(23));
        (await digests.RunAsync()).ShouldBe(1);
        (await digests.RunAsync()).ShouldBe(0);
        var mail = (await TakenMail.OfAsync(host)).ShouldHaveSingleItem();
        mail.Subject.ShouldContain("4 messages");
        mail.Text.ShouldContain("样品未到");
        mail.Invitation.ShouldBeNull("a file with two entries is no invitation");
        var entries = new List<CalendarReader.Calendar>();
        foreach (var file in mail.Attachments) entries.Add(await CalendarReader.ReadAsync(file.Text));
        entries.Select(e => (e.Only.Uid, e.Method, e.Only.Sequence)).ShouldBe([($"{moved}@instrumentshare", "REQUEST", 1), ($"{cancelled}@instrumentshare", "CANCEL", 1)], ignoreOrder: true);
    }

    [Fact]
    public async Task The_page_shows_and_saves_wishes_and_keeps_what_was_typed()
    {
        var person = await host.Given.PersonAsync();
        var pages = await host.PagesAsync(person);
        var page = await pages.GetAsync("/account/mail");
        page.QuerySelectorAll("select[name='Choices.booking.cancelled'] option").Length.ShouldBe(2, "it cannot be off");
        var refused = await pages.SubmitAsync(page, "form[data-mail-preferences]", ("Choices.booking.reminder", "off"), ("QuietFrom", "22:00"), ("ReminderHours", "soon"));
        refused.QuerySelector("[data-problems]")!.TextContent.ShouldContain("mail-preferences.quiet-half");
        refused.QuerySelector("input[name=ReminderHours]")!.GetAttribute("value").ShouldBe("soon");
        refused.QuerySelector("select[name='Choices.booking.reminder'] option[selected]")!.GetAttribute("value").ShouldBe("off");
        var saved = await pages.SubmitAsync(refused, "form[data-mail-preferences]", ("QuietTo", "06:30"), ("ReminderHours", "48"));
        saved.QuerySelector("[role=status]").ShouldNotBeNull();
        (await host.ScalarAsync<string>("SELECT reminder_hours || ' ' || quiet_to_minute || ' ' || choices::text FROM mail_preferences WHERE person_id = @id", ("id", person.Id))).ShouldBe("48 390 {\"booking.reminder\": \"off\"}");
    }

    [Fact]
    public void Every_kind_of_mail_that_may_be_arranged_has_words_in_both_languages()
    {
        var (words, kinds) = (new WordCatalog(), host.Services.GetRequiredService<MailKinds>());
        kinds.All.Where(k => !words.Has($"mail.{k.Name}.subject") || !words.Has($"mail.{k.Name}.body") || !words.Has($"mailKind.{k.Name}")).Select(k => k.Name).ShouldBeEmpty();
        kinds.All.Count.ShouldBeGreaterThan(8);
    }

    private async Task<(Instrument Instrument, HttpClient Api)> PrepareAsync(Dictionary<string, string?>? choices = null, string? quietFrom = null, string? quietTo = null)
    {
        var api = await host.ApiAsync(await host.Given.PersonAsync());
        (await PutAsync(api, quietFrom: quietFrom, quietTo: quietTo, choices: choices)).StatusCode.ShouldBe(HttpStatusCode.OK);
        return (await host.Given.InstrumentAsync(), api);
    }

    private static async Task<Guid> BookAsync(HttpClient api, Instrument instrument, Instant at) =>
        (await (await api.BookAsync(instrument, at, at + Duration.FromHours(1))).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();

    private static Task<HttpResponseMessage> PutAsync(
        HttpClient api, string zone = "Asia/Shanghai", string? quietFrom = null, string? quietTo = null, string digestAt = "08:00", int hours = 24, Dictionary<string, string?>? choices = null, string? ifMatch = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, Address) { Content = JsonContent.Create(new { timeZone = zone, quietFrom, quietTo, digestAt, reminderHours = hours, choices }) };
        if (ifMatch is not null) request.Headers.IfMatch.ParseAdd(ifMatch);
        return api.SendAsync(request);
    }
}
