using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Series;

/// <summary>A series of bookings that take other instruments, a room and a technician along: each date with all of it or not at all.</summary>
public sealed class SeriesAlongTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task Every_date_takes_its_instrument_room_and_technician_along()
    {
        var (prep, scope, api, technician) = await PrepareAsync();
        var id = await RepeatAsync(api, prep);
        (await WholeAsync(prep)).ShouldBe(3);
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id = @i AND main_id IS NOT NULL", ("i", scope.Id.Value))).ShouldBe(3);
        (await host.ScalarAsync<long>("SELECT count(*) FROM technician_holds WHERE technician_id = @t AND is_held", ("t", technician.Id))).ShouldBe(3);
        await (await (await host.ApiAsync(await host.Given.PersonAsync())).BookAsync(scope, At(4, 9), At(4, 10))).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.overlap");
        (await host.ScalarAsync<long>("SELECT count(*) FROM outbox_messages WHERE data::text LIKE '%' || @s || '%'", ("s", id.ToString()))).ShouldBe(1, "one mail for all");
    }

    [Fact]
    public async Task A_date_whose_companion_is_taken_fails_the_whole_or_is_skipped_and_says_why()
    {
        var (prep, scope, api, _) = await PrepareAsync();
        await host.Given.BookingAsync(scope, await host.Given.PersonAsync(), At(4, 9));
        var refused = await PostAsync(api, prep, "fail");
        (await refused.CodesAsync()).ShouldBe(["series.dates-refused", "booking.linked-taken"]);
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id = @i", ("i", prep.Id.Value))).ShouldBe(0);
        var made = await (await PostAsync(api, prep, "skip")).JsonAsync(HttpStatusCode.Created);
        made.GetProperty("dates").EnumerateArray().Select(d => d.GetProperty("problems").GetArrayLength() == 0 ? "" : d.GetProperty("problems")[0].GetProperty("code").GetString()).ShouldBe(["", "booking.linked-taken", ""]);
        (await WholeAsync(prep)).ShouldBe(2);
        (await host.ScalarAsync<long>("SELECT count(*) FROM room_holds WHERE instrument_id = @i AND is_held", ("i", prep.Id.Value))).ShouldBe(2, "nothing of a skipped date is held");
    }

    [Fact]
    public async Task A_look_says_for_each_date_whether_all_of_it_is_free_and_holds_nothing()
    {
        var (prep, scope, api, _) = await PrepareAsync();
        await host.Given.BookingAsync(scope, await host.Given.PersonAsync(), At(5, 9));
        var look = await (await PostAsync(api, prep, "skip", dryRun: true)).JsonAsync();
        (look.GetProperty("bookable").GetInt32(), look.GetProperty("failing").GetInt32()).ShouldBe((2, 1));
        (await host.ScalarAsync<long>("SELECT count(*) FROM room_holds WHERE instrument_id = @i", ("i", prep.Id.Value))).ShouldBe(0);
    }

    [Fact]
    public async Task One_date_is_in_the_way_of_the_next_where_what_it_takes_along_is_needed_longer()
    {
        var institution = await host.Given.InstitutionAsync();
        var person = await host.Given.PersonAsync(institution);
        var (prep, scope) = (await host.Given.InstrumentAsync(institution, opensHour: 0, closesHour: 24), await host.Given.InstrumentAsync(institution, opensHour: 0, closesHour: 24));
        await host.Given.LinkAsync(prep, scope, after: 1440);
        var refused = await PostAsync(await host.ApiAsync(person), prep, "fail", mode: "selfOperated");
        (await refused.CodesAsync()).ShouldBe(["series.dates-refused", "booking.linked-taken"], "the second day meets what the first still holds; the third follows none");
    }

    [Fact]
    public async Task A_moved_series_takes_all_along_even_onto_what_another_of_its_dates_lets_go()
    {
        var (prep, scope, api, technician) = await PrepareAsync();
        var id = await RepeatAsync(api, prep);
        var companions = await host.ScalarAsync<string>("SELECT string_agg(id::text, ',' ORDER BY id) FROM bookings WHERE instrument_id = @i AND main_id IS NOT NULL", ("i", scope.Id.Value));
        await (await api.MoveAsync(await api.BookingAsync(id, 0), At(4, 9), At(4, 10), "all")).JsonAsync();
        (await api.TimesAsync(id)).ShouldBe(["03-04 09:00 confirmed", "03-05 09:00 confirmed", "03-06 09:00 confirmed"]);
        (await WholeAsync(prep)).ShouldBe(3);
        (await host.ScalarAsync<string>("SELECT string_agg(id::text, ',' ORDER BY id) FROM bookings WHERE instrument_id = @i AND main_id IS NOT NULL AND status = 'confirmed'", ("i", scope.Id.Value))).ShouldBe(companions, "the same bookings, moved along");
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id = @i AND unit > 1", ("i", scope.Id.Value))).ShouldBe(0);
        await host.Given.BookingAsync(scope, await host.Given.PersonAsync(), At(5, 14));
        (await (await api.MoveAsync(await api.BookingAsync(id, 0), At(4, 14), At(4, 15), "all")).CodesAsync()).ShouldBe(["series.dates-refused", "booking.linked-taken"]);
        (await api.TimesAsync(id)).ShouldBe(["03-04 09:00 confirmed", "03-05 09:00 confirmed", "03-06 09:00 confirmed"]);
        (await host.ScalarAsync<long>("SELECT count(*) FROM technician_holds WHERE technician_id = @t AND is_held", ("t", technician.Id))).ShouldBe(3);
    }

    [Fact]
    public async Task What_ends_with_the_series_frees_all_it_took_along_and_skipped_dates_take_it_later()
    {
        var (prep, scope, api, _) = await PrepareAsync();
        var other = await host.Given.BookingAsync(scope, await host.Given.PersonAsync(), At(4, 9));
        var id = (await (await PostAsync(api, prep, "skip")).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();
        await host.ExecuteAsync("UPDATE bookings SET status = 'cancelled' WHERE id = @id", ("id", other.Id.Value));
        await (await api.PostAsJsonAsync($"/api/v1/booking-series/{id}/add-skipped", new { })).JsonAsync();
        (await WholeAsync(prep)).ShouldBe(3);
        await (await api.CancelAsync(await api.BookingAsync(id, 0), "all")).JsonAsync();
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id = @i AND status = 'confirmed'", ("i", scope.Id.Value))).ShouldBe(0);
        (await host.ScalarAsync<long>("SELECT count(*) FROM room_holds WHERE instrument_id = @i AND is_held", ("i", prep.Id.Value))).ShouldBe(0);
    }

    [Fact]
    public async Task Series_and_single_bookings_that_race_for_the_same_companion_never_hold_half_of_it()
    {
        var (prep, scope, api, _) = await PrepareAsync();
        await using var second = host.NewNode();
        var others = new List<HttpClient>();
        // Two of three dates are raced for, so that a series that skips always has the third.
        for (var i = 0; i < 2; i++) others.Add(await (i % 2 == 0 ? second : host.First).ApiAsync(await host.Given.PersonAsync()));
        for (var round = 0; round < 6; round++)
        {
            var (first, last) = (new LocalDate(2026, 3, 3).PlusDays(3 * round), 9 + round);
            var single = others.Select((o, i) => o.BookAsync(i == 0 ? prep : scope, Day.At(first.PlusDays(i), last), Day.At(first.PlusDays(i), last + 1)));
            var answers = await Task.WhenAll(single.Append(PostAsync(api, prep, round % 2 == 0 ? "fail" : "skip", start: $"{first:uuuu-MM-dd}T{last:00}:00", end: $"{first:uuuu-MM-dd}T{last + 1:00}:00")));
            answers.ShouldAllBe(a => a.StatusCode == HttpStatusCode.Created || a.StatusCode == HttpStatusCode.Conflict);
        }

        var mains = await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id = @i AND status = 'confirmed' AND takes_along AND series_id IS NOT NULL", ("i", prep.Id.Value));
        (await WholeAsync(prep)).ShouldBe(mains, "whatever stands of a series stands whole");
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings c WHERE c.main_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM bookings m WHERE m.id = c.main_id)")).ShouldBe(0);
        mains.ShouldBeGreaterThan(0);
        (await host.ScalarAsync<long>("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")).ShouldBe(0);
    }

    private static Instant At(int day, int hour) => Day.At(new LocalDate(2026, 3, day), hour);

    private static Task<HttpResponseMessage> PostAsync(HttpClient api, Instrument instrument, string conflicts, bool dryRun = false, string mode = "assisted", string start = "2026-03-03T09:00", string end = "2026-03-03T10:00") =>
        api.PostAsJsonAsync("/api/v1/booking-series", new { instrumentId = instrument.Id.Value, localStart = start, localEnd = end, rrule = SeriesClient.ThreeDays, conflicts, dryRun, serviceMode = mode, purpose = "制样" });

    private static async Task<Guid> RepeatAsync(HttpClient api, Instrument instrument) => (await (await PostAsync(api, instrument, "fail")).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();

    // Bookings of a series that hold all three things at their own time.
    private Task<long> WholeAsync(Instrument prep) => host.ScalarAsync<long>("""
        SELECT count(*) FROM bookings m WHERE m.instrument_id = @i AND m.status = 'confirmed' AND m.takes_along AND m.series_id IS NOT NULL
          AND EXISTS (SELECT 1 FROM bookings c WHERE c.main_id = m.id AND c.status = 'confirmed' AND c.starts_at = m.starts_at AND c.ends_at = m.ends_at)
          AND EXISTS (SELECT 1 FROM room_holds h WHERE h.booking_id = m.id AND h.is_held AND lower(h.held) = m.starts_at)
          AND EXISTS (SELECT 1 FROM technician_holds h WHERE h.booking_id = m.id AND h.is_held AND lower(h.held) = m.starts_at)
        """, ("i", prep.Id.Value));

    private async Task<(Instrument Prep, Instrument Scope, HttpClient Api, Person Technician)> PrepareAsync()
    {
        var institution = await host.Given.InstitutionAsync();
        var (prep, scope, person) = (await host.Given.InstrumentAsync(institution), await host.Given.InstrumentAsync(institution), await host.Given.PersonAsync(institution));
        await host.Given.LinkAsync(prep, scope);
        await host.Given.LinkAsync(prep, room: await host.Given.RoomAsync(institution));
        return (prep, scope, await host.ApiAsync(person), await host.Given.TechnicianAsync(institution, [prep]));
    }
}
