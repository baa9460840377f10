using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Bookings.Calendars;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;
using NodaTime.Extensions;

namespace InstrumentShare.Tests.Bookings.Calendars;

/// <summary>Calendars that others subscribe to, read as a calendar program reads them: by their address alone.</summary>
public sealed class FeedTests(TestHost host) : IClassFixture<TestHost>
{
    private const string Feeds = "/api/v1/account/calendar-feeds";

    [Fact]
    public async Task Each_role_has_the_feeds_that_the_table_says()
    {
        var institution = await host.Given.InstitutionAsync();
        var (instrument, hidden) = (await host.Given.InstrumentAsync(institution), await host.Given.InstrumentAsync(institution, isVisible: false));
        var (leader, member) = (await host.Given.PersonAsync(institution), await host.Given.PersonAsync(institution));
        var group = await host.Given.GroupAsync(institution, leader, member);
        var table = new (Person Person, string Codes)[]
        {
            (await host.Given.PersonAsync(institution), "201 409 404 201 404"),
            (member, "201 409 201 201 404"),
            (await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: instrument.Id.Value), "201 201 404 201 404"),
            (await host.Given.PersonWithRoleAsync(Role.LabManager, institution), "201 201 404 201 201"),
            (await host.Given.PersonWithRoleAsync(Role.Auditor), "201 409 201 201 201"),
        };
        foreach (var (person, codes) in table)
        {
            using var api = await host.ApiAsync(person);
            var seen = new List<int>();
            foreach (var request in new object[] { new { kind = "mine" }, new { kind = "managed" }, new { kind = "group", groupId = group.Id.Value }, new { kind = "instrument", instrumentId = instrument.Id.Value }, new { kind = "instrument", instrumentId = hidden.Id.Value } })
                seen.Add((int)(await api.PostAsJsonAsync(Feeds, request)).StatusCode);
            string.Join(' ', seen).ShouldBe(codes, person.Email);
        }

        (await (await host.ApiAsync()).PostAsJsonAsync(Feeds, new { kind = "mine" })).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var wrong = await host.ApiAsync(member);
        await (await wrong.PostAsJsonAsync(Feeds, new { kind = "all" })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "feed.kind");
        await (await wrong.PostAsJsonAsync(Feeds, new { })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "feed.kind");
    }

    [Fact]
    public async Task Ones_own_feed_holds_ones_bookings_as_they_stand()
    {
        var person = await host.Given.PersonAsync();
        var instrument = await host.Given.InstrumentAsync(nameEn: "Microscope; \"cryo\", 冷冻透射电子显微镜（球差校正）" + new string('长', 60));
        await host.ExecuteAsync("UPDATE instruments SET address = '科学岛; 3 号楼' WHERE id = @id", ("id", instrument.Id.Value));
        var confirmed = await host.Given.BookingAsync(instrument, person, Day.Tomorrow(9));
        await host.Given.BookingAsync(instrument, person, Day.Tomorrow(11), status: BookingStatus.Requested);
        await host.Given.BookingAsync(instrument, person, Day.Tomorrow(13), status: BookingStatus.Cancelled);
        await host.Given.BookingAsync(instrument, person, FixedClock.Start - Duration.FromDays(2), status: BookingStatus.Completed);
        await host.Given.BookingAsync(instrument, person, FixedClock.Start - Duration.FromDays(40), status: BookingStatus.Completed);
        await host.Given.BookingAsync(instrument, person, FixedClock.Start + Duration.FromDays(190));
        await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(), Day.Tomorrow(15));
        var read = await ReadAsync(await MakeAsync(person, new { kind = "mine" }));
        read.Method.ShouldBe("PUBLISH");
        read.Components.Select(c => c.Status).ShouldBe(["CONFIRMED", "CONFIRMED", "TENTATIVE"]);
        var entry = read.Components[1];
        (entry.Uid, entry.Sequence, entry.Summary, entry.Location).ShouldBe(($"{confirmed.Id.Value}@instrumentshare", 0, instrument.NameEn, "科学岛; 3 号楼"));
        (entry.StartsAt.ToInstant(), entry.EndsAt.ToInstant()).ShouldBe((Day.Tomorrow(9), Day.Tomorrow(10)));
        read.Components.ShouldAllBe(c => c.Attendees.Count == 0 && c.Organizer != null);
        read.Components[2].Summary.ShouldBe("Awaiting approval: " + instrument.NameEn);
    }

    [Fact]
    public async Task An_instruments_feed_says_when_it_is_taken_and_closed_and_never_by_whom()
    {
        var institution = await host.Given.InstitutionAsync();
        var manager = await host.Given.PersonWithRoleAsync(Role.LabManager, institution);
        var instrument = await host.Given.InstrumentAsync(institution);
        var booking = await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(institution, name: "王秘密"), Day.Tomorrow(9));
        var own = await host.Given.BookingAsync(instrument, manager, Day.Tomorrow(11));
        await host.Given.ClosureAsync(instrument, Day.Tomorrow(14), Day.Tomorrow(16));
        var (first, second) = (await MakeAsync(manager, new { kind = "instrument", instrumentId = instrument.Id.Value }), await MakeAsync(manager, new { kind = "instrument", instrumentId = instrument.Id.Value }));
        using var anyone = await host.ApiAsync();
        var text = await anyone.GetStringAsync(first);
        foreach (var secret in new[] { "王秘密", booking.Id.Value.ToString(), own.Id.Value.ToString(), manager.Email!, manager.Name }) text.ReplaceLineEndings(string.Empty).ShouldNotContain(secret);
        var read = await CalendarReader.ReadAsync(text);
        read.Components.Select(c => c.Summary).ShouldBe([$"Taken: {instrument.NameEn}", $"Taken: {instrument.NameEn}", $"Closed: {instrument.NameEn} (停电检修)"]);
        read.Components.ShouldAllBe(c => c.Transp == "OPAQUE" && c.Url == null);
        (await ReadAsync(first)).Components.Select(c => c.Uid).ShouldBe(read.Components.Select(c => c.Uid), "an entry keeps its UID in its feed");
        (await ReadAsync(second)).Components[0].Uid.ShouldNotBe(read.Components[0].Uid, "and is not known by it in another");
    }

    [Fact]
    public async Task Names_in_a_groups_feed_are_for_who_may_see_them_and_a_managers_feed_has_those_of_the_instruments_in_care()
    {
        var institution = await host.Given.InstitutionAsync();
        var (leader, member, other) = (await host.Given.PersonAsync(institution, name: "李组长"), await host.Given.PersonAsync(institution, name: "赵成员"), await host.Given.PersonAsync(institution, name: "钱成员"));
        var group = await host.Given.GroupAsync(institution, leader, member, other);
        await host.Given.GrantAsync(leader, Role.GroupLeader, group.Id.Value, ScopeKind.Group);
        var (instrument, elsewhere) = (await host.Given.InstrumentAsync(institution), await host.Given.InstrumentAsync());
        await host.Given.BookingAsync(instrument, member, Day.Tomorrow(9), groupId: group.Id);
        await host.Given.BookingAsync(elsewhere, other, Day.Tomorrow(11), groupId: group.Id);
        await host.Given.BookingAsync(instrument, other, Day.Tomorrow(13));

        var ask = new { kind = "group", groupId = group.Id.Value };
        (await ReadAsync(await MakeAsync(leader, ask))).Components.Select(c => c.Summary).ShouldBe([$"赵成员 · {instrument.NameEn}", $"钱成员 · {elsewhere.NameEn}"]);
        (await ReadAsync(await MakeAsync(member, ask))).Components.Select(c => c.Summary).ShouldBe([instrument.NameEn, $"Taken: {elsewhere.NameEn}"]);
        var technician = await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: instrument.Id.Value);
        (await ReadAsync(await MakeAsync(technician, new { kind = "managed" }))).Components.Select(c => c.Summary).ShouldBe([$"赵成员 · {instrument.NameEn}", $"钱成员 · {instrument.NameEn}"]);
    }

    [Fact]
    public async Task A_role_or_account_that_ends_ends_what_its_feeds_showed()
    {
        var instrument = await host.Given.InstrumentAsync();
        var technician = await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: instrument.Id.Value);
        var (managed, mine) = (await MakeAsync(technician, new { kind = "managed" }), await MakeAsync(technician, new { kind = "mine" }));
        await ReadAsync(managed);
        await host.ExecuteAsync("UPDATE role_grants SET revoked_at = now() WHERE person_id = @id", ("id", technician.Id));
        // Another node has not yet heard of the roles.
        await using var node = host.NewNode();
        using var fresh = node.CreateClient();
        (await fresh.GetAsync(new Uri(managed).PathAndQuery)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await fresh.GetAsync(new Uri(mine).PathAndQuery)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await host.ExecuteAsync("UPDATE people SET is_active = false WHERE id = @id", ("id", technician.Id));
        await using var last = host.NewNode();
        (await last.CreateClient().GetAsync(new Uri(mine).PathAndQuery)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_address_is_kept_as_a_hash_and_a_wrong_renewed_or_revoked_one_is_not_found()
    {
        var person = await host.Given.PersonAsync();
        using var api = await host.ApiAsync(person);
        using var anyone = await host.ApiAsync();
        var made = await (await api.PostAsJsonAsync(Feeds, new { kind = "mine" })).JsonAsync(HttpStatusCode.Created);
        var (id, url) = (made.GetProperty("id").GetGuid(), made.GetProperty("url").GetString()!);
        var secret = url.Split('-')[^1][..^4];
        (await host.ScalarAsync<string>("SELECT row_to_json(f)::text FROM calendar_feeds f WHERE id = @id", ("id", id))).ShouldNotContain(secret);
        (await api.GetStringAsync(Feeds)).ShouldNotContain(secret);
        foreach (var wrong in new[] { url.Replace(secret, secret[..^1] + (secret[^1] == '0' ? '1' : '0')), url.Replace(secret, string.Empty), url.Replace("-" + secret, string.Empty), "/api/v1/feeds/x.ics", "/api/v1/feeds/a-b-c.ics" })
            (await anyone.GetAsync(wrong)).StatusCode.ShouldBe(HttpStatusCode.NotFound, wrong);

        var renewed = (await (await api.PostAsync($"{Feeds}/{id}/renew", null)).JsonAsync(HttpStatusCode.OK)).GetProperty("url").GetString()!;
        (await anyone.GetAsync(url)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await anyone.GetAsync(renewed)).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var stranger = await host.ApiAsync(await host.Given.PersonAsync());
        (await stranger.DeleteAsync($"{Feeds}/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.PostAsync($"{Feeds}/{id}/renew", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        for (var again = 0; again < 2; again++) (await api.DeleteAsync($"{Feeds}/{id}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await anyone.GetAsync(renewed)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await api.PostAsync($"{Feeds}/{id}/renew", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await host.ScalarAsync<string>("SELECT string_agg(action, ' ' ORDER BY occurred_at, id) FROM audit_entries WHERE subject_id = @id", ("id", id.ToString()))).ShouldBe("feed.created feed.renewed feed.revoked");
    }

    [Fact]
    public async Task What_has_not_changed_is_not_sent_again_and_what_has_is()
    {
        var person = await host.Given.PersonAsync();
        var booking = await host.Given.BookingAsync(await host.Given.InstrumentAsync(), person);
        var url = await MakeAsync(person, new { kind = "mine" });
        using var anyone = await host.ApiAsync();
        var first = await anyone.GetAsync(url);
        host.Clock.Advance(Duration.FromMinutes(30));
        (await anyone.GetAsync(url)).Headers.ETag.ShouldBe(first.Headers.ETag);
        (await anyone.GetByteArrayAsync(url)).ShouldBe(await first.Content.ReadAsByteArrayAsync(), "to the octet, as a strong tag promises");
        (await ConditionalAsync(anyone, url, first)).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        first.Content.Headers.LastModified!.Value.ToInstant().ShouldBe(host.Clock.Now - Duration.FromMinutes(30));
        await host.ExecuteAsync("UPDATE bookings SET version = version + 1, starts_at = starts_at + interval '1 hour', ends_at = ends_at + interval '1 hour', held = tstzrange(starts_at + interval '1 hour', ends_at + interval '1 hour') WHERE id = @id", ("id", booking.Id.Value));
        var changed = await ConditionalAsync(anyone, url, first);
        changed.StatusCode.ShouldBe(HttpStatusCode.OK);
        var entry = (await CalendarReader.ReadAsync(await changed.Content.ReadAsStringAsync())).Only;
        (entry.Sequence, entry.Stamp.ToInstant()).ShouldBe((1, host.Clock.Now));
        changed.Content.Headers.LastModified!.Value.ToInstant().ShouldBe(host.Clock.Now);
        changed.Headers.CacheControl!.NoCache.ShouldBeTrue();
    }

    [Fact]
    public async Task An_empty_feed_is_a_valid_file_and_a_full_one_has_an_end()
    {
        var person = await host.Given.PersonAsync();
        var url = await MakeAsync(person, new { kind = "mine" });
        (await ReadAsync(url)).Only.Kind.ShouldBe("vfreebusy");
        var instrument = await host.Given.InstrumentAsync(capacity: 100);
        await host.ExecuteAsync("""
            INSERT INTO bookings (instrument_id, id, unit, person_id, service_mode, status, starts_at, ends_at, held, user_class, rules_version, created_by, created_at)
            SELECT @instrument, gen_random_uuid(), n / 30 + 1, @person, 'selfOperated', 'confirmed', s, s + interval '1 hour', tstzrange(s, s + interval '1 hour'), 'internal', 1, @person, s
            FROM generate_series(0, 2100) n, LATERAL (SELECT timestamptz '2026-03-03 00:00Z' + (n % 30) * interval '2 hours' AS s) t
            """, ("instrument", instrument.Id.Value), ("person", person.Id));
        using var anyone = await host.ApiAsync();
        (await anyone.GetStringAsync(url)).Split("BEGIN:VEVENT").Length.ShouldBe(FeedEvents.MostEvents + 1);
    }

    [Fact]
    public async Task A_key_makes_no_feeds_and_nobody_has_more_than_twenty()
    {
        var person = await host.Given.PersonAsync();
        using var api = await host.ApiAsync(person);
        var key = (await (await api.PostAsJsonAsync("/api/v1/account/api-keys", new { name = "k", scopes = new[] { "account.own" }, expiresAt = "2026-04-01T00:00:00Z" })).JsonAsync(HttpStatusCode.Created)).GetProperty("key").GetString();
        using var machine = await host.ApiAsync();
        machine.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        await (await machine.PostAsJsonAsync(Feeds, new { kind = "mine" })).ShouldRefuseAsync(HttpStatusCode.Forbidden, "feed.by-key");
        for (var n = 0; n < ChangeFeeds.MaxLive; n++) (await api.PostAsJsonAsync(Feeds, new { kind = "mine" })).StatusCode.ShouldBe(HttpStatusCode.Created);
        await (await api.PostAsJsonAsync(Feeds, new { kind = "mine" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "feed.too-many");
    }

    [Fact]
    public async Task The_page_makes_shows_once_renews_and_ends()
    {
        var person = await host.Given.PersonAsync();
        var instrument = await host.Given.InstrumentAsync();
        var pages = await host.PagesAsync(person);
        var page = await pages.GetAsync($"/account/calendar-feeds?instrument={instrument.Id.Value}");
        page.QuerySelector("select[name=What] option[selected]")!.TextContent.ShouldContain(instrument.NameEn);
        page = await pages.SubmitAsync(page, "form[data-new-feed]");
        var first = page.QuerySelector("[data-made]")!.TextContent;
        pages.Last.Headers.CacheControl!.NoStore.ShouldBeTrue();
        using var anyone = await host.ApiAsync();
        (await anyone.GetAsync(first)).StatusCode.ShouldBe(HttpStatusCode.OK);
        page = await pages.GetAsync("/account/calendar-feeds");
        page.QuerySelector("[data-made]").ShouldBeNull("it was shown once");
        var id = page.QuerySelector("[data-feed]")!.GetAttribute("data-feed")!;
        page.QuerySelector("form[data-change]")!.SetAttribute("action", "/account/calendar-feeds?handler=Renew");
        page = await pages.SubmitAsync(page, "form[data-change]");
        page.QuerySelector("[data-made]")!.TextContent.ShouldNotBe(first);
        (await anyone.GetAsync(first)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        page.QuerySelector("form[data-change]")!.SetAttribute("action", "/account/calendar-feeds?handler=Revoke");
        page = await pages.SubmitAsync(page, "form[data-change]");
        page.QuerySelector("[data-feed]").ShouldBeNull();
        (await host.ScalarAsync<bool>("SELECT revoked_at IS NOT NULL FROM calendar_feeds WHERE id = @id", ("id", Guid.Parse(id)))).ShouldBeTrue();
    }

    [Theory]
    [InlineData(BookingStatus.Requested, "TENTATIVE")]
    [InlineData(BookingStatus.Confirmed, "CONFIRMED")]
    [InlineData(BookingStatus.Completed, "CONFIRMED")]
    [InlineData(BookingStatus.Cancelled, "CANCELLED")]
    [InlineData(BookingStatus.Rejected, "CANCELLED")]
    [InlineData(BookingStatus.Expired, "CANCELLED")]
    public async Task One_booking_is_a_file_for_who_may_see_it(BookingStatus status, string word)
    {
        var person = await host.Given.PersonAsync();
        var booking = await host.Given.BookingAsync(await host.Given.InstrumentAsync(), person, status: status);
        var path = $"/api/v1/bookings/{booking.Id.Value}/calendar.ics";
        var answer = await (await host.ApiAsync(person)).GetAsync(path);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/calendar");
        answer.Content.Headers.ContentDisposition!.FileName.ShouldBe("booking.ics");
        var read = await CalendarReader.ReadAsync(await answer.Content.ReadAsStringAsync());
        (read.Method, read.Only.Status, read.Only.Uid).ShouldBe(("PUBLISH", word, $"{booking.Id.Value}@instrumentshare"));
        (await (await host.ApiAsync(await host.Given.PersonAsync())).GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await (await host.PagesAsync(person)).GetAsync($"/bookings/{booking.Id.Value}")).QuerySelector($"a[href='{path}']").ShouldNotBeNull();
    }

    private async Task<string> MakeAsync(Person person, object request)
    {
        using var api = await host.ApiAsync(person);
        return (await (await api.PostAsJsonAsync(Feeds, request)).JsonAsync(HttpStatusCode.Created)).GetProperty("url").GetString()!;
    }

    private async Task<CalendarReader.Calendar> ReadAsync(string url)
    {
        using var anyone = await host.ApiAsync();
        var answer = await anyone.GetAsync(url);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/calendar");
        return await CalendarReader.ReadAsync(await answer.Content.ReadAsStringAsync());
    }

    private static Task<HttpResponseMessage> ConditionalAsync(HttpClient client, string url, HttpResponseMessage seen) =>
        client.SendAsync(new HttpRequestMessage(HttpMethod.Get, url) { Headers = { IfNoneMatch = { seen.Headers.ETag! } } });
}
