using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Series;

public sealed class SeriesPagesTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly (string, string)[] Weekly = [("StartsAt", "2026-03-03T09:00"), ("EndsAt", "2026-03-03T10:00"), ("Repeat", "weekly"), ("Every", "1"), ("Days", "TU"), ("Days", "TH"), ("Count", "4")];

    [Fact]
    public async Task A_series_is_repeated_from_the_calendar_previewed_and_booked_without_scripts()
    {
        var (instrument, person) = await PrepareAsync();
        var pages = await host.PagesAsync(person);
        var calendar = await pages.GetAsync($"/instruments/{instrument.Id.Value}/calendar");
        calendar.QuerySelector("[data-check-series]")!.GetAttribute("formaction").ShouldBe($"/instruments/{instrument.Id.Value}/series");
        calendar.QuerySelector("form#book")!.SetAttribute("action", $"/instruments/{instrument.Id.Value}/series");
        var preview = await pages.SubmitAsync(calendar, "form#book", Weekly);
        preview.QuerySelectorAll("[data-series-preview] tr[data-date=pass]").Length.ShouldBe(4);
        preview.QuerySelector("#Count")!.GetAttribute("value").ShouldBe("4");
        preview.QuerySelectorAll("input[name=Days][checked]").Length.ShouldBe(2);
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id = @id", ("id", instrument.Id.Value))).ShouldBe(0);
        preview.QuerySelector("form#series")!.SetAttribute("action", $"/instruments/{instrument.Id.Value}/series?handler=Book");
        var series = await pages.SubmitAsync(preview, "form#series");
        series.QuerySelector(".lead")!.TextContent.ShouldBe("Every week, Tuesday, Thursday, 4 times");
        series.QuerySelectorAll("tr[data-date=confirmed]").Length.ShouldBe(4);
        series.QuerySelector("[role=status]")!.TextContent.ShouldContain("One mail");
    }

    [Fact]
    public async Task A_preview_lists_failing_dates_and_skipped_ones_are_tried_again()
    {
        var (instrument, person) = await PrepareAsync();
        var other = await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(), Day.At(new(2026, 3, 5), 9));
        var pages = await host.PagesAsync(person, "zh-CN");
        var form = await pages.GetAsync($"/instruments/{instrument.Id.Value}/series");
        var preview = await pages.SubmitAsync(form, "form#series", Weekly);
        preview.QuerySelectorAll("tr[data-date=fail]").Length.ShouldBe(1);
        preview.QuerySelector("[data-do-book]").ShouldBeNull();
        preview = await pages.SubmitAsync(preview, "form#series", ("Conflicts", "skip"));
        preview.QuerySelector("[data-do-book]").ShouldNotBeNull();
        preview.QuerySelector("form#series")!.SetAttribute("action", $"/instruments/{instrument.Id.Value}/series?handler=Book");
        var series = await pages.SubmitAsync(preview, "form#series");
        series.QuerySelector("tr[data-date=skipped]")!.TextContent.ShouldContain("2026年3月5日");
        var refused = await pages.SubmitAsync(series, "form[data-add-skipped]");
        refused.QuerySelector("[data-problems]")!.TextContent.ShouldContain("series.dates-refused");
        await host.ExecuteAsync("UPDATE bookings SET status = 'cancelled' WHERE id = @id", ("id", other.Id.Value));
        (await pages.SubmitAsync(refused, "tr[data-date=skipped] form")).QuerySelectorAll("tr[data-date=confirmed]").Length.ShouldBe(4);
    }

    [Theory]
    [InlineData("Count", "many", "series.number")]
    [InlineData("Until", "soon", "series.until")]
    [InlineData("Count", "", "series.no-end")]
    [InlineData("Repeat", "hourly", "series.repeat")]
    [InlineData("StartsAt", "morning", "booking.time-typed")]
    [InlineData("EndsAt", "2026-03-03T08:00", "series.end-before-start")]
    [InlineData("Conflicts", "maybe", "series.conflicts")]
    public async Task What_was_typed_stays_when_it_is_refused(string field, string value, string code)
    {
        var (instrument, person) = await PrepareAsync();
        var pages = await host.PagesAsync(person);
        var form = await pages.GetAsync($"/instruments/{instrument.Id.Value}/series");
        var answer = await pages.SubmitAsync(form, "form#series", [.. Weekly.Where(w => w.Item1 != field), ("Purpose", "晶粒"), (field, value)]);
        answer.QuerySelector("[data-problems]")!.TextContent.ShouldContain(code);
        answer.QuerySelector("#Purpose")!.GetAttribute("value").ShouldBe("晶粒");
        answer.QuerySelectorAll("input[name=Days][checked]").Length.ShouldBe(2);
        if (field is not ("Repeat" or "Conflicts")) (answer.QuerySelector("#" + field)!.GetAttribute("value") ?? string.Empty).ShouldBe(value);
    }

    [Fact]
    public async Task A_booking_of_a_series_is_moved_and_cancelled_for_the_dates_that_are_chosen()
    {
        var (instrument, person) = await PrepareAsync();
        using var api = await host.ApiAsync(person);
        var id = await api.RepeatedAsync(instrument);
        var pages = await host.PagesAsync(person);
        var booking = await pages.GetAsync($"/bookings/{await api.BookingAsync(id, 0)}");
        var preview = await pages.SubmitAsync(booking, "form[data-move]", ("StartsAt", "2026-03-03T11:00"), ("EndsAt", "2026-03-03T12:00"), ("Scope", "all"));
        preview.QuerySelectorAll("[data-confirm-moves] tr[data-date=pass]").Length.ShouldBe(3);
        (await api.TimesAsync(id)).ShouldBe(["03-03 09:00 confirmed", "03-04 09:00 confirmed", "03-05 09:00 confirmed"], "looking moves nothing");
        preview.QuerySelector("form#move")!.SetAttribute("action", preview.QuerySelector("[data-do-move]")!.GetAttribute("formaction")!);
        var series = await pages.SubmitAsync(preview, "form#move");
        pages.Last.RequestMessage!.RequestUri!.AbsolutePath.ShouldBe($"/booking-series/{id}");
        (await api.TimesAsync(id)).ShouldBe(["03-03 11:00 confirmed", "03-04 11:00 confirmed", "03-05 11:00 confirmed"]);
        booking = await pages.GetAsync($"/bookings/{await api.BookingAsync(id, 1)}");
        await pages.SubmitAsync(booking, "form[data-cancel]", ("Scope", "following"));
        (await api.TimesAsync(id)).ShouldBe(["03-03 11:00 confirmed", "03-04 11:00 cancelled", "03-05 11:00 cancelled"]);
        series = await pages.GetAsync($"/booking-series/{id}");
        (await pages.SubmitAsync(series, "form[data-cancel-series]")).QuerySelectorAll("tr[data-date=cancelled]").Length.ShouldBe(3);
    }

    [Fact]
    public async Task Requests_of_a_series_are_decided_at_once_from_the_page()
    {
        var (instrument, person) = await PrepareAsync(r => r with { ApprovalRequired = true });
        using var api = await host.ApiAsync(person);
        var (one, two) = (await api.RepeatedAsync(instrument), await api.RepeatedAsync(instrument, localStart: "2026-03-03T13:00", localEnd: "2026-03-03T14:00"));
        var pages = await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, instrumentId: instrument.Id.Value));
        var requests = await pages.GetAsync("/manage/requests");
        requests.QuerySelectorAll($"button[value='{one}']").Length.ShouldBe(2);
        requests.QuerySelector("form[data-requests]")!.SetAttribute("action", "/manage/requests?handler=ApproveSeries");
        requests = await pages.SubmitAsync(requests, "form[data-requests]", ("Series", one.ToString()));
        requests.QuerySelectorAll($"button[value='{one}']").ShouldBeEmpty();
        requests.QuerySelector("form[data-requests]")!.SetAttribute("action", "/manage/requests?handler=RejectSeries");
        requests = await pages.SubmitAsync(requests, "form[data-requests]", ("Series", two.ToString()));
        requests.QuerySelector("[data-problems]")!.TextContent.ShouldContain("booking.text-missing");
        (await api.TimesAsync(one)).ShouldAllBe(t => t.EndsWith("confirmed", StringComparison.Ordinal));
        (await api.TimesAsync(two)).ShouldAllBe(t => t.EndsWith("requested", StringComparison.Ordinal));
    }

    private async Task<(Instrument Instrument, Person Person)> PrepareAsync(Func<BookingRuleSet, BookingRuleSet>? rules = null)
    {
        var institution = await host.Given.InstitutionAsync();
        return (await host.Given.InstrumentAsync(institution, rules: rules), await host.Given.PersonAsync(institution));
    }
}
