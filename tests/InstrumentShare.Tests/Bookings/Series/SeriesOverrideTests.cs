using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Series;

/// <summary>A look before many dates move, and one reason of staff for all dates that need it.</summary>
public sealed class SeriesOverrideTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task A_look_at_moving_many_dates_says_which_clash_and_why_and_moves_nothing()
    {
        var (instrument, person, manager) = await PrepareAsync();
        var api = await host.ApiAsync(person);
        var id = await api.RepeatedAsync(instrument);
        await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(), At(4, 14));
        var path = $"/api/v1/bookings/{await api.BookingAsync(id, 0)}/reschedule";
        var wish = new { startsAt = At(3, 14).ToString(), endsAt = At(3, 15).ToString(), scope = "all" };
        var look = await (await api.PostAsJsonAsync(path + "/series-preview", wish)).JsonAsync();
        (look.GetProperty("mayBeMoved").GetBoolean(), look.GetProperty("failing").GetInt32()).ShouldBe((false, 1));
        look.GetProperty("dates").EnumerateArray().Select(d => string.Join(',', d.GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("code").GetString()))).ShouldBe(["", "booking.overlap", ""]);
        look.GetProperty("dates")[0].GetProperty("startsAt").GetString().ShouldBe(At(3, 14).ToString());
        look.GetProperty("dates")[0].GetProperty("startsAtBefore").GetString().ShouldBe(At(3, 9).ToString());
        (await (await api.PostAsJsonAsync(path, wish)).CodesAsync()).ShouldBe(["series.dates-refused", "booking.overlap"]);
        (await api.TimesAsync(id)).ShouldBe(["03-03 09:00 confirmed", "03-04 09:00 confirmed", "03-05 09:00 confirmed"]);

        var pages = await host.PagesAsync(person);
        var page = await pages.GetAsync($"/bookings/{await api.BookingAsync(id, 0)}");
        var clash = await pages.SubmitAsync(page, "form[data-move]", ("StartsAt", "2026-03-03T14:00"), ("EndsAt", "2026-03-03T15:00"), ("Scope", "all"));
        (clash.QuerySelectorAll("tr[data-date=fail]").Length, clash.QuerySelector("[data-do-move]")).ShouldBe((1, null));
        clash.QuerySelector("#StartsAt")!.GetAttribute("value").ShouldBe("2026-03-03T14:00");
        (await manager.PostAsJsonAsync(path + "/series-preview", wish with { scope = "everything" })).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await (await host.ApiAsync(await host.Given.PersonAsync())).PostAsJsonAsync(path + "/series-preview", wish)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await (await host.ApiAsync()).PostAsJsonAsync(path + "/series-preview", wish)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Staff_book_a_whole_series_over_soft_rules_for_one_reason_that_each_booking_keeps()
    {
        var (instrument, person, manager) = await PrepareAsync(r => r with { MaxMinutes = 60 });
        var wish = new { instrumentId = instrument.Id.Value, localStart = "2026-03-03T09:00", localEnd = "2026-03-03T11:00", rrule = SeriesClient.ThreeDays, overrideReason = "校庆开放日" };
        (await (await manager.PostAsJsonAsync("/api/v1/booking-series", new { wish.instrumentId, wish.localStart, wish.localEnd, wish.rrule })).CodesAsync()).ShouldBe(["series.dates-refused", "booking.max-length", "booking.max-length", "booking.max-length"]);
        (await (await (await host.ApiAsync(person)).PostAsJsonAsync("/api/v1/booking-series", wish)).CodesAsync()).ShouldContain("booking.max-length", "a reason is staff's");
        var made = await (await manager.PostAsJsonAsync("/api/v1/booking-series", wish)).JsonAsync(HttpStatusCode.Created);
        made.GetProperty("dates").EnumerateArray().Select(d => d.GetProperty("overridden")[0].GetString()).ShouldBe(["booking.max-length", "booking.max-length", "booking.max-length"]);
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id = @i AND override_reason = '校庆开放日'", ("i", instrument.Id.Value))).ShouldBe(3);
        (await host.ScalarAsync<long>("SELECT count(*) FROM audit_entries a JOIN bookings b ON b.id::text = a.subject_id WHERE b.instrument_id = @i AND a.action = 'booking.override' AND a.reason = '校庆开放日'", ("i", instrument.Id.Value))).ShouldBe(3);
    }

    [Fact]
    public async Task No_reason_goes_over_a_time_that_is_taken()
    {
        var (instrument, _, manager) = await PrepareAsync(r => r with { MaxMinutes = 60 });
        await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(), At(4, 10));
        var wish = new { instrumentId = instrument.Id.Value, localStart = "2026-03-03T09:00", localEnd = "2026-03-03T11:00", rrule = SeriesClient.ThreeDays, overrideReason = "校庆开放日", conflicts = "fail" };
        (await (await manager.PostAsJsonAsync("/api/v1/booking-series", wish)).CodesAsync()).ShouldBe(["series.dates-refused", "booking.max-length", "booking.overlap"]);
        var skipped = await (await manager.PostAsJsonAsync("/api/v1/booking-series", wish with { conflicts = "skip" })).JsonAsync(HttpStatusCode.Created);
        (skipped.GetProperty("bookable").GetInt32(), skipped.GetProperty("failing").GetInt32()).ShouldBe((2, 1));
    }

    [Fact]
    public async Task Staff_move_a_whole_series_over_soft_rules_for_one_reason_and_its_holder_does_not()
    {
        var (instrument, person, manager) = await PrepareAsync(r => r with { MaxMinutes = 60 });
        var api = await host.ApiAsync(person);
        var id = await api.RepeatedAsync(instrument);
        var path = $"/api/v1/bookings/{await api.BookingAsync(id, 0)}/reschedule";
        var wish = new { startsAt = At(3, 14).ToString(), endsAt = At(3, 16).ToString(), scope = "all", overrideReason = "整机维护" };
        (await (await api.PostAsJsonAsync(path, wish)).CodesAsync()).ShouldBe(["series.dates-refused", "booking.max-length", "booking.max-length", "booking.max-length"]);
        (await (await manager.PostAsJsonAsync(path + "/series-preview", wish)).JsonAsync()).GetProperty("mayBeMoved").GetBoolean().ShouldBeTrue();
        await (await manager.PostAsJsonAsync(path, wish)).JsonAsync();
        (await api.TimesAsync(id)).ShouldBe(["03-03 14:00 confirmed", "03-04 14:00 confirmed", "03-05 14:00 confirmed"]);
        (await host.ScalarAsync<long>("SELECT count(*) FROM audit_entries a JOIN bookings b ON b.id::text = a.subject_id WHERE b.instrument_id = @i AND a.action = 'booking.override' AND a.reason = '整机维护'", ("i", instrument.Id.Value))).ShouldBe(3);
    }

    [Fact]
    public async Task On_the_page_staff_give_the_reason_and_see_what_it_goes_over()
    {
        var (instrument, _, _) = await PrepareAsync(r => r with { MaxMinutes = 60 });
        var desk = await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, instrumentId: instrument.Id.Value));
        var form = await desk.GetAsync($"/instruments/{instrument.Id.Value}/series");
        var preview = await desk.SubmitAsync(form, "form#series", ("StartsAt", "2026-03-03T09:00"), ("EndsAt", "2026-03-03T11:00"), ("Repeat", "daily"), ("Every", "1"), ("Count", "2"), ("OverrideReason", "校庆开放日"));
        preview.QuerySelectorAll("[data-overridden]").Length.ShouldBe(2, preview.Body!.TextContent);
        preview.QuerySelector("[data-do-book]").ShouldNotBeNull();
        (await (await host.PagesAsync(await host.Given.PersonAsync())).GetAsync($"/instruments/{instrument.Id.Value}/series")).QuerySelector("#OverrideReason").ShouldBeNull();
    }

    private static Instant At(int day, int hour) => Day.At(new LocalDate(2026, 3, day), hour);

    private async Task<(Instrument Instrument, Person Person, HttpClient Manager)> PrepareAsync(Func<BookingRuleSet, BookingRuleSet>? rules = null)
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, rules: rules);
        return (instrument, await host.Given.PersonAsync(institution), await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution)));
    }
}
