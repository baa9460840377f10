using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings.Companions;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Companions;

/// <summary>Linked instruments and rooms are booked together or not at all.</summary>
public sealed class CompanionTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly LocalDate Tuesday = new(2026, 3, 3);

    [Fact]
    public async Task A_booking_takes_its_linked_instrument_and_room_with_their_offsets()
    {
        var (institution, prep, scope, person) = await PairAsync(before: 30, after: 15);
        var room = await host.Given.RoomAsync(institution);
        await host.Given.LinkAsync(prep, room: room);
        var id = await BookedAsync(person, prep, 10);
        (await host.ScalarAsync<string>("SELECT starts_at::text || ends_at::text || status FROM bookings WHERE main_id = @id AND instrument_id = @b AND starts_at = @s AND ends_at = @e",
            ("id", id), ("b", scope.Id.Value), ("s", (Day.At(Tuesday, 10) - Duration.FromMinutes(30)).ToDateTimeUtc()), ("e", (Day.At(Tuesday, 11) + Duration.FromMinutes(15)).ToDateTimeUtc()))).ShouldEndWith("confirmed");
        (await host.ScalarAsync<long>("SELECT count(*) FROM room_holds WHERE booking_id = @id AND room_id = @r AND is_held", ("id", id), ("r", room.Id.Value))).ShouldBe(1);
        await (await (await host.ApiAsync(person)).BookAsync(scope, Day.At(Tuesday, 11), Day.At(Tuesday, 12))).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.overlap");
    }

    [Fact]
    public async Task Linked_taken_names_the_thing_and_the_nearest_times_when_all_are_free_and_nothing_is_written()
    {
        var (_, prep, scope, person) = await PairAsync();
        await host.Given.BookingAsync(scope, person, Day.At(Tuesday, 10));
        var refused = await (await host.ApiAsync(person)).BookAsync(prep, Day.At(Tuesday, 10), Day.At(Tuesday, 11));
        await refused.ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.linked-taken");
        var problem = (await refused.JsonAsync(HttpStatusCode.Conflict)).GetProperty("problems")[0];
        problem.GetProperty("message").GetString()!.ShouldStartWith(scope.NameEn + ": ");
        problem.GetProperty("data").GetProperty("slots").EnumerateArray().ShouldAllBe(s => s.GetProperty("startsAt").GetDateTimeOffset() >= Day.At(Tuesday, 11).ToDateTimeOffset() || s.GetProperty("endsAt").GetDateTimeOffset() <= Day.At(Tuesday, 10).ToDateTimeOffset());
        (await CountAsync(prep)).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_booked_along_must_be_open_too()
    {
        var institution = await host.Given.InstitutionAsync();
        var person = await host.Given.PersonAsync(institution);
        var (prep, scope) = (await host.Given.InstrumentAsync(institution), await host.Given.InstrumentAsync(institution, closesHour: 12));
        await host.Given.LinkAsync(prep, scope);
        await host.Given.ClosureAsync(scope, Day.At(Tuesday, 8), Day.At(Tuesday, 9));
        var api = await host.ApiAsync(person);
        await (await api.BookAsync(prep, Day.At(Tuesday, 12), Day.At(Tuesday, 13))).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.outside-hours");
        await (await api.BookAsync(prep, Day.At(Tuesday, 8), Day.At(Tuesday, 9))).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.closure");
        var room = await host.Given.RoomAsync(institution, opensHour: 9, closesHour: 10);
        var other = await host.Given.InstrumentAsync(institution);
        await host.Given.LinkAsync(other, room: room);
        await (await api.BookAsync(other, Day.At(Tuesday, 10), Day.At(Tuesday, 11))).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.room-closed");
        (await api.BookAsync(other, Day.At(Tuesday, 9), Day.At(Tuesday, 10))).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Room_taken_counts_people_or_groups()
    {
        var institution = await host.Given.InstitutionAsync();
        var person = await host.Given.PersonAsync(institution);
        var room = await host.Given.RoomAsync(institution, capacity: 5, countsIn: RoomCount.People);
        var instruments = new[] { await host.Given.InstrumentAsync(institution), await host.Given.InstrumentAsync(institution), await host.Given.InstrumentAsync(institution) };
        await host.Given.LinkAsync(instruments[0], room: room, people: 3);
        await host.Given.LinkAsync(instruments[1], room: room, people: 3);
        await host.Given.LinkAsync(instruments[2], room: room, people: 2);
        var api = await host.ApiAsync(person);
        (await api.BookAsync(instruments[0], Day.At(Tuesday, 10), Day.At(Tuesday, 11))).StatusCode.ShouldBe(HttpStatusCode.Created);
        await (await api.BookAsync(instruments[1], Day.At(Tuesday, 10), Day.At(Tuesday, 11))).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.room-taken");
        (await api.BookAsync(instruments[2], Day.At(Tuesday, 10), Day.At(Tuesday, 11))).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task What_is_taken_along_stands_with_its_main_booking_in_lists_feeds_and_the_day_and_not_for_itself()
    {
        var (institution, prep, scope, person) = await PairAsync();
        var room = await host.Given.RoomAsync(institution);
        await host.Given.LinkAsync(prep, room: room);
        var (api, id) = (await host.ApiAsync(person), await BookedAsync(person, prep, 10));
        var companion = await host.ScalarAsync<Guid>("SELECT id FROM bookings WHERE main_id = @id", ("id", id));

        var mine = (await (await api.GetAsync("/api/v1/bookings?mine=true")).JsonAsync()).GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        mine.GetProperty("id").GetGuid().ShouldBe(id);
        mine.GetProperty("along").EnumerateArray().Select(a => a.GetProperty("nameEn").GetString()).ShouldBe([scope.NameEn, room.NameEn], ignoreOrder: true);
        var page = await (await host.PagesAsync(person)).GetAsync("/bookings");
        page.QuerySelectorAll("tbody tr").Length.ShouldBe(1);
        page.QuerySelector("[data-with]")!.TextContent.ShouldSatisfyAllConditions(t => t.ShouldContain(scope.NameEn), t => t.ShouldContain(room.NameEn));

        var both = await host.Given.PersonWithRoleAsync(Role.LabManager, institution);
        var manager = await host.ApiAsync(both);
        (await IdsAsync("/api/v1/bookings")).ShouldBe([id]);
        (await IdsAsync($"/api/v1/bookings?instrument={scope.Id.Value}")).ShouldBe([companion], "of one instrument it says what holds that");
        foreach (var (reader, feed) in new[] { (api, "mine"), (manager, "managed") })
        {
            var address = (await (await reader.PostAsJsonAsync("/api/v1/account/calendar-feeds", new { kind = feed })).JsonAsync(HttpStatusCode.Created)).GetProperty("url").GetString()!;
            var entry = (await CalendarReader.ReadAsync(await reader.GetStringAsync(address))).Only;
            entry.Uid.ShouldBe($"{id}@instrumentshare");
            entry.Description!.Split('\n')[1].ShouldSatisfyAllConditions(t => t.ShouldStartWith("With: "), t => t.ShouldContain(scope.NameEn), t => t.ShouldContain(room.NameEn));
        }

        var technician = await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: scope.Id.Value);
        var taken = await (await host.ApiAsync(technician)).PostAsJsonAsync("/api/v1/account/calendar-feeds", new { kind = "managed" });
        (await CalendarReader.ReadAsync(await api.GetStringAsync((await taken.JsonAsync(HttpStatusCode.Created)).GetProperty("url").GetString()!))).Only.Uid.ShouldBe($"{companion}@instrumentshare", "who looks after it alone sees it held");
        var day = await (await host.PagesAsync(both)).GetAsync("/manage/today?date=2026-03-03");
        day.QuerySelectorAll("tbody tr").Length.ShouldBe(1);
        day.QuerySelector("[data-with]").ShouldNotBeNull();
        var alone = await (await host.PagesAsync(technician)).GetAsync("/manage/today?date=2026-03-03");
        alone.QuerySelectorAll($"tbody a[href='/bookings/{id}']").Length.ShouldBe(1, "it leads to the main booking");

        async Task<List<Guid>> IdsAsync(string address) => [.. (await (await manager.GetAsync(address)).JsonAsync()).GetProperty("items").EnumerateArray().Select(b => b.GetProperty("id").GetGuid())];
    }

    [Fact]
    public async Task A_companion_changes_with_its_main_booking_only_and_counts_for_no_limit()
    {
        var (_, prep, scope, person) = await PairAsync(rules: r => r with { PersonDayMinutes = 120, OneAtATime = true });
        var (api, id) = (await host.ApiAsync(person), await BookedAsync(person, prep, 10));
        var companion = await host.ScalarAsync<Guid>("SELECT id FROM bookings WHERE main_id = @id", ("id", id));
        await (await api.PostAsJsonAsync($"/api/v1/bookings/{companion}/cancel", new { })).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.companion");
        await (await api.PostAsJsonAsync($"/api/v1/bookings/{companion}/reschedule", new { startsAt = Day.At(Tuesday, 14).ToString(), endsAt = Day.At(Tuesday, 15).ToString() })).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.companion");
        await (await api.PostAsJsonAsync($"/api/v1/bookings/{companion}/extend", new { minutes = 60 })).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.companion");
        await (await api.PostAsJsonAsync($"/api/v1/bookings/{id}/extend", new { minutes = 60 })).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.extension-along");
        await (await api.PostAsJsonAsync($"/api/v1/bookings/{id}/reschedule", new { startsAt = Day.At(Tuesday, 14).ToString(), endsAt = Day.At(Tuesday, 16).ToString() })).JsonAsync();
        (await host.ScalarAsync<DateTime>("SELECT ends_at FROM bookings WHERE id = @id", ("id", companion))).ShouldBe(Day.At(Tuesday, 16).ToDateTimeUtc(), "moved and made longer with it");
        var page = await (await host.PagesAsync(person)).GetAsync($"/bookings/{companion}");
        page.QuerySelector("[data-along] a")!.GetAttribute("href").ShouldBe($"/bookings/{id}");
        page.QuerySelector("form[data-cancel]").ShouldBeNull();
        await host.Given.BookingAsync(scope, person, Day.At(Tuesday, 8));
        await (await api.PostAsJsonAsync($"/api/v1/bookings/{id}/reschedule", new { startsAt = Day.At(Tuesday, 8).ToString(), endsAt = Day.At(Tuesday, 9).ToString() })).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.one-at-a-time");
        await (await api.PostAsJsonAsync($"/api/v1/bookings/{id}/cancel", new { })).JsonAsync();
        (await host.ScalarAsync<string>("SELECT status FROM bookings WHERE id = @id", ("id", companion))).ShouldBe("cancelled");
    }

    [Theory]
    [InlineData("reject", "cancelled")]
    [InlineData("expire", "cancelled")]
    [InlineData("complete", "completed")]
    public async Task However_the_main_booking_ends_its_companion_ends_with_it_and_is_not_judged(string how, string ends)
    {
        var (institution, prep, scope, person) = await PairAsync(rules: r => r with { ApprovalRequired = how != "complete" });
        var room = await host.Given.RoomAsync(institution);
        await host.Given.LinkAsync(prep, room: room);
        var id = await BookedAsync(person, prep, 10);
        var companion = await host.ScalarAsync<Guid>("SELECT id FROM bookings WHERE main_id = @id", ("id", id));
        try
        {
            host.Clock.Now = how == "reject" ? FixedClock.Start : Day.At(Tuesday.PlusDays(1), 12);
            if (how == "reject") await (await (await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution))).PostAsJsonAsync($"/api/v1/bookings/{id}/reject", new { reason = "样品不合适" })).JsonAsync();
            else if (how == "expire") (await host.Services.GetRequiredService<ExpireUnconfirmedBookings>().RunAsync()).ShouldBe(1);
            else await host.Services.GetRequiredService<CompletePastBookings>().RunAsync();
        }
        finally
        {
            host.Clock.Now = FixedClock.Start;
        }

        (await host.ScalarAsync<string>("SELECT status FROM bookings WHERE id = @id", ("id", companion))).ShouldBe(ends);
        (await host.ScalarAsync<long>("SELECT count(*) FROM room_holds WHERE booking_id = @id AND is_held", ("id", id))).ShouldBe(0);
        (await host.ScalarAsync<long>("SELECT count(*) FROM verdicts_due WHERE booking_id = @id", ("id", companion))).ShouldBe(0);
    }

    [Fact]
    public async Task A_companion_is_never_checked_in()
    {
        var (_, prep, _, person) = await PairAsync();
        var id = await BookedAsync(person, prep, 10);
        var companion = await host.ScalarAsync<Guid>("SELECT id FROM bookings WHERE main_id = @id", ("id", id));
        var api = await host.ApiAsync(person);
        host.Clock.Now = Day.At(Tuesday, 10);
        try
        {
            await (await api.PostAsync($"/api/v1/bookings/{companion}/check-in", null)).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.companion");
            (await api.PostAsync($"/api/v1/bookings/{id}/check-in", null)).IsSuccessStatusCode.ShouldBeTrue();
            await (await api.PostAsJsonAsync($"/api/v1/bookings/{id}/check-out", new { samples = 1 })).JsonAsync();
            (await host.ScalarAsync<string>("SELECT status FROM bookings WHERE id = @id", ("id", companion))).ShouldBe("completed");
        }
        finally
        {
            host.Clock.Now = FixedClock.Start;
        }
    }

    [Fact]
    public async Task A_link_is_for_its_service_modes_alone()
    {
        var institution = await host.Given.InstitutionAsync();
        var person = await host.Given.PersonAsync(institution);
        var (prep, scope) = (await host.Given.InstrumentAsync(institution), await host.Given.InstrumentAsync(institution));
        await host.Given.LinkAsync(prep, scope, modes: ServiceMode.Entrusted);
        await BookedAsync(person, prep, 10);
        (await CountAsync(scope)).ShouldBe(0);
    }

    [Fact]
    public async Task Many_that_race_for_linked_instruments_each_get_all_or_nothing_and_never_wait_in_a_circle()
    {
        var institution = await host.Given.InstitutionAsync();
        var instruments = new List<Instrument>();
        for (var i = 0; i < 4; i++) instruments.Add(await host.Given.InstrumentAsync(institution));
        var room = await host.Given.RoomAsync(institution);
        var people = new List<HttpClient>();
        await using var second = host.NewNode();
        for (var i = 0; i < 4; i++) people.Add(await (i % 2 == 0 ? host.First : second).ApiAsync(await host.Given.PersonAsync(institution), "en"));
        // In both directions of the order of ids: 0 needs 2 and 3, 1 needs 3 and 2, and both the room.
        foreach (var main in new[] { 0, 1 })
        {
            await host.Given.LinkAsync(instruments[main], instruments[main == 0 ? 2 : 3]);
            await host.Given.LinkAsync(instruments[main], instruments[main == 0 ? 3 : 2]);
            await host.Given.LinkAsync(instruments[main], room: room);
        }

        for (var round = 0; round < 8; round++)
        {
            var (from, to) = (Day.At(Tuesday.PlusDays(round), 10), Day.At(Tuesday.PlusDays(round), 11));
            var answers = await Task.WhenAll(people[0].BookAsync(instruments[0], from, to), people[1].BookAsync(instruments[1], from, to), people[2].BookAsync(instruments[2], from, to), people[3].BookAsync(instruments[3], from, to));
            answers.ShouldAllBe(a => a.StatusCode == HttpStatusCode.Created || a.StatusCode == HttpStatusCode.Conflict);
            foreach (var answer in answers.Where(a => a.StatusCode == HttpStatusCode.Conflict)) (await answer.CodeAsync()).ShouldBeOneOf("booking.linked-taken", "booking.room-taken", "booking.overlap");
            answers.Take(2).Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBeLessThanOrEqualTo(1);
        }

        (await host.ScalarAsync<long>("""
            SELECT count(*) FROM bookings m WHERE m.takes_along AND (
                (SELECT count(*) FROM bookings c WHERE c.main_id = m.id) <> 2 OR (SELECT count(*) FROM room_holds h WHERE h.booking_id = m.id) <> 1) AND m.instrument_id IN (@a, @b)
            """, ("a", instruments[0].Id.Value), ("b", instruments[1].Id.Value))).ShouldBe(0, "none is half done");
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings c WHERE c.main_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM bookings m WHERE m.id = c.main_id)")).ShouldBe(0);
    }

    private async Task<(Institution Institution, Instrument Prep, Instrument Scope, Person Person)> PairAsync(int before = 0, int after = 0, Func<BookingRuleSet, BookingRuleSet>? rules = null)
    {
        var institution = await host.Given.InstitutionAsync();
        var person = await host.Given.PersonAsync(institution);
        var (prep, scope) = (await host.Given.InstrumentAsync(institution, rules: rules), await host.Given.InstrumentAsync(institution));
        await host.Given.LinkAsync(prep, scope, before: before, after: after);
        return (institution, prep, scope, person);
    }

    private async Task<Guid> BookedAsync(Person person, Instrument instrument, int hour) =>
        (await (await (await host.ApiAsync(person)).BookAsync(instrument, Day.At(Tuesday, hour), Day.At(Tuesday, hour + 1))).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();

    private Task<long> CountAsync(Instrument instrument) => host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id = @i", ("i", instrument.Id.Value));
}
