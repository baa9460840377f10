using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Bookings.Series;

public sealed class BookSeriesTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task Each_role_may_what_the_table_says()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, rules: r => r with { ApprovalRequired = true });
        using var holder = await host.ApiAsync(await host.Given.PersonAsync(institution));
        var table = new (Person? Person, HttpStatusCode Book, HttpStatusCode Read, HttpStatusCode Add, HttpStatusCode Cancel, HttpStatusCode Approve)[]
        {
            (null, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized),
            (await host.Given.PersonAsync(institution), HttpStatusCode.Created, HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.Forbidden),
            (await host.Given.PersonWithRoleAsync(Role.Technician, institution), HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
            (await host.Given.PersonWithRoleAsync(Role.LabManager, institution), HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.OK, HttpStatusCode.OK),
            (await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync()), HttpStatusCode.Created, HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound),
            (await host.Given.PersonWithRoleAsync(Role.Auditor), HttpStatusCode.Forbidden, HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
        };
        for (var row = 0; row < table.Length; row++)
        {
            var day = $"2026-03-{3 + row:00}";
            var standing = await holder.RepeatedAsync(instrument, "FREQ=DAILY;COUNT=1", localStart: day + "T09:00", localEnd: day + "T10:00");
            var other = await holder.RepeatedAsync(instrument, "FREQ=DAILY;COUNT=1", localStart: day + "T11:00", localEnd: day + "T12:00");
            var booking = await holder.BookingAsync(standing, 0);
            using var api = await host.ApiAsync(table[row].Person);
            (await api.RepeatAsync(instrument, "FREQ=DAILY;COUNT=1", day + "T14:00", day + "T15:00")).StatusCode.ShouldBe(table[row].Book, $"row {row}");
            (await api.GetAsync($"/api/v1/booking-series/{standing}")).StatusCode.ShouldBe(table[row].Read, $"row {row}");
            (await api.PostAsJsonAsync($"/api/v1/booking-series/{standing}/add-skipped", new { })).StatusCode.ShouldBe(table[row].Add, $"row {row}");
            (await api.CancelAsync(booking, "all", "test")).StatusCode.ShouldBe(table[row].Cancel, $"row {row}");
            (await api.PostAsync($"/api/v1/booking-series/{other}/approve", null)).StatusCode.ShouldBe(table[row].Approve, $"row {row}");
        }
    }

    [Fact]
    public async Task A_series_is_booked_with_its_place_dates_and_total()
    {
        var (instrument, person) = await PrepareAsync();
        await host.Given.PricesAsync(instrument);
        using var api = await host.ApiAsync(person);
        var answer = await api.RepeatAsync(instrument, "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=4", exDates: ["2026-03-05"], rDates: ["2026-03-06T14:00"], purpose: "系列");
        answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        var plan = await answer.JsonAsync();
        var id = plan.GetProperty("id").GetGuid();
        answer.Headers.Location!.ToString().ShouldBe($"/api/v1/booking-series/{id}");
        (plan.GetProperty("bookable").GetInt32(), plan.GetProperty("total").GetProperty("amount").GetString()).ShouldBe((4, "480.00"));
        (await api.TimesAsync(id)).ShouldBe(["03-03 09:00 confirmed", "03-06 14:00 confirmed", "03-10 09:00 confirmed", "03-12 09:00 confirmed"]);
        (await api.SeriesAsync(id)).GetProperty("rrule").GetString().ShouldBe("FREQ=WEEKLY;COUNT=4;BYDAY=TU,TH");
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE series_id = @id AND purpose = '系列'", ("id", id))).ShouldBe(4);
    }

    [Fact]
    public async Task My_series_are_listed_the_newest_first_with_what_is_to_come()
    {
        var (instrument, person) = await PrepareAsync();
        using var api = await host.ApiAsync(person);
        var first = await api.RepeatedAsync(instrument);
        var second = await api.RepeatedAsync(instrument, "FREQ=DAILY;COUNT=2", localStart: "2026-03-03T14:00", localEnd: "2026-03-03T15:00");
        await api.CancelAsync(await api.BookingAsync(first, 0), "this");
        var page = await api.GetFromJsonAsync<JsonElement>("/api/v1/booking-series?limit=1");
        (page.GetProperty("items")[0].GetProperty("id").GetGuid(), page.GetProperty("items")[0].GetProperty("coming").GetInt32(), page.GetProperty("total").GetInt32()).ShouldBe((second, 2, 2));
        var rest = await api.GetFromJsonAsync<JsonElement>($"/api/v1/booking-series?limit=1&cursor={page.GetProperty("nextCursor").GetString()}");
        (rest.GetProperty("items")[0].GetProperty("id").GetGuid(), rest.GetProperty("items")[0].GetProperty("coming").GetInt32(), rest.GetProperty("nextCursor").ValueKind).ShouldBe((first, 2, JsonValueKind.Null));
        (await (await api.GetAsync("/api/v1/booking-series?cursor=x")).CodesAsync()).ShouldBe(["request.cursor"]);
        using var other = await host.ApiAsync(await host.Given.PersonAsync());
        (await other.GetFromJsonAsync<JsonElement>("/api/v1/booking-series")).GetProperty("total").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task A_series_sends_one_mail_and_an_event_for_each_date()
    {
        var (instrument, person) = await PrepareAsync();
        using var api = await host.ApiAsync(person);
        var id = await api.RepeatedAsync(instrument);
        await api.CancelAsync(await api.BookingAsync(id, 1), "following");
        await api.MoveAsync(await api.BookingAsync(id, 0), Day.Tomorrow(11), Day.Tomorrow(12), "all");
        var mail = await host.ScalarAsync<string>("SELECT string_agg(kind || ' ' || (data->>'count'), ', ' ORDER BY created_at, kind) FROM outbox_messages WHERE person_id = @id AND kind LIKE 'booking%'", ("id", person.Id));
        mail!.Split(", ").ShouldBe(["booking-series.created 3", "booking-series.cancelled 2", "booking-series.changed 1"], ignoreOrder: true);
        (await host.ScalarAsync<long>("SELECT count(*) FROM events e JOIN bookings b ON b.id = e.subject_id WHERE b.series_id = @id AND e.name = 'booking.confirmed'", ("id", id))).ShouldBe(3);
        (await host.ScalarAsync<string>("SELECT string_agg(name, ' ' ORDER BY sequence) FROM events WHERE subject_id = @id", ("id", id))).ShouldBe("booking-series.created booking-series.cancelled booking-series.changed");
    }

    [Fact]
    public async Task A_dry_run_says_what_would_come_and_writes_nothing()
    {
        var (instrument, person) = await PrepareAsync();
        await host.Given.BookingAsync(instrument, person, Day.At(new(2026, 3, 4), 9));
        using var api = await host.ApiAsync(person);
        var answer = await api.RepeatAsync(instrument, dryRun: true);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var plan = await answer.JsonAsync();
        (plan.GetProperty("id").ValueKind, plan.GetProperty("bookable").GetInt32(), plan.GetProperty("failing").GetInt32(), plan.GetProperty("mayBeBooked").GetBoolean()).ShouldBe((JsonValueKind.Null, 2, 1, false));
        plan.GetProperty("dates")[1].GetProperty("problems")[0].GetProperty("code").GetString().ShouldBe("booking.overlap");
        (await host.ScalarAsync<long>("SELECT count(*) FROM booking_series WHERE instrument_id = @id", ("id", instrument.Id.Value))).ShouldBe(0);
    }

    [Fact]
    public async Task With_fail_nothing_is_booked_and_every_failing_date_is_listed_with_its_codes()
    {
        var (instrument, person) = await PrepareAsync();
        await host.Given.BookingAsync(instrument, person, Day.At(new(2026, 3, 4), 9));
        await host.Given.ClosureAsync(instrument, Day.At(new(2026, 3, 6), 8), Day.At(new(2026, 3, 6), 12));
        using var api = await host.ApiAsync(person);
        var answer = await api.RepeatAsync(instrument, "FREQ=DAILY;COUNT=5");
        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var problems = (await answer.JsonAsync()).GetProperty("problems").EnumerateArray().ToList();
        problems.Select(p => p.GetProperty("code").GetString() + " " + p.GetProperty("field").GetString())
            .ShouldBe(["series.dates-refused dates", "booking.overlap dates[2026-03-04T09:00]", "booking.closure dates[2026-03-06T09:00]"]);
        problems[1].GetProperty("message").GetString()!.ShouldStartWith("Wed 4 Mar 2026: ");
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id = @id", ("id", instrument.Id.Value))).ShouldBe(1);
    }

    [Fact]
    public async Task With_skip_failing_dates_are_remembered_with_their_problems_in_both_languages()
    {
        var (instrument, person) = await PrepareAsync();
        await host.Given.BookingAsync(instrument, person, Day.At(new(2026, 3, 4), 9));
        using var api = await host.ApiAsync(person);
        var id = await api.RepeatedAsync(instrument, conflicts: "skip");
        (await api.TimesAsync(id)).ShouldBe(["03-03 09:00 confirmed", "03-04 09:00 skipped", "03-05 09:00 confirmed"]);
        (await api.SeriesAsync(id)).GetProperty("dates")[1].GetProperty("problems")[0].GetProperty("message").GetString()!.ShouldContain("taken");
        using var chinese = await host.ApiAsync(person, "zh-CN");
        (await chinese.SeriesAsync(id)).GetProperty("dates")[1].GetProperty("problems")[0].GetProperty("message").GetString()!.ShouldContain("2026年3月4日");
    }

    [Fact]
    public async Task Limits_count_the_other_dates_of_the_series()
    {
        var (instrument, person) = await PrepareAsync(r => r with { PersonWeekMinutes = 120 });
        using var api = await host.ApiAsync(person);
        var answer = await api.RepeatAsync(instrument, "FREQ=DAILY;COUNT=8");
        (await answer.CodesAsync()).ShouldBe(["series.dates-refused", "booking.week-limit", "booking.week-limit", "booking.week-limit", "booking.week-limit"]);
        (await api.TimesAsync(await api.RepeatedAsync(instrument, "FREQ=DAILY;COUNT=8", "skip"))).Where(t => t.EndsWith("confirmed", StringComparison.Ordinal))
            .ShouldBe(["03-03 09:00 confirmed", "03-04 09:00 confirmed", "03-09 09:00 confirmed", "03-10 09:00 confirmed"]);
    }

    [Fact]
    public async Task Gates_are_asked_for_each_date()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var person = await host.Given.PersonAsync(institution);
        await host.Given.CertificateAsync(await host.Given.QualificationAsync(institution, instrument), person, validTo: new NodaTime.LocalDate(2026, 3, 4));
        using var api = await host.ApiAsync(person);
        var dates = (await (await api.RepeatAsync(instrument, dryRun: true)).JsonAsync()).GetProperty("dates");
        dates.EnumerateArray().Select(d => d.GetProperty("problems").GetArrayLength()).ShouldBe([0, 0, 1]);
        dates[2].GetProperty("problems")[0].GetProperty("code").GetString().ShouldBe("booking.qualification-expired");
    }

    [Fact]
    public async Task Where_approval_is_required_each_date_is_requested_and_the_series_decided_at_once()
    {
        var (instrument, person) = await PrepareAsync(r => r with { ApprovalRequired = true });
        using var api = await host.ApiAsync(person);
        var (one, two) = (await api.RepeatedAsync(instrument), await api.RepeatedAsync(instrument, localStart: "2026-03-03T13:00", localEnd: "2026-03-03T14:00"));
        (await api.TimesAsync(one)).ShouldAllBe(t => t.EndsWith("requested", StringComparison.Ordinal));
        using var manager = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, instrumentId: instrument.Id.Value));
        (await manager.PostAsync($"/api/v1/booking-series/{one}/approve", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await (await manager.PostAsJsonAsync($"/api/v1/booking-series/{two}/reject", new { })).CodesAsync()).ShouldBe(["booking.text-missing"]);
        (await manager.PostAsJsonAsync($"/api/v1/booking-series/{two}/reject", new { reason = "维护" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await api.TimesAsync(one)).ShouldAllBe(t => t.EndsWith("confirmed", StringComparison.Ordinal));
        (await api.TimesAsync(two)).ShouldAllBe(t => t.EndsWith("rejected", StringComparison.Ordinal));
        (await (await manager.PostAsync($"/api/v1/booking-series/{one}/approve", null)).CodesAsync()).ShouldBe(["series.no-requests"]);
    }

    [Theory]
    [InlineData("America/New_York", "2026-03-07T09:00", "03-07 09:00 03-08 09:00 03-09 09:00", "14 13 13")]
    [InlineData("Australia/Lord_Howe", "2026-04-04T09:00", "04-04 09:00 04-05 09:00 04-06 09:00", "22 22 22")]
    public async Task Nine_stays_nine_over_a_change_of_clocks(string zone, string start, string local, string utcHours)
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, timeZone: zone, rules: r => r with { HorizonDays = 365 });
        using var api = await host.ApiAsync(await host.Given.PersonAsync(institution));
        var id = await api.RepeatedAsync(instrument, localStart: start, localEnd: start.Replace("09:00", "10:00", StringComparison.Ordinal));
        string.Join(' ', (await api.TimesAsync(id, zone)).Select(t => t[..11])).ShouldBe(local);
        string.Join(' ', (await api.SeriesAsync(id)).GetProperty("dates").EnumerateArray().Select(d => d.GetProperty("startsAt").GetString()!.Substring(11, 2))).ShouldBe(utcHours);
    }

    [Fact]
    public async Task A_time_that_clocks_skip_is_told_and_one_that_comes_twice_is_its_first()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, timeZone: "America/New_York", opensHour: 0, closesHour: 24, rules: r => r with { HorizonDays = 365 });
        using var api = await host.ApiAsync(await host.Given.PersonAsync(institution));
        var skipped = (await (await api.RepeatAsync(instrument, localStart: "2026-03-07T02:30", localEnd: "2026-03-07T03:30", dryRun: true)).JsonAsync()).GetProperty("dates");
        skipped.EnumerateArray().Select(d => d.GetProperty("problems").GetArrayLength()).ShouldBe([0, 1, 0]);
        skipped[1].GetProperty("problems")[0].GetProperty("code").GetString().ShouldBe("booking.time-skipped");
        var twice = (await (await api.RepeatAsync(instrument, localStart: "2026-10-31T01:30", localEnd: "2026-10-31T02:30", dryRun: true)).JsonAsync()).GetProperty("dates");
        twice.EnumerateArray().Select(d => d.GetProperty("clockTwice").GetBoolean()).ShouldBe([false, true, false]);
        twice[1].GetProperty("startsAt").GetString().ShouldBe("2026-11-01T05:30:00Z");
    }

    [Theory]
    [InlineData("""{"localStart":"2026-03-03T09:00","localEnd":"2026-03-03T10:00","rrule":"FREQ=DAILY;COUNT=2"}""", "booking.field-missing")]
    [InlineData("""{"instrumentId":"ID","localEnd":"2026-03-03T10:00","rrule":"FREQ=DAILY;COUNT=2"}""", "booking.time-missing")]
    [InlineData("""{"instrumentId":"ID","localStart":"2026-03-03T09:00+08:00","localEnd":"2026-03-03T10:00","rrule":"FREQ=DAILY;COUNT=2"}""", "booking.time-typed")]
    [InlineData("""{"instrumentId":"ID","localStart":"2026-03-03T09:00","localEnd":"2026-03-03T09:00","rrule":"FREQ=DAILY;COUNT=2"}""", "series.end-before-start")]
    [InlineData("""{"instrumentId":"ID","localStart":"2026-03-03T09:00","localEnd":"2199-03-03T09:00","rrule":"FREQ=DAILY;COUNT=2"}""", "booking.too-long")]
    [InlineData("""{"instrumentId":"ID","localStart":"2026-03-03T09:00","localEnd":"2026-03-04T10:00","rrule":"FREQ=DAILY;COUNT=2"}""", "series.overlaps-itself")]
    [InlineData("""{"instrumentId":"ID","localStart":"2026-03-03T09:00","localEnd":"2026-03-03T10:00"}""", "series.rule-unreadable")]
    [InlineData("""{"instrumentId":"ID","localStart":"2026-03-03T09:00","localEnd":"2026-03-03T10:00","rrule":"FREQ=MINUTELY;COUNT=2"}""", "series.rule-frequency")]
    [InlineData("""{"instrumentId":"ID","localStart":"2026-03-03T09:00","localEnd":"2026-03-03T10:00","rrule":"FREQ=DAILY"}""", "series.no-end")]
    [InlineData("""{"instrumentId":"ID","localStart":"2026-03-03T09:00","localEnd":"2026-03-03T10:00","rrule":"FREQ=DAILY;COUNT=2","conflicts":"Skip"}""", "series.conflicts")]
    [InlineData("""{"instrumentId":"ID","localStart":"2026-03-03T09:00","localEnd":"2026-03-03T10:00","rrule":"FREQ=DAILY;COUNT=2","exDates":["soon"]}""", "booking.time-typed")]
    [InlineData("""{"instrumentId":"ID","localStart":"2026-03-03T09:00","localEnd":"2026-03-03T10:00","rrule":"FREQ=DAILY;COUNT=2","exDates":[null]}""", "booking.time-missing")]
    [InlineData("""{"instrumentId":"ID","localStart":"2026-03-03T09:00","localEnd":"2026-03-03T10:00","rrule":"FREQ=DAILY;COUNT=2","rDates":["2026-03-01"]}""", "series.date-before-start")]
    [InlineData("""{"instrumentId":"ID","localStart":"2026-03-03T09:00","localEnd":"2026-03-03T10:00","rrule":"FREQ=DAILY;COUNT=2","purpose":"a\u0000b"}""", "request.nul")]
    [InlineData("""{"instrumentId":"ID","localStart":"2026-03-03T09:00","localEnd":"2026-03-03T10:00","rrule":"FREQ=DAILY;COUNT=2","groupId":"ID"}""", "booking.group-unknown")]
    [InlineData("[]", "request.unreadable")]
    public async Task Bad_input_is_a_400_that_names_it(string body, string code)
    {
        var (instrument, person) = await PrepareAsync();
        using var api = await host.ApiAsync(person);
        var answer = await api.PostAsync("/api/v1/booking-series", new StringContent(body.Replace("ID", instrument.Id.Value.ToString(), StringComparison.Ordinal), System.Text.Encoding.UTF8, "application/json"));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.JsonAsync()).GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task The_same_key_and_body_book_a_series_once()
    {
        var (instrument, person) = await PrepareAsync();
        using var api = await host.ApiAsync(person);
        api.DefaultRequestHeaders.Add("Idempotency-Key", "once");
        var (first, second) = (await api.RepeatAsync(instrument), await api.RepeatAsync(instrument));
        (first.StatusCode, second.StatusCode).ShouldBe((HttpStatusCode.Created, HttpStatusCode.Created));
        (await second.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id = @id", ("id", instrument.Id.Value))).ShouldBe(3);
    }

    [Fact]
    public async Task A_whole_year_of_days_is_booked_in_one_go()
    {
        var (instrument, person) = await PrepareAsync(r => r with { HorizonDays = 400, PersonWeekMinutes = 3000 });
        using var api = await host.ApiAsync(person);
        var id = await api.RepeatedAsync(instrument, "FREQ=DAILY;COUNT=366");
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE series_id = @id", ("id", id))).ShouldBe(366);
        (await api.MoveAsync(await api.BookingAsync(id, 0), Day.Tomorrow(9, 30), Day.Tomorrow(10, 30), "all")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<(Instrument Instrument, Person Person)> PrepareAsync(Func<BookingRuleSet, BookingRuleSet>? rules = null)
    {
        var institution = await host.Given.InstitutionAsync();
        return (await host.Given.InstrumentAsync(institution, rules: rules), await host.Given.PersonAsync(institution));
    }
}
