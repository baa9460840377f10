using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Bookings.AccessNotes;
using InstrumentShare.Catalog;
using InstrumentShare.Notifications.Preferences;
using InstrumentShare.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Tests.Bookings.AccessNotes;

/// <summary>How to connect to an instrument used from afar: who keeps it, who reads it, and where it never stands.</summary>
public sealed class AccessNoteTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private const string Secret = "rdp://10.0.7.21 账号 tem-guest 口令 Mica-7719";

    public async Task InitializeAsync()
    {
        host.Clock.Now = FixedClock.Start;
        await host.ExecuteAsync("DELETE FROM outbox_messages");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(ServiceMode.Remote, BookingStatus.Confirmed, 59, true, true)]
    [InlineData(ServiceMode.Remote, BookingStatus.InUse, 59, true, true)]
    [InlineData(ServiceMode.Remote, BookingStatus.Completed, 59, true, true)]
    [InlineData(ServiceMode.Remote, BookingStatus.Confirmed, -6000, true, true)]
    [InlineData(ServiceMode.Remote, BookingStatus.Confirmed, 60, true, false)]
    [InlineData(ServiceMode.Remote, BookingStatus.Confirmed, 0, false, false)]
    [InlineData(ServiceMode.Remote, BookingStatus.Requested, 0, true, false)]
    [InlineData(ServiceMode.Remote, BookingStatus.Cancelled, 0, true, false)]
    [InlineData(ServiceMode.Remote, BookingStatus.Rejected, 0, true, false)]
    [InlineData(ServiceMode.SelfOperated, BookingStatus.Confirmed, 0, true, false)]
    [InlineData(ServiceMode.Assisted, BookingStatus.InUse, 0, true, false)]
    public void Only_the_holder_of_a_confirmed_remote_booking_reads_it_until_its_end_and_the_grace(ServiceMode mode, BookingStatus status, int minutesAfterEnd, bool isHolder, bool may) =>
        AccessNoteRules.MayRead(mode, status, FixedClock.Start, isHolder, FixedClock.Start + Duration.FromMinutes(minutesAfterEnd), Duration.FromMinutes(60)).ShouldBe(may);

    [Theory]
    [InlineData(null, 401, 401)]
    [InlineData(Role.Researcher, 403, 403)]
    [InlineData(Role.Technician, 403, 403)]
    [InlineData(Role.Auditor, 403, 403)]
    [InlineData(Role.LabManager, 200, 200)]
    [InlineData(Role.InstitutionAdministrator, 200, 200)]
    public async Task Who_keeps_the_notes_of_an_instrument(Role? role, int read, int write)
    {
        var institution = await host.Given.InstitutionAsync();
        var path = Path(await host.Given.InstrumentAsync(institution));
        using var api = await host.ApiAsync(role switch { null => null, Role.Researcher => await host.Given.PersonAsync(institution), Role.Auditor => await host.Given.PersonWithRoleAsync(Role.Auditor), _ => await host.Given.PersonWithRoleAsync(role.Value, institution) });
        ((int)(await api.GetAsync(path)).StatusCode, (int)(await api.PutAsJsonAsync(path, new { text = Secret })).StatusCode).ShouldBe((read, write));
        using var elsewhere = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync()));
        (await elsewhere.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await elsewhere.PutAsJsonAsync(path, new { text = "x" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Each_writing_is_a_version_of_its_own_audited_without_the_text_and_sealed_in_the_database()
    {
        var (institution, instrument, _, manager) = await PlaceAsync(withText: false);
        (await (await manager.GetAsync(Path(instrument))).JsonAsync()).GetProperty("versions").GetArrayLength().ShouldBe(0);
        var written = await manager.PutAsJsonAsync(Path(instrument), new { text = "  " + Secret + "\r\n先打电话。 " });
        (await written.JsonAsync()).GetProperty("text").GetString().ShouldBe(Secret + "\n先打电话。");
        (written.Headers.ETag!.Tag, written.Headers.CacheControl!.NoStore).ShouldBe(("\"1\"", true));
        await (await manager.PutAsJsonAsync(Path(instrument), new { text = Secret + "\n先打电话。" })).JsonAsync();
        await (await manager.PutAsJsonAsync(Path(instrument), new { text = Secret })).JsonAsync();
        var withdrawn = await (await manager.PutAsJsonAsync(Path(instrument), new { text = " " })).JsonAsync();
        withdrawn.GetProperty("text").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        withdrawn.GetProperty("versions").EnumerateArray().Select(v => (v.GetProperty("number").GetInt32(), v.GetProperty("withdraws").GetBoolean())).ShouldBe([(3, true), (2, false), (1, false)]);

        var stale = new HttpRequestMessage(HttpMethod.Put, Path(instrument)) { Content = JsonContent.Create(new { text = "新" }) };
        stale.Headers.IfMatch.ParseAdd("\"2\"");
        (await manager.SendAsync(stale)).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        await (await manager.PutAsJsonAsync(Path(instrument), new { text = new string('长', AccessNoteRules.MaxText + 1) })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "booking.text-too-long");
        await (await manager.PutAsJsonAsync(Path(instrument), new { text = "a\0b" })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "request.nul");
        (await host.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE subject_id = @id AND action LIKE 'access-notes.%' AND institution_id = @n", ("id", instrument.Id.Value.ToString()), ("n", institution.Id.Value))).ShouldBe(3);
        (await LeaksAsync()).ShouldBe(0);
        const string Same = "INSERT INTO instrument_access_notes (instrument_id, number, written_by, written_at) SELECT instrument_id, number, written_by, written_at FROM instrument_access_notes WHERE instrument_id = @id AND number = 1";
        (await Should.ThrowAsync<PostgresException>(() => host.ExecuteAsync(Same, ("id", instrument.Id.Value)))).ConstraintName.ShouldBe("access-notes.changed-meanwhile");
    }

    [Fact]
    public async Task The_holder_reads_it_after_confirmation_until_the_grace_is_over_and_others_never()
    {
        var (institution, instrument, person, manager) = await PlaceAsync(approval: true);
        var api = await host.ApiAsync(person);
        var id = await BookAsync(api, instrument);
        (await api.GetAsync(OfBooking(id))).StatusCode.ShouldBe(HttpStatusCode.NotFound, "nobody has approved it yet");
        await (await manager.PostAsync($"/api/v1/bookings/{id}/approve", null)).JsonAsync();
        var answer = await api.GetAsync(OfBooking(id));
        (await answer.JsonAsync()).GetProperty("text").GetString().ShouldBe(Secret);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        foreach (var other in new[] { manager, await host.ApiAsync(await host.Given.PersonAsync(institution)), await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.Auditor)) })
            (await other.GetAsync(OfBooking(id))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await (await host.ApiAsync()).GetAsync(OfBooking(id))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var alone = await BookAsync(api, instrument, 12, "selfOperated");
        await (await manager.PostAsync($"/api/v1/bookings/{alone}/approve", null)).JsonAsync();
        (await api.GetAsync(OfBooking(alone))).StatusCode.ShouldBe(HttpStatusCode.NotFound, "it is not of the remote mode");

        host.Clock.Now = Day.Tomorrow(10, 59);
        (await api.GetAsync(OfBooking(id))).StatusCode.ShouldBe(HttpStatusCode.OK);
        host.Clock.Now = Day.Tomorrow(11);
        (await api.GetAsync(OfBooking(id))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await (await host.PagesAsync(person)).GetAsync($"/bookings/{id}")).QuerySelector("[data-access]").ShouldBeNull();
    }

    [Fact]
    public async Task A_cancelled_booking_tells_it_no_more()
    {
        var (_, instrument, person, _) = await PlaceAsync();
        var api = await host.ApiAsync(person);
        var id = await BookAsync(api, instrument);
        (await api.GetAsync(OfBooking(id))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await (await api.PostAsJsonAsync($"/api/v1/bookings/{id}/cancel", new { })).JsonAsync();
        (await api.GetAsync(OfBooking(id))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_confirmation_has_it_and_no_other_mail_list_feed_search_or_trace_does()
    {
        var (_, instrument, person, manager) = await PlaceAsync(approval: true);
        var api = await host.ApiAsync(person);
        var id = await BookAsync(api, instrument);
        await (await manager.PostAsync($"/api/v1/bookings/{id}/approve", null)).JsonAsync();
        await (await manager.PostAsJsonAsync($"/api/v1/bookings/{id}/reschedule", new { startsAt = Day.Tomorrow(14).ToString(), endsAt = Day.Tomorrow(15).ToString(), overrideReason = "检修" })).JsonAsync();
        var mails = await TakenMail.OfAsync(host);
        mails.Count.ShouldBe(3);
        var confirmation = mails.Where(m => m.Text.Contains(Secret, StringComparison.Ordinal)).ShouldHaveSingleItem();
        confirmation.Subject.ShouldStartWith("Booked: ");
        confirmation.Recipient.ShouldBe(person.Email);
        confirmation.Invitation!.Text.ReplaceLineEndings(string.Empty).ShouldNotContain("Mica-7719");
        confirmation.Subject.ShouldNotContain("Mica-7719");

        var feed = await (await manager.PostAsJsonAsync("/api/v1/account/calendar-feeds", new { kind = "managed" })).JsonAsync(HttpStatusCode.Created);
        var own = await (await api.PostAsJsonAsync("/api/v1/account/calendar-feeds", new { kind = "mine" })).JsonAsync(HttpStatusCode.Created);
        foreach (var (reader, address) in new[] { (api, $"/api/v1/bookings/{id}"), (api, "/api/v1/bookings?mine=true"), (api, $"/api/v1/bookings/{id}/calendar.ics"), (manager, $"/api/v1/bookings/{id}"), (manager, $"/api/v1/instruments/{instrument.Id.Value}"), (manager, $"/api/v1/instruments/{instrument.Id.Value}/calendar?from={Day.Tomorrow(0)}&to={Day.Tomorrow(24)}"),
            (manager, feed.GetProperty("url").GetString()!), (api, own.GetProperty("url").GetString()!), (api, "/api/v1/account/personal-data") })
        {
            var read = await reader.GetAsync(address);
            read.StatusCode.ShouldBe(HttpStatusCode.OK, address);
            (await read.Content.ReadAsStringAsync()).ShouldNotContain("Mica-7719");
        }

        (await (await api.GetAsync("/api/v1/instruments?q=Mica-7719")).JsonAsync()).GetProperty("total").GetInt32().ShouldBe(0);
        (await LeaksAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_digest_has_it_in_its_part_and_each_entry_its_place()
    {
        var (_, instrument, person, _) = await PlaceAsync();
        await host.ExecuteAsync("UPDATE instruments SET address = '科学岛路 1 号' WHERE id = @id", ("id", instrument.Id.Value));
        await host.ExecuteAsync("""INSERT INTO mail_preferences (person_id, time_zone, digest_minute, reminder_hours, choices) VALUES (@id, 'Asia/Shanghai', 660, 24, '{"booking.confirmed": "digest"}')""", ("id", person.Id));
        var api = await host.ApiAsync(person);
        await BookAsync(api, instrument);
        (await TakenMail.OfAsync(host)).ShouldBeEmpty();
        host.Clock.Now = FixedClock.Start + Duration.FromHours(3);
        (await host.Services.GetRequiredService<SendDigests>().RunAsync()).ShouldBe(1);
        (await LeaksAsync()).ShouldBe(0);
        var digest = (await TakenMail.OfAsync(host)).ShouldHaveSingleItem();
        digest.Text.ShouldContain(Secret);
        (await CalendarReader.ReadAsync(digest.Attachments.ShouldHaveSingleItem().Text)).Only.Location.ShouldBe("科学岛路 1 号");
    }

    [Fact]
    public async Task A_series_of_remote_bookings_tells_it_in_its_one_mail()
    {
        var (_, instrument, person, _) = await PlaceAsync();
        var api = await host.ApiAsync(person);
        await (await api.PostAsJsonAsync("/api/v1/booking-series", new { instrumentId = instrument.Id.Value, localStart = "2026-03-03T09:00", localEnd = "2026-03-03T10:00", rrule = "FREQ=DAILY;COUNT=2", serviceMode = "remote", purpose = "远程" })).JsonAsync(HttpStatusCode.Created);
        (await TakenMail.OfAsync(host)).ShouldHaveSingleItem().Text.ShouldContain(Secret);
    }

    [Fact]
    public async Task On_the_pages_a_manager_writes_it_and_only_the_holder_sees_it_on_the_booking()
    {
        var (institution, instrument, person, _) = await PlaceAsync(withText: false);
        var desk = await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        var page = await desk.GetAsync($"/manage/instruments/{instrument.Id.Value}/access");
        var refused = await desk.SubmitAsync(page, "form[data-access-notes]", ("text", new string('x', AccessNoteRules.MaxText + 1)));
        refused.QuerySelector("[data-problems] code")!.TextContent.ShouldBe("booking.text-too-long");
        refused.QuerySelector("textarea")!.TextContent.Length.ShouldBe(AccessNoteRules.MaxText + 1, "nothing typed is lost");
        var saved = await desk.SubmitAsync(refused, "form[data-access-notes]", ("text", Secret));
        saved.QuerySelector("[role=status]").ShouldNotBeNull();
        saved.QuerySelectorAll("[data-versions] li").Length.ShouldBe(1);
        (await desk.SubmitAsync(page, "form[data-access-notes]", ("text", "另一段"))).QuerySelector("textarea")!.TextContent.ShouldBe("另一段", "what one typed over another's writing is kept and told of");
        ((int)desk.Last.StatusCode).ShouldBe(412);

        var id = await BookAsync(await host.ApiAsync(person), instrument);
        var own = await host.PagesAsync(person);
        (await own.GetAsync($"/bookings/{id}")).QuerySelector("[data-access]")!.TextContent.ShouldContain(Secret);
        own.Last.Headers.CacheControl!.NoStore.ShouldBeTrue();
        (await desk.GetAsync($"/bookings/{id}")).Body!.TextContent.ShouldNotContain("Mica-7719");
        (await own.GetAsync("/bookings")).Body!.TextContent.ShouldNotContain("Mica-7719");
    }

    private static string Path(Instrument instrument) => $"/api/v1/instruments/{instrument.Id.Value}/access-notes";

    private static string OfBooking(Guid id) => $"/api/v1/bookings/{id}/access-notes";

    private static async Task<Guid> BookAsync(HttpClient api, Instrument instrument, int hour = 9, string mode = "remote") => (await (await api.PostAsJsonAsync("/api/v1/bookings", new
    {
        instrumentId = instrument.Id.Value, startsAt = Day.Tomorrow(hour).ToString(), endsAt = Day.Tomorrow(hour + 1).ToString(), serviceMode = mode, purpose = "远程",
    })).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();

    // Wherever the program keeps what it did or has to tell.
    private Task<long> LeaksAsync() => host.ScalarAsync<long>("""
        SELECT (SELECT count(*) FROM outbox_messages m WHERE m::text LIKE '%Mica-7719%') + (SELECT count(*) FROM events e WHERE e::text LIKE '%Mica-7719%')
             + (SELECT count(*) FROM audit_entries a WHERE a::text LIKE '%Mica-7719%') + (SELECT count(*) FROM instrument_access_notes n WHERE n::text LIKE '%Mica-7719%')
        """);

    private async Task<(Institution Institution, Instrument Instrument, Person Person, HttpClient Manager)> PlaceAsync(bool approval = false, bool withText = true)
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, rules: r => r with { ApprovalRequired = approval });
        var manager = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        if (withText) await (await manager.PutAsJsonAsync(Path(instrument), new { text = Secret })).JsonAsync();
        return (institution, instrument, await host.Given.PersonAsync(institution), manager);
    }
}
