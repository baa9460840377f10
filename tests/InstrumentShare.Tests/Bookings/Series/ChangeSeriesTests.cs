using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Series;

/// <summary>What users of other systems complain of, each held by the rule that forbids it; and the three scopes.</summary>
public sealed class ChangeSeriesTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task Deleting_one_date_of_a_series_leaves_the_others()
    {
        var (api, instrument) = await PrepareAsync();
        var id = await api.RepeatedAsync(instrument);
        (await api.CancelAsync(await api.BookingAsync(id, 1))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await api.TimesAsync(id)).ShouldBe(["03-03 09:00 confirmed", "03-04 09:00 cancelled", "03-05 09:00 confirmed"]);
        (await api.BookAsync(instrument, At(4, 9), At(4, 10))).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_series_with_one_replaced_date_is_still_changed_as_a_whole()
    {
        var (api, instrument) = await PrepareAsync();
        var id = await api.RepeatedAsync(instrument);
        await MovedAsync(api, id, 1, At(4, 14), At(4, 15));
        await MovedAsync(api, id, 0, At(3, 10), At(3, 11), "all");
        (await api.TimesAsync(id)).ShouldBe(["03-03 10:00 confirmed", "03-04 14:00 confirmed", "03-05 10:00 confirmed"]);
        await MovedAsync(api, id, 2, At(5, 16), At(5, 18), "all");
        (await api.TimesAsync(id)).ShouldBe(["03-03 16:00 confirmed", "03-04 14:00 confirmed", "03-05 16:00 confirmed"]);
        (await api.CancelAsync(await api.BookingAsync(id, 0), "all")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await api.TimesAsync(id)).ShouldAllBe(t => t.EndsWith("cancelled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_replaced_date_from_which_all_are_moved_goes_where_it_is_sent()
    {
        var (api, instrument) = await PrepareAsync();
        var id = await api.RepeatedAsync(instrument);
        await MovedAsync(api, id, 1, At(4, 14), At(4, 15));
        await MovedAsync(api, id, 1, At(4, 15), At(4, 16), "all");
        (await api.TimesAsync(id)).ShouldBe(["03-03 10:00 confirmed", "03-04 15:00 confirmed", "03-05 10:00 confirmed"]);
    }

    [Fact]
    public async Task Skipped_dates_are_added_again_once_they_are_free()
    {
        var (api, instrument) = await PrepareAsync();
        var other = await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(), At(4, 9));
        var id = await api.RepeatedAsync(instrument, conflicts: "skip");
        var still = await api.PostAsJsonAsync($"/api/v1/booking-series/{id}/add-skipped", new { });
        (await still.CodesAsync()).ShouldBe(["series.dates-refused", "booking.overlap"]);
        await host.ExecuteAsync("UPDATE bookings SET status = 'cancelled' WHERE id = @id", ("id", other.Id.Value));
        (await api.PostAsJsonAsync($"/api/v1/booking-series/{id}/add-skipped", new { })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await api.TimesAsync(id)).ShouldBe(["03-03 09:00 confirmed", "03-04 09:00 confirmed", "03-05 09:00 confirmed"]);
        (await (await api.PostAsJsonAsync($"/api/v1/booking-series/{id}/add-skipped", new { })).CodesAsync()).ShouldBe(["series.nothing-skipped"]);
    }

    [Fact]
    public async Task Extending_a_series_does_not_clash_with_its_own_past()
    {
        var (api, instrument) = await PrepareAsync();
        var id = await api.RepeatedAsync(instrument);
        await api.CancelAsync(await api.BookingAsync(id, 2));
        await MovedAsync(api, id, 0, At(3, 15), At(3, 16));
        await host.ExecuteAsync("UPDATE bookings SET status = 'completed' WHERE series_id = @id AND starts_at < '2026-03-04'", ("id", id));
        (await api.PostAsJsonAsync($"/api/v1/booking-series/{id}/extend", new { rrule = "FREQ=DAILY;COUNT=5" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await api.TimesAsync(id)).ShouldBe(["03-03 15:00 completed", "03-04 09:00 confirmed", "03-05 09:00 cancelled", "03-06 09:00 confirmed", "03-07 09:00 confirmed"]);
        var other = await api.PostAsJsonAsync($"/api/v1/booking-series/{id}/extend", new { rrule = "FREQ=WEEKLY;COUNT=9" });
        (other.StatusCode, (await other.JsonAsync()).GetProperty("code").GetString()).ShouldBe((HttpStatusCode.BadRequest, "series.not-longer"));
    }

    [Theory]
    [InlineData(24, 24)]
    [InlineData(-24, -24)]
    [InlineData(0, 1)]
    [InlineData(2, 0)]
    public async Task A_series_is_never_in_its_own_way(int startsBy, int endsBy)
    {
        // Twelve hours a day, so that every move falls on the series' own other dates.
        var (api, instrument) = await PrepareAsync(r => r with { MaxMinutes = 1440, OneAtATime = true, GapMinutes = 60, PersonDayMinutes = 1200 });
        var id = await api.RepeatedAsync(instrument, "FREQ=DAILY;COUNT=4", localStart: "2026-03-04T08:00", localEnd: "2026-03-04T18:00");
        var moved = await api.MoveAsync(await api.BookingAsync(id, 1), At(5, 8) + Duration.FromHours(startsBy), At(5, 18) + Duration.FromHours(endsBy), "all");
        moved.StatusCode.ShouldBe(HttpStatusCode.OK, await moved.Content.ReadAsStringAsync());
        var first = At(4, 8) + Duration.FromHours(startsBy);
        (await api.TimesAsync(id)).ShouldBe(Enumerable.Range(0, 4).Select(i => (first + Duration.FromDays(i)).InZone(DateTimeZoneProviders.Tzdb["Asia/Shanghai"]).LocalDateTime.ToString("MM-dd HH:mm", null) + " confirmed"));
    }

    [Fact]
    public async Task Moving_all_makes_no_further_bookings()
    {
        var (api, instrument) = await PrepareAsync();
        var id = await api.RepeatedAsync(instrument);
        var before = await BookingIdsAsync(id);
        await MovedAsync(api, id, 0, At(4, 11), At(4, 12), "all");
        (await BookingIdsAsync(id)).ShouldBe(before);
        (await api.SeriesAsync(id)).GetProperty("localStart").GetString().ShouldBe("2026-03-04T11:00:00");
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id = @id", ("id", instrument.Id.Value))).ShouldBe(3);
        Task<string> BookingIdsAsync(Guid series) => host.ScalarAsync<string>("SELECT string_agg(id::text, ' ' ORDER BY id) FROM bookings WHERE series_id = @id", ("id", series));
    }

    [Fact]
    public async Task Moving_one_date_makes_no_further_bookings_and_leaves_the_others()
    {
        var (api, instrument) = await PrepareAsync();
        var id = await api.RepeatedAsync(instrument);
        await MovedAsync(api, id, 1, At(4, 14), At(4, 15));
        await MovedAsync(api, id, 1, At(6, 9), At(6, 10), "this");
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id = @id", ("id", instrument.Id.Value))).ShouldBe(3);
        (await api.TimesAsync(id)).ShouldBe(["03-03 09:00 confirmed", "03-06 09:00 confirmed", "03-05 09:00 confirmed"]);
    }

    [Theory]
    [InlineData("this")]
    [InlineData("following")]
    [InlineData("all")]
    public async Task A_move_that_ends_before_it_starts_is_refused(string scope)
    {
        var (api, instrument) = await PrepareAsync();
        var id = await api.RepeatedAsync(instrument);
        var answer = await api.MoveAsync(await api.BookingAsync(id, 1), At(4, 15), At(4, 14), scope);
        (answer.StatusCode, string.Join(' ', await answer.CodesAsync())).ShouldBe((HttpStatusCode.BadRequest, "booking.end-before-start"));
        (await api.TimesAsync(id)).ShouldBe(["03-03 09:00 confirmed", "03-04 09:00 confirmed", "03-05 09:00 confirmed"]);
    }

    [Fact]
    public async Task What_is_past_stays_when_the_rest_is_moved_extended_and_cancelled()
    {
        var (owner, instrument) = await PrepareAsync();
        var id = await owner.RepeatedAsync(instrument);
        var before = host.Clock.Now;
        try
        {
            host.Clock.Now = At(3, 12);
            await MovedAsync(owner, id, 1, At(4, 15), At(4, 16), "all");
            (await owner.PostAsJsonAsync($"/api/v1/booking-series/{id}/extend", new { rrule = "FREQ=DAILY;COUNT=4" })).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await owner.TimesAsync(id)).ShouldBe(["03-03 09:00 confirmed", "03-04 15:00 confirmed", "03-05 15:00 confirmed", "03-06 15:00 confirmed"]);
            (await owner.CancelAsync(await owner.BookingAsync(id, 1), "all")).StatusCode.ShouldBe(HttpStatusCode.OK);
            (await owner.TimesAsync(id)).ShouldBe(["03-03 09:00 confirmed", "03-04 15:00 cancelled", "03-05 15:00 cancelled", "03-06 15:00 cancelled"]);
        }
        finally
        {
            host.Clock.Now = before;
        }
    }

    [Fact]
    public async Task Moving_this_and_later_splits_the_series()
    {
        var (api, instrument) = await PrepareAsync();
        var id = await api.RepeatedAsync(instrument, "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=5");
        var answer = await api.MoveAsync(await api.BookingAsync(id, 2), At(11, 13), At(11, 15), "following");
        var later = (await answer.JsonAsync()).GetProperty("seriesId").GetGuid();
        later.ShouldNotBe(id);
        (await api.TimesAsync(id)).ShouldBe(["03-03 09:00 confirmed", "03-05 09:00 confirmed"]);
        (await api.TimesAsync(later)).ShouldBe(["03-11 13:00 confirmed", "03-13 13:00 confirmed", "03-18 13:00 confirmed"]);
        var (before, after) = (await api.SeriesAsync(id), await api.SeriesAsync(later));
        before.GetProperty("rrule").GetString().ShouldBe("FREQ=WEEKLY;UNTIL=20260305T090000;BYDAY=TU,TH");
        after.GetProperty("rrule").GetString().ShouldBe("FREQ=WEEKLY;COUNT=3;BYDAY=WE,FR");
        (after.GetProperty("minutes").GetInt32(), after.GetProperty("splitFrom").GetGuid()).ShouldBe((120, id));
        await MovedAsync(api, later, 0, At(11, 14), At(11, 16), "all");
        (await api.TimesAsync(id)).ShouldBe(["03-03 09:00 confirmed", "03-05 09:00 confirmed"]);
    }

    [Fact]
    public async Task Cancelling_this_and_later_ends_the_series()
    {
        var (api, instrument) = await PrepareAsync();
        await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(), At(6, 9));
        var id = await api.RepeatedAsync(instrument, "FREQ=DAILY;COUNT=5", "skip");
        (await api.CancelAsync(await api.BookingAsync(id, 2), "following")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await api.TimesAsync(id)).ShouldBe(["03-03 09:00 confirmed", "03-04 09:00 confirmed", "03-05 09:00 cancelled", "03-07 09:00 cancelled"]);
        (await api.SeriesAsync(id)).GetProperty("rrule").GetString().ShouldBe("FREQ=DAILY;UNTIL=20260304T090000");
        (await api.PostAsJsonAsync($"/api/v1/booking-series/{id}/extend", new { rrule = "FREQ=DAILY;COUNT=4" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await api.TimesAsync(id)).Count(t => t.EndsWith("confirmed", StringComparison.Ordinal)).ShouldBe(3);
    }

    [Fact]
    public async Task A_move_of_all_is_made_whole_or_not_at_all()
    {
        var (api, instrument) = await PrepareAsync();
        var id = await api.RepeatedAsync(instrument);
        await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(), At(4, 13));
        var answer = await api.MoveAsync(await api.BookingAsync(id, 0), At(3, 13), At(3, 14), "all");
        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await answer.JsonAsync()).GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("field").GetString()).ShouldBe(["dates", "dates[2026-03-04T13:00]"]);
        (await api.TimesAsync(id)).ShouldBe(["03-03 09:00 confirmed", "03-04 09:00 confirmed", "03-05 09:00 confirmed"]);
    }

    [Fact]
    public async Task A_cancellation_that_one_date_forbids_cancels_none()
    {
        var (api, instrument) = await PrepareAsync(r => r with { CancelLeadMinutes = 1800 });
        var id = await api.RepeatedAsync(instrument);
        var answer = await api.CancelAsync(await api.BookingAsync(id, 1), "all");
        (await answer.JsonAsync()).GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("code").GetString() + " " + p.GetProperty("field").GetString()).ShouldBe(["booking.cancel-lead dates[2026-03-03T09:00]"]);
        (await api.CancelAsync(await api.BookingAsync(id, 1), "following")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await api.TimesAsync(id)).Count(t => t.EndsWith("cancelled", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task Nine_stays_nine_when_a_series_moves_over_a_change_of_clocks()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, timeZone: "America/New_York");
        using var api = await host.ApiAsync(await host.Given.PersonAsync(institution));
        var id = await api.RepeatedAsync(instrument, localStart: "2026-03-07T09:00", localEnd: "2026-03-07T10:00");
        var day = new LocalDate(2026, 3, 7);
        await MovedAsync(api, id, 0, Day.At(day, 11, zone: "America/New_York"), Day.At(day, 12, zone: "America/New_York"), "all");
        (await api.TimesAsync(id, "America/New_York")).ShouldBe(["03-07 11:00 confirmed", "03-08 11:00 confirmed", "03-09 11:00 confirmed"]);
    }

    [Theory]
    [InlineData("following")]
    [InlineData("all")]
    public async Task A_booking_that_is_of_no_series_has_no_other_dates(string scope)
    {
        var (api, instrument) = await PrepareAsync();
        var booking = (await (await api.BookAsync(instrument, At(3, 9), At(3, 10))).JsonAsync()).GetProperty("id").GetGuid();
        (await (await api.CancelAsync(booking, scope)).CodesAsync()).ShouldBe(["series.not-in-series"]);
        (await (await api.MoveAsync(booking, At(3, 11), At(3, 12), scope)).CodesAsync()).ShouldBe(["series.not-in-series"]);
        (await (await api.CancelAsync(booking, "everything")).CodesAsync()).ShouldBe(["series.scope"]);
        (await api.CancelAsync(Guid.CreateVersion7(), scope)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Two_overlapping_series_raced_from_two_nodes_never_overlap_and_each_is_whole()
    {
        await using var second = host.NewNode();
        var institution = await host.Given.InstitutionAsync();
        using var one = await host.ApiAsync(await host.Given.PersonAsync(institution));
        using var two = await second.ApiAsync(await host.Given.PersonAsync(institution));
        for (var round = 0; round < 6; round++)
        {
            var instrument = await host.Given.InstrumentAsync(institution);
            var skip = round % 2 == 1 ? "skip" : "fail";
            // The second also races single bookings, which wait for no series.
            var answers = await Task.WhenAll(
                one.RepeatAsync(instrument, "FREQ=DAILY;COUNT=10", conflicts: skip), two.RepeatAsync(instrument, "FREQ=DAILY;INTERVAL=2;COUNT=8", "2026-03-03T09:30", "2026-03-03T10:30", skip),
                two.BookAsync(instrument, At(7, 9), At(7, 10)));
            answers.ShouldAllBe(a => a.StatusCode == HttpStatusCode.Created || a.StatusCode == HttpStatusCode.Conflict);
            var rows = await host.ScalarAsync<string>("SELECT coalesce(string_agg(n::text, ' '), '') FROM (SELECT count(*) n FROM bookings WHERE instrument_id = @id AND series_id IS NOT NULL GROUP BY series_id) c", ("id", instrument.Id.Value));
            if (skip == "fail") rows.Split(' ', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(n => n == "10" || n == "8");
            else answers.Take(2).ShouldAllBe(a => a.StatusCode == HttpStatusCode.Created);
            (await host.ScalarAsync<long>("SELECT count(*) FROM bookings a JOIN bookings b ON a.instrument_id = b.instrument_id AND a.id < b.id AND a.held && b.held WHERE a.instrument_id = @id", ("id", instrument.Id.Value))).ShouldBe(0);
            (await host.ScalarAsync<long>("SELECT count(*) FROM booking_series_dates d JOIN booking_series s ON s.id = d.series_id LEFT JOIN bookings b ON b.id = d.booking_id AND b.series_id = s.id WHERE s.instrument_id = @id AND (b.id IS NULL) <> (d.problems <> '[]')", ("id", instrument.Id.Value))).ShouldBe(0);
        }
    }

    private static Instant At(int day, int hour) => Day.At(new LocalDate(2026, 3, day), hour);

    private static async Task MovedAsync(HttpClient api, Guid series, int index, Instant startsAt, Instant endsAt, string? scope = null)
    {
        var answer = await api.MoveAsync(await api.BookingAsync(series, index), startsAt, endsAt, scope);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    private async Task<(HttpClient Api, Instrument Instrument)> PrepareAsync(Func<BookingRuleSet, BookingRuleSet>? rules = null)
    {
        var institution = await host.Given.InstitutionAsync();
        return (await host.ApiAsync(await host.Given.PersonAsync(institution)), await host.Given.InstrumentAsync(institution, rules: rules));
    }
}
