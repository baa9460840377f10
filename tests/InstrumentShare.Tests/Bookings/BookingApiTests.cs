using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Bookings;

public sealed class BookingApiTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task Each_role_may_what_the_table_says()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, rules: r => r with { ApprovalRequired = true });
        var holder = await host.Given.PersonAsync(institution);
        var expected = new (Person? Person, HttpStatusCode Book, HttpStatusCode Read, HttpStatusCode Cancel, HttpStatusCode Approve)[]
        {
            (null, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized),
            (await host.Given.PersonAsync(institution), HttpStatusCode.Created, HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.Forbidden),
            (await host.Given.PersonWithRoleAsync(Role.Technician, institution), HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
            (await host.Given.PersonWithRoleAsync(Role.LabManager, institution), HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK),
            (await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync()), HttpStatusCode.Created, HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.NotFound),
            (await host.Given.PersonWithRoleAsync(Role.LabManager, instrumentId: instrument.Id.Value), HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK),
            (await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, institution), HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
            (await host.Given.PersonWithRoleAsync(Role.FundingOfficer, region: "CN-34"), HttpStatusCode.Created, HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.Forbidden),
            (await host.Given.PersonWithRoleAsync(Role.Auditor), HttpStatusCode.Forbidden, HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
            (await host.Given.PersonWithRoleAsync(Role.SystemAdministrator), HttpStatusCode.Created, HttpStatusCode.NotFound, HttpStatusCode.NotFound, HttpStatusCode.Forbidden),
        };
        for (var row = 0; row < expected.Length; row++)
        {
            var day = new NodaTime.LocalDate(2026, 3, 3).PlusDays(row);
            var standing = await host.Given.BookingAsync(instrument, holder, Day.At(day, 9), status: BookingStatus.Requested);
            var other = await host.Given.BookingAsync(instrument, holder, Day.At(day, 11), status: BookingStatus.Requested);
            using var api = await host.ApiAsync(expected[row].Person);
            var role = $"row {row}";
            (await api.BookAsync(instrument, Day.At(day, 14), Day.At(day, 15))).StatusCode.ShouldBe(expected[row].Book, role);
            (await api.GetAsync($"/api/v1/bookings/{standing.Id.Value}")).StatusCode.ShouldBe(expected[row].Read, role);
            (await api.PostAsJsonAsync($"/api/v1/bookings/{standing.Id.Value}/cancel", new { reason = "test" })).StatusCode.ShouldBe(expected[row].Cancel, role);
            (await api.PostAsync($"/api/v1/bookings/{other.Id.Value}/approve", null)).StatusCode.ShouldBe(expected[row].Approve, role);
        }
    }

    [Fact]
    public async Task A_booking_answers_201_with_its_place_version_and_estimate()
    {
        var (instrument, person) = await PrepareAsync();
        using var api = await host.ApiAsync(person);
        var answer = await api.BookAsync(instrument, Day.Tomorrow(9), Day.Tomorrow(11));
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        var booked = await answer.JsonAsync();
        answer.Headers.Location!.ToString().ShouldBe($"/api/v1/bookings/{booked.GetProperty("id").GetGuid()}");
        answer.Headers.ETag!.Tag.ShouldBe("\"1\"");
        booked.GetProperty("status").GetString().ShouldBe("confirmed");
        booked.GetProperty("startsAt").GetString().ShouldBe("2026-03-03T01:00:00Z");
        booked.GetProperty("estimate").ValueKind.ShouldBe(JsonValueKind.Null);
        (await api.GetFromJsonAsync<JsonElement>(answer.Headers.Location)).GetProperty("mine").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Event_and_mail_are_written_with_the_booking()
    {
        var (instrument, person) = await PrepareAsync();
        using var api = await host.ApiAsync(person);
        var id = (await (await api.BookAsync(instrument, Day.Tomorrow(9), Day.Tomorrow(10))).JsonAsync()).GetProperty("id").GetGuid();
        (await host.ScalarAsync<string>("SELECT name FROM events WHERE subject_id = @id", ("id", id))).ShouldBe("booking.confirmed");
        (await host.ScalarAsync<string>("SELECT kind || ' ' || recipient FROM outbox_messages WHERE data->>'bookingId' = @id", ("id", id.ToString()))).ShouldBe($"booking.confirmed {person.Email}");
    }

    [Fact]
    public async Task Overlapping_slot_is_refused_with_the_nearest_three_free_slots()
    {
        var (instrument, person) = await PrepareAsync(r => r with { GranularityMinutes = 60, MinMinutes = 60 });
        await host.Given.BookingAsync(instrument, person, Day.Tomorrow(10));
        using var api = await host.ApiAsync(person);
        var answer = await api.BookAsync(instrument, Day.Tomorrow(10), Day.Tomorrow(11));
        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var problem = await answer.JsonAsync();
        problem.GetProperty("code").GetString().ShouldBe("booking.overlap");
        problem.GetProperty("problems")[0].GetProperty("field").GetString().ShouldBe("startsAt");
        problem.GetProperty("problems")[0].GetProperty("data").GetProperty("slots").EnumerateArray().Select(s => s.GetProperty("startsAt").GetString())
            .ShouldBe(["2026-03-03T00:00:00Z", "2026-03-03T01:00:00Z", "2026-03-03T03:00:00Z"]);
    }

    [Fact]
    public async Task All_problems_come_at_once_with_codes_and_fields()
    {
        var (instrument, person) = await PrepareAsync(r => r with { MaxMinutes = 60, HorizonDays = 3 });
        using var api = await host.ApiAsync(person);
        var answer = await api.BookAsync(instrument, Day.At(new(2026, 3, 9), 5, 7), Day.At(new(2026, 3, 9), 9));
        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await answer.CodesAsync()).ShouldBe(["booking.horizon", "booking.max-length", "booking.granularity", "booking.outside-hours"]);
    }

    [Theory]
    [InlineData("""{"startsAt":"2026-03-03T09:00:00+08:00","endsAt":"2026-03-03T10:00:00+08:00"}""", "booking.field-missing")]
    [InlineData("""{"instrumentId":"ID","startsAt":"2026-03-03T09:00:00","endsAt":"2026-03-03T10:00:00+08:00"}""", "booking.time-unreadable")]
    [InlineData("""{"instrumentId":"ID","startsAt":"2026-03-03T09:00:00+08:00"}""", "booking.field-missing")]
    [InlineData("""{"instrumentId":"ID","startsAt":"9999-12-31T23:00:00+08:00","endsAt":"9999-12-31T23:30:00+08:00"}""", "booking.time-unreadable")]
    [InlineData("""{"instrumentId":"ID","startsAt":"2026-03-03T10:00:00+08:00","endsAt":"2026-03-03T09:00:00+08:00"}""", "booking.end-before-start")]
    [InlineData("""{"instrumentId":"ID","startsAt":"2026-03-03T10:00:00+08:00","endsAt":"2026-03-03T10:00:00+08:00"}""", "booking.end-before-start")]
    [InlineData("""{"instrumentId":"ID","startsAt":"2026-03-03T10:00:00+08:00","endsAt":"2027-03-03T10:00:00+08:00"}""", "booking.too-long")]
    [InlineData("""{"instrumentId":"ID","startsAt":"2026-03-03T09:00:00+08:00","endsAt":"2026-03-03T10:00:00+08:00","serviceMode":"SelfOperated"}""", "booking.service-mode")]
    [InlineData("""{"instrumentId":"ID","startsAt":"2026-03-03T09:00:00+08:00","endsAt":"2026-03-03T10:00:00+08:00","purpose":"a\u0000b"}""", "request.nul")]
    [InlineData("""{"instrumentId":"ID","startsAt":"2026-03-03T09:00:00+08:00","endsAt":"2026-03-03T10:00:00+08:00","fundId":"7"}""", "booking.id-unreadable")]
    [InlineData("""{"instrumentId":"ID","startsAt":5}""", "request.unreadable")]
    [InlineData("[]", "request.unreadable")]
    [InlineData("", "request.unreadable")]
    public async Task Bad_input_is_a_400_that_names_it(string body, string code)
    {
        var (instrument, person) = await PrepareAsync();
        using var api = await host.ApiAsync(person);
        var answer = await api.PostAsync("/api/v1/bookings", new StringContent(body.Replace("ID", instrument.Id.Value.ToString(), StringComparison.Ordinal), System.Text.Encoding.UTF8, "application/json"));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.JsonAsync()).GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task The_same_key_and_body_book_once()
    {
        var (instrument, person) = await PrepareAsync();
        using var api = await host.ApiAsync(person);
        api.DefaultRequestHeaders.Add("Idempotency-Key", "once");
        var first = await api.BookAsync(instrument, Day.Tomorrow(9), Day.Tomorrow(10));
        var second = await api.BookAsync(instrument, Day.Tomorrow(9), Day.Tomorrow(10));
        (first.StatusCode, second.StatusCode).ShouldBe((HttpStatusCode.Created, HttpStatusCode.Created));
        (await second.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        var third = await api.BookAsync(instrument, Day.Tomorrow(11), Day.Tomorrow(12));
        (await third.JsonAsync()).GetProperty("code").GetString().ShouldBe("request.key-reused");
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id = @id", ("id", instrument.Id.Value))).ShouldBe(1);
    }

    [Fact]
    public async Task A_move_or_cancellation_on_a_version_that_has_passed_is_stale()
    {
        var (instrument, person) = await PrepareAsync();
        var booking = await host.Given.BookingAsync(instrument, person);
        using var api = await host.ApiAsync(person);
        (await api.MoveAsync(booking, Day.Tomorrow(14), Day.Tomorrow(15), "\"1\"")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await api.MoveAsync(booking, Day.Tomorrow(16), Day.Tomorrow(17), "\"1\"")).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        api.DefaultRequestHeaders.IfMatch.ParseAdd("\"1\"");
        (await api.PostAsJsonAsync($"/api/v1/bookings/{booking.Id.Value}/cancel", new { })).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
    }

    [Fact]
    public async Task A_slash_at_the_end_of_an_address_changes_nothing()
    {
        var (instrument, person) = await PrepareAsync();
        using var anyone = await host.ApiAsync();
        (await anyone.PostAsJsonAsync("/api/v1/account/login/", new { email = person.Email, password = Given.Password })).StatusCode.ShouldBe(HttpStatusCode.OK);
        using var api = await host.ApiAsync(person);
        var made = await (await api.PostAsJsonAsync("/api/v1/bookings/", new { instrumentId = instrument.Id.Value, startsAt = Day.Tomorrow(9).ToString(), endsAt = Day.Tomorrow(10).ToString() })).JsonAsync(HttpStatusCode.Created);
        var id = made.GetProperty("id").GetGuid();
        (await api.GetFromJsonAsync<JsonElement>("/api/v1/bookings/?mine=true")).GetProperty("total").GetInt32().ShouldBe(1);
        (await api.GetFromJsonAsync<JsonElement>($"/api/v1/bookings/{id}/")).GetProperty("id").GetGuid().ShouldBe(id);
        (await api.PostAsJsonAsync($"/api/v1/bookings/{id}/cancel/", new { })).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Unknown_instruments_and_bookings_are_not_found()
    {
        var (_, person) = await PrepareAsync();
        using var api = await host.ApiAsync(person);
        (await api.BookAsync(Guid.CreateVersion7(), Day.Tomorrow(9), Day.Tomorrow(10))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await api.GetAsync($"/api/v1/bookings/{Guid.CreateVersion7()}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await api.GetAsync($"/api/v1/instruments/{Guid.CreateVersion7()}/calendar")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var hidden = await host.Given.InstrumentAsync(isVisible: false);
        (await api.BookAsync(hidden, Day.Tomorrow(9), Day.Tomorrow(10))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await api.GetAsync($"/api/v1/instruments/{hidden.Id.Value}/free-slots")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task The_list_shows_own_bookings_in_order_page_by_page()
    {
        var (instrument, person) = await PrepareAsync();
        for (var hour = 8; hour < 13; hour++) await host.Given.BookingAsync(instrument, person, Day.Tomorrow(hour));
        await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(), Day.Tomorrow(14));
        using var api = await host.ApiAsync(person);
        var first = await api.GetFromJsonAsync<JsonElement>("/api/v1/bookings?mine=true&limit=3");
        first.GetProperty("total").GetInt32().ShouldBe(5);
        var second = await api.GetFromJsonAsync<JsonElement>($"/api/v1/bookings?mine=true&limit=3&cursor={first.GetProperty("nextCursor").GetString()}");
        first.GetProperty("items").EnumerateArray().Concat(second.GetProperty("items").EnumerateArray()).Select(b => b.GetProperty("startsAt").GetString()!.Substring(11, 2))
            .ShouldBe(["00", "01", "02", "03", "04"]);
        second.GetProperty("nextCursor").ValueKind.ShouldBe(JsonValueKind.Null);
        (await api.GetFromJsonAsync<JsonElement>($"/api/v1/bookings?instrument={instrument.Id.Value}&status=confirmed&from=2026-03-03T10:00:00%2B08:00&to=2026-03-03T12:00:00Z")).GetProperty("total").GetInt32().ShouldBe(3);
    }

    [Theory]
    [InlineData("colour=red", "request.unknown-filter")]
    [InlineData("status=Confirmed", "booking.status-unknown")]
    [InlineData("mine=yes", "booking.filter-value")]
    [InlineData("instrument=7", "booking.id-unreadable")]
    [InlineData("from=yesterday", "booking.time-unreadable")]
    [InlineData("cursor=!!", "request.cursor")]
    [InlineData("cursor=bm9uZQ", "request.cursor")]
    public async Task A_filter_that_cannot_be_used_is_a_400(string query, string code)
    {
        using var api = await host.ApiAsync((await PrepareAsync()).Person);
        var answer = await api.GetAsync("/api/v1/bookings?" + query);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.JsonAsync()).GetProperty("code").GetString().ShouldBe(code);
    }

    private async Task<(Instrument Instrument, Person Person)> PrepareAsync(Func<BookingRuleSet, BookingRuleSet>? rules = null)
    {
        var institution = await host.Given.InstitutionAsync();
        return (await host.Given.InstrumentAsync(institution, rules: rules), await host.Given.PersonAsync(institution));
    }
}
