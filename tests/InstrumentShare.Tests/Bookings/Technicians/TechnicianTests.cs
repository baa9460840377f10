using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Tests.Bookings.Technicians;

/// <summary>Assisted bookings take a technician's time, together with the booking or not at all.</summary>
public sealed class TechnicianTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly LocalDate Tuesday = new(2026, 3, 3);

    [Fact]
    public async Task An_instrument_whose_technicians_declare_no_hours_is_assisted_as_before()
    {
        var (institution, instrument, person) = await PlaceAsync();
        await host.Given.TechnicianAsync(institution, [instrument], withHours: false);
        (await BookAsync(await host.ApiAsync(person), instrument, 10)).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await HoldsAsync(instrument)).ShouldBe(0);
    }

    [Fact]
    public async Task Technician_busy_on_one_instrument_is_refused_on_another_with_the_nearest_times_when_free()
    {
        var (institution, instrument, person) = await PlaceAsync();
        var other = await host.Given.InstrumentAsync(institution);
        await host.Given.TechnicianAsync(institution, [instrument, other]);
        var api = await host.ApiAsync(person);
        (await BookAsync(api, instrument, 10)).StatusCode.ShouldBe(HttpStatusCode.Created);
        var refused = await BookAsync(await host.ApiAsync(await host.Given.PersonAsync(institution)), other, 10);
        await refused.ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.technician-busy");
        var slots = (await refused.JsonAsync(HttpStatusCode.Conflict)).GetProperty("problems")[0].GetProperty("data").GetProperty("slots").EnumerateArray().ToList();
        slots.Count.ShouldBe(3);
        slots.ShouldAllBe(s => s.GetProperty("endsAt").GetDateTimeOffset() <= Day.At(Tuesday, 10).ToDateTimeOffset() || s.GetProperty("startsAt").GetDateTimeOffset() >= Day.At(Tuesday, 11).ToDateTimeOffset());
        (await BookAsync(api, other, 10, mode: "selfOperated")).StatusCode.ShouldBe(HttpStatusCode.Created, "who works it alone needs nobody");
        await (await BookAsync(api, other, 18)).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.technician-busy");
        var free = (await (await api.GetAsync($"/api/v1/instruments/{other.Id.Value}/free-slots?serviceMode=assisted&minutes=60&from={Day.At(Tuesday, 8)}&to={Day.At(Tuesday, 20)}")).JsonAsync()).GetProperty("items").EnumerateArray()
            .Select(s => s.GetProperty("startsAt").GetDateTimeOffset());
        free.ShouldAllBe(s => s < Day.At(Tuesday, 18).ToDateTimeOffset() && s != Day.At(Tuesday, 10).ToDateTimeOffset());
    }

    [Fact]
    public async Task The_least_booked_of_the_day_assists_unless_another_is_asked_for_by_name()
    {
        var (institution, instrument, person) = await PlaceAsync(capacity: 5);
        var (first, second) = (await host.Given.TechnicianAsync(institution, [instrument]), await host.Given.TechnicianAsync(institution, [instrument]));
        var api = await host.ApiAsync(person);
        await (await BookAsync(api, instrument, 9, technician: first.Id)).JsonAsync(HttpStatusCode.Created);
        await (await BookAsync(api, instrument, 11)).JsonAsync(HttpStatusCode.Created);
        (await host.ScalarAsync<Guid>("SELECT technician_id FROM technician_holds WHERE instrument_id = @i AND lower(held) = @at", ("i", instrument.Id.Value), ("at", Day.At(Tuesday, 11).ToDateTimeUtc()))).ShouldBe(second.Id);
        await (await BookAsync(api, instrument, 11, technician: second.Id)).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.technician-busy");
        await (await BookAsync(api, instrument, 11, technician: person.Id)).ShouldRefuseAsync(HttpStatusCode.BadRequest, "booking.technician-unknown");
        (await BookAsync(api, instrument, 11, technician: first.Id)).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await (await api.GetAsync($"/api/v1/instruments/{instrument.Id.Value}/technicians")).JsonAsync()).GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task A_move_and_a_cancellation_take_the_technicians_time_along()
    {
        var (institution, instrument, person) = await PlaceAsync();
        await host.Given.TechnicianAsync(institution, [instrument]);
        var api = await host.ApiAsync(person);
        var id = (await (await BookAsync(api, instrument, 10)).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();
        await (await api.PostAsJsonAsync($"/api/v1/bookings/{id}/reschedule", new { startsAt = Day.At(Tuesday, 14).ToString(), endsAt = Day.At(Tuesday, 15).ToString() })).JsonAsync();
        (await host.ScalarAsync<DateTime>("SELECT lower(held) FROM technician_holds WHERE booking_id = @id", ("id", id))).ShouldBe(Day.At(Tuesday, 14).ToDateTimeUtc());
        await (await api.PostAsJsonAsync($"/api/v1/bookings/{id}/reschedule", new { startsAt = Day.At(Tuesday, 18).ToString(), endsAt = Day.At(Tuesday, 19).ToString() })).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.technician-busy");
        (await HoldsAsync(instrument)).ShouldBe(1);
        await (await api.PostAsJsonAsync($"/api/v1/bookings/{id}/cancel", new { })).JsonAsync();
        (await HoldsAsync(instrument)).ShouldBe(0);
    }

    [Fact]
    public async Task An_absence_and_new_hours_hold_for_the_next_booking_on_every_node()
    {
        var (institution, instrument, person) = await PlaceAsync();
        var technician = await host.Given.TechnicianAsync(institution, [instrument], withHours: false);
        var (own, api) = (await host.ApiAsync(technician), await host.ApiAsync(person));
        await using var second = host.NewNode();
        var two = await second.ApiAsync(person);
        (await BookAsync(two, instrument, 8)).StatusCode.ShouldBe(HttpStatusCode.Created, "nobody has hours yet");
        await (await own.PutAsJsonAsync($"/api/v1/technicians/{technician.Id}/hours", new { spans = new[] { new { weekday = 2, opens = "09:00", closes = "12:00" } } })).JsonAsync();
        (await BookAsync(two, instrument, 9)).StatusCode.ShouldBe(HttpStatusCode.Created);
        await (await BookAsync(two, instrument, 12)).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.technician-busy");
        var away = await (await own.PostAsJsonAsync($"/api/v1/technicians/{technician.Id}/absences", new { startsAt = Day.At(Tuesday, 9).ToString(), endsAt = Day.At(Tuesday, 11).ToString(), note = "培训" })).JsonAsync();
        away.GetProperty("bookings")[0].GetProperty("isDuringAbsence").GetBoolean().ShouldBeTrue();
        await (await BookAsync(api, instrument, 10)).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.technician-busy");
        await (await own.DeleteAsync($"/api/v1/technicians/{technician.Id}/absences/{away.GetProperty("absences")[0].GetProperty("id").GetGuid()}")).JsonAsync();
        (await BookAsync(api, instrument, 10)).StatusCode.ShouldBe(HttpStatusCode.Created);
        await (await own.PutAsJsonAsync($"/api/v1/technicians/{technician.Id}/hours", new { validFrom = "2026-03-01", spans = Array.Empty<object>() })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "technician.valid-from");
        await (await own.PostAsJsonAsync($"/api/v1/technicians/{technician.Id}/absences", new { startsAt = Day.At(Tuesday, 9).ToString(), endsAt = Day.At(Tuesday, 9).ToString() })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "technician.absence");
    }

    [Fact]
    public async Task Staff_let_another_technician_assist_for_a_reason_that_is_kept()
    {
        var (institution, instrument, person) = await PlaceAsync();
        var (first, second) = (await host.Given.TechnicianAsync(institution, [instrument]), await host.Given.TechnicianAsync(institution, [instrument], opensHour: 8, closesHour: 11));
        var id = (await (await BookAsync(await host.ApiAsync(person), instrument, 10, technician: first.Id)).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();
        var manager = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        (await (await host.ApiAsync(first)).PostAsJsonAsync($"/api/v1/bookings/{id}/technician", new { technicianId = second.Id, reason = "换班" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        await (await manager.PostAsJsonAsync($"/api/v1/bookings/{id}/technician", new { technicianId = second.Id, reason = "" })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "booking.text-missing");
        (await (await manager.PostAsJsonAsync($"/api/v1/bookings/{id}/technician", new { technicianId = second.Id, reason = "换班" })).JsonAsync()).GetProperty("id").GetGuid().ShouldBe(second.Id);
        (await host.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE action = 'booking.technician' AND subject_id = @id AND reason = '换班'", ("id", id.ToString()))).ShouldBe(1);
        var late = (await (await BookAsync(await host.ApiAsync(person), instrument, 11)).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();
        await (await manager.PostAsJsonAsync($"/api/v1/bookings/{late}/technician", new { technicianId = second.Id, reason = "换班" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.technician-busy");
    }

    [Fact]
    public async Task Two_that_race_for_one_technician_get_them_once_and_the_loser_nothing()
    {
        var (institution, instrument, _) = await PlaceAsync();
        var other = await host.Given.InstrumentAsync(institution);
        await host.Given.TechnicianAsync(institution, [instrument, other]);
        await using var second = host.NewNode();
        var (one, two) = (await host.ApiAsync(await host.Given.PersonAsync(institution)), await second.ApiAsync(await host.Given.PersonAsync(institution)));
        for (var round = 0; round < 8; round++)
        {
            var on = Tuesday.PlusDays(round);
            var answers = await Task.WhenAll(BookAsync(one, instrument, 10, on: on), BookAsync(two, other, 10, on: on), BookAsync(one, other, 10, on: on), BookAsync(two, instrument, 10, on: on));
            answers.Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBe(1, string.Join(", ", answers.Select(a => a.StatusCode)));
            foreach (var answer in answers.Where(a => a.StatusCode != HttpStatusCode.Created)) (await answer.CodeAsync()).ShouldBeOneOf("booking.technician-busy", "booking.overlap");
        }

        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id IN (@a, @b)", ("a", instrument.Id.Value), ("b", other.Id.Value))).ShouldBe(8);
        (await HoldsAsync(instrument) + await HoldsAsync(other)).ShouldBe(8);
    }

    [Fact]
    public async Task The_database_refuses_a_technician_in_two_places()
    {
        var (institution, instrument, _) = await PlaceAsync();
        var technician = await host.Given.TechnicianAsync(institution, [instrument]);
        const string Sql = "INSERT INTO technician_holds (booking_id, instrument_id, technician_id, held) VALUES (@b, @i, @t, tstzrange('2026-03-09T01:00:00Z', '2026-03-09T02:00:00Z'))";
        await host.ExecuteAsync(Sql, ("b", Guid.CreateVersion7()), ("i", instrument.Id.Value), ("t", technician.Id));
        (await Should.ThrowAsync<PostgresException>(() => host.ExecuteAsync(Sql, ("b", Guid.CreateVersion7()), ("i", instrument.Id.Value), ("t", technician.Id)))).ConstraintName.ShouldBe("booking.technician-busy");
    }

    [Fact]
    public async Task On_the_pages_a_technician_says_their_hours_and_sees_whom_they_assist()
    {
        var (institution, instrument, person) = await PlaceAsync();
        var technician = await host.Given.TechnicianAsync(institution, [instrument], withHours: false);
        var desk = await host.PagesAsync(technician);
        var page = await desk.GetAsync("/technicians/time");
        var saved = await desk.SubmitAsync(page, "form[data-hours]", ("Week", "09:00-12:00"), ("Week", "09:00-18:00"), ("Week", ""), ("Week", ""), ("Week", ""), ("Week", ""), ("Week", ""));
        saved.QuerySelector("[role=status]").ShouldNotBeNull();
        var calendar = await (await host.PagesAsync(person)).GetAsync($"/instruments/{instrument.Id.Value}/calendar");
        calendar.QuerySelector("select[name=TechnicianId] option[value='" + technician.Id + "']").ShouldNotBeNull();
        var id = (await (await BookAsync(await host.ApiAsync(person), instrument, 10)).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();
        (await desk.GetAsync("/technicians/time")).QuerySelector($"[data-assisted] a[href='/bookings/{id}']").ShouldNotBeNull();
        var booking = await (await host.PagesAsync(person)).GetAsync($"/bookings/{id}");
        booking.QuerySelector("[data-along]")!.TextContent.ShouldContain(technician.Name);
        (await (await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution))).GetAsync($"/bookings/{id}/technician")).QuerySelector("form[data-reassign]").ShouldNotBeNull();
    }

    [Theory]
    [InlineData(null, 401, 401)]
    [InlineData(Role.Researcher, 403, 409)]
    [InlineData(Role.Technician, 200, 201)]
    [InlineData(Role.LabManager, 200, 409)]
    [InlineData(Role.Auditor, 403, 409)]
    public async Task Who_sees_a_technicians_day_and_who_has_a_feed_of_it(Role? role, int day, int feed)
    {
        var (institution, instrument, person) = await PlaceAsync();
        var technician = await host.Given.TechnicianAsync(institution, [instrument]);
        var api = await host.ApiAsync(role switch { null => null, Role.Researcher => person, Role.Technician => technician, Role.Auditor => await host.Given.PersonWithRoleAsync(Role.Auditor), _ => await host.Given.PersonWithRoleAsync(role.Value, institution) });
        ((int)(await api.GetAsync($"/api/v1/technicians/{technician.Id}/day")).StatusCode, (int)(await api.PostAsJsonAsync("/api/v1/account/calendar-feeds", new { kind = "assisted" })).StatusCode).ShouldBe((day, feed));
        var elsewhere = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync()));
        (await elsewhere.GetAsync($"/api/v1/technicians/{technician.Id}/day")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_technicians_feed_and_day_hold_whom_they_assist_and_follow_every_change()
    {
        var (institution, instrument, person) = await PlaceAsync(capacity: 5);
        var (first, second) = (await host.Given.TechnicianAsync(institution, [instrument]), await host.Given.TechnicianAsync(institution, [instrument]));
        var (api, own) = (await host.ApiAsync(person), await host.ApiAsync(first));
        var id = (await (await BookAsync(api, instrument, 10, technician: first.Id)).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();
        await (await BookAsync(api, instrument, 13, technician: second.Id)).JsonAsync(HttpStatusCode.Created);
        await (await BookAsync(api, instrument, 15, mode: "selfOperated")).JsonAsync(HttpStatusCode.Created);
        var made = await (await own.PostAsJsonAsync("/api/v1/account/calendar-feeds", new { kind = "assisted" })).JsonAsync(HttpStatusCode.Created);
        var address = made.GetProperty("url").GetString()!;
        var entry = (await FeedAsync()).Only;
        (entry.Uid, entry.Summary).ShouldBe(($"{id}@instrumentshare", $"{person.Name} · {instrument.NameEn}"));
        (await DayAsync("2026-03-03")).ShouldBe([id]);
        (await DayAsync("2026-03-04")).ShouldBeEmpty();
        await (await own.GetAsync($"/api/v1/technicians/{first.Id}/day?date=03/03")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "instrument.date");

        await (await api.PostAsJsonAsync($"/api/v1/bookings/{id}/reschedule", new { startsAt = Day.At(Tuesday.PlusDays(1), 10).ToString(), endsAt = Day.At(Tuesday.PlusDays(1), 11).ToString() })).JsonAsync();
        ((await DayAsync("2026-03-03")).Count, (await DayAsync("2026-03-04")).Count).ShouldBe((0, 1));
        await host.ExecuteAsync("UPDATE bookings SET status = 'completed' WHERE id = @id", ("id", id));
        (await DayAsync("2026-03-04")).ShouldBe([id], "what was used stays in its day");
        (await FeedAsync()).Components.Count.ShouldBe(1);
        await (await own.PostAsJsonAsync($"/api/v1/account/calendar-feeds/{made.GetProperty("id").GetGuid()}/renew", new { })).JsonAsync();
        (await own.GetAsync(address)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        async Task<CalendarReader.Calendar> FeedAsync() => await CalendarReader.ReadAsync(await (await host.ApiAsync()).GetStringAsync(address));
        async Task<List<Guid>> DayAsync(string date) => [.. (await (await own.GetAsync($"/api/v1/technicians/{first.Id}/day?date={date}")).JsonAsync()).GetProperty("items").EnumerateArray().Select(b => b.GetProperty("bookingId").GetGuid())];
    }

    [Fact]
    public async Task A_feed_of_assistance_ends_with_the_role_and_a_cancelled_booking_leaves_it()
    {
        var (institution, instrument, person) = await PlaceAsync();
        var technician = await host.Given.TechnicianAsync(institution, [instrument]);
        var api = await host.ApiAsync(person);
        var id = (await (await BookAsync(api, instrument, 10)).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();
        var desk = await host.PagesAsync(technician);
        var made = await desk.SubmitAsync(await desk.GetAsync("/account/calendar-feeds?what=assisted"), "form[data-new-feed]");
        var address = made.QuerySelector("[data-made]")!.TextContent;
        (await CalendarReader.ReadAsync(await api.GetStringAsync(address))).Only.Uid.ShouldBe($"{id}@instrumentshare");
        var day = await desk.GetAsync("/technicians/day?date=2026-03-03");
        day.QuerySelector($"[data-assisted] a[href='/bookings/{id}']").ShouldNotBeNull();
        (await desk.GetAsync("/technicians/day?date=x")).QuerySelector("[data-problems] code")!.TextContent.ShouldBe("instrument.date");
        await (await api.PostAsJsonAsync($"/api/v1/bookings/{id}/cancel", new { })).JsonAsync();
        (await desk.GetAsync("/technicians/day?date=2026-03-03")).QuerySelector("[data-assisted]").ShouldBeNull();
        (await CalendarReader.ReadAsync(await api.GetStringAsync(address))).Components.ShouldNotContain(c => c.Kind == "vevent");
        await host.ExecuteAsync("UPDATE role_grants SET revoked_at = now() WHERE person_id = @id", ("id", technician.Id));
        await using var second = host.NewNode();
        (await (await second.ApiAsync(null)).GetAsync(new Uri(address).PathAndQuery)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private async Task<(Institution Institution, Instrument Instrument, Person Person)> PlaceAsync(int capacity = 1)
    {
        var institution = await host.Given.InstitutionAsync();
        return (institution, await host.Given.InstrumentAsync(institution, capacity: capacity), await host.Given.PersonAsync(institution));
    }

    private Task<long> HoldsAsync(Instrument instrument) => host.ScalarAsync<long>("SELECT count(*) FROM technician_holds WHERE instrument_id = @i AND is_held", ("i", instrument.Id.Value));

    private static Task<HttpResponseMessage> BookAsync(HttpClient api, Instrument instrument, int hour, string mode = "assisted", Guid? technician = null, LocalDate? on = null) => api.PostAsJsonAsync("/api/v1/bookings", new
    {
        instrumentId = instrument.Id.Value, startsAt = Day.At(on ?? Tuesday, hour).ToString(), endsAt = Day.At(on ?? Tuesday, hour + 1).ToString(), serviceMode = mode, purpose = "试验", technicianId = technician,
    });
}
