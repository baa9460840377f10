using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Bookings;

public sealed class CalendarTests(TestHost host) : IClassFixture<TestHost>
{
    private const string Week = "from=2026-03-02T00:00:00%2B08:00&to=2026-03-09T00:00:00%2B08:00";

    [Fact]
    public async Task Names_are_shown_only_to_those_who_may_know_them()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var holder = await host.Given.PersonAsync(institution, name: "李四");
        var booking = await host.Given.BookingAsync(instrument, holder);
        foreach (var (person, title, mine, sees) in new (Person?, string?, bool, bool)[]
        {
            (null, null, false, false),
            (await host.Given.PersonAsync(institution), null, false, false),
            (holder, "李四", true, true),
            (await host.Given.PersonWithRoleAsync(Role.LabManager, institution), "李四", false, true),
            (await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: instrument.Id.Value), "李四", false, true),
            (await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync()), null, false, false),
        })
        {
            using var api = await host.ApiAsync(person);
            var item = (await ItemsAsync(api, instrument)).Single();
            item.GetProperty("title").GetString().ShouldBe(title);
            item.GetProperty("mine").GetBoolean().ShouldBe(mine);
            item.GetProperty("id").ValueKind.ShouldBe(sees ? JsonValueKind.String : JsonValueKind.Null);
            item.GetProperty("startsAt").GetString().ShouldBe(booking.StartsAt.ToString());
        }
    }

    [Fact]
    public async Task Closures_and_maintenance_stand_beside_bookings_and_cancelled_ones_do_not()
    {
        var instrument = await host.Given.InstrumentAsync();
        var person = await host.Given.PersonAsync();
        await host.Given.BookingAsync(instrument, person, Day.Tomorrow(9), status: BookingStatus.Cancelled);
        await host.Given.BookingAsync(instrument, person, Day.Tomorrow(9), status: BookingStatus.Requested);
        await host.Given.ClosureAsync(instrument, Day.Tomorrow(12), Day.Tomorrow(13), ClosureKind.Maintenance, "更换灯丝");
        using var api = await host.ApiAsync();
        (await ItemsAsync(api, instrument)).Select(i => $"{i.GetProperty("kind").GetString()} {i.GetProperty("status").GetString()} {i.GetProperty("title").GetString()}")
            .ShouldBe(["booking requested ", "maintenance  更换灯丝"]);
    }

    [Fact]
    public async Task A_booking_of_31_days_shows_in_every_week_it_runs_through()
    {
        var instrument = await host.Given.InstrumentAsync();
        await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(), Day.Tomorrow(0), minutes: 44_640);
        using var api = await host.ApiAsync();
        for (var week = 0; week < 5; week++)
        {
            var from = Day.At(new LocalDate(2026, 3, 2).PlusWeeks(week), 0);
            (await ItemsAsync(api, instrument, $"from={from}&to={from + Duration.FromDays(7)}")).Count.ShouldBe(1, $"week {week}");
        }

        (await ItemsAsync(api, instrument, $"from={Day.At(new(2026, 4, 3), 0)}&to={Day.At(new(2026, 4, 4), 0)}")).ShouldBeEmpty("the end is not part of it");
    }

    [Fact]
    public async Task Every_booking_of_a_full_tray_is_on_the_calendar()
    {
        var instrument = await host.Given.InstrumentAsync(capacity: 3);
        for (short unit = 1; unit <= 3; unit++) await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(), unit: unit);
        using var api = await host.ApiAsync();
        (await ItemsAsync(api, instrument)).Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("from=2026-03-02T00:00:00Z&to=2026-05-03T00:00:00Z", null)]
    [InlineData("from=2026-03-02T00:00:00Z&to=2026-05-03T00:00:01Z", "booking.range-too-long")]
    [InlineData("from=2026-03-02T00:00:00Z&to=2026-03-02T00:00:00Z", "booking.range-backwards")]
    [InlineData("from=2026-03-02", "booking.time-unreadable")]
    [InlineData("week=10", "request.unknown-filter")]
    public async Task A_calendar_is_read_for_at_most_62_days(string query, string? code)
    {
        var instrument = await host.Given.InstrumentAsync();
        using var api = await host.ApiAsync();
        var answer = await api.GetAsync($"/api/v1/instruments/{instrument.Id.Value}/calendar?{query}");
        answer.StatusCode.ShouldBe(code is null ? HttpStatusCode.OK : HttpStatusCode.BadRequest);
        if (code is not null) (await answer.JsonAsync()).GetProperty("code").GetString().ShouldBe(code);
    }

    [Fact]
    public async Task Steps_of_one_minute_make_no_longer_page()
    {
        var lengths = new List<int>();
        foreach (var step in new[] { 1, 30 })
        {
            var instrument = await host.Given.InstrumentAsync(rules: r => r with { GranularityMinutes = step });
            await host.Given.BookingAsync(instrument, await host.Given.PersonAsync());
            var page = await (await host.PagesAsync(await host.Given.PersonAsync())).GetAsync($"/instruments/{instrument.Id.Value}/calendar");
            page.QuerySelector("[data-calendar]")!.GetAttribute("data-slot-min").ShouldBe(step.ToString(System.Globalization.CultureInfo.InvariantCulture));
            lengths.Add(page.All.Length);
        }

        lengths[0].ShouldBe(lengths[1]);
    }

    [Fact]
    public async Task Free_slots_can_each_be_booked()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, rules: r => r with { LeadMinutes = 60, CoolingMinutes = 15 });
        var person = await host.Given.PersonAsync(institution);
        await host.Given.BookingAsync(instrument, person, Day.Tomorrow(10), coolingMinutes: 15);
        using var api = await host.ApiAsync(person);
        var free = (await api.GetFromJsonAsync<JsonElement>($"/api/v1/instruments/{instrument.Id.Value}/free-slots?{Week}&minutes=120&limit=6")).GetProperty("items").EnumerateArray().ToList();
        free.Count.ShouldBe(6);
        foreach (var slot in free)
        {
            var answer = await api.PostAsJsonAsync("/api/v1/bookings", new { instrumentId = instrument.Id.Value, startsAt = slot.GetProperty("startsAt").GetString(), endsAt = slot.GetProperty("endsAt").GetString() });
            answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("abc")]
    [InlineData("44641")]
    public async Task A_length_that_no_booking_has_is_a_400(string minutes)
    {
        var instrument = await host.Given.InstrumentAsync();
        using var api = await host.ApiAsync();
        (await (await api.GetAsync($"/api/v1/instruments/{instrument.Id.Value}/free-slots?minutes={minutes}")).CodesAsync()).ShouldBe(["booking.minutes"]);
    }

    [Fact]
    public async Task A_week_is_read_from_the_covering_index_alone()
    {
        var instrument = await host.Given.InstrumentAsync();
        var person = await host.Given.PersonAsync();
        await host.ExecuteAsync("""
            INSERT INTO bookings (instrument_id, id, person_id, service_mode, status, starts_at, ends_at, held, user_class, rules_version, created_by, created_at)
            SELECT @instrument, gen_random_uuid(), @person, 'selfOperated', 'completed', at, at + interval '1 hour', tstzrange(at, at + interval '1 hour'), 'internal', 1, @person, at
            FROM generate_series('2024-01-01'::timestamptz, '2026-03-01', interval '2 hours') at
            """, ("instrument", instrument.Id.Value), ("person", person.Id));
        // A fresh snapshot in which every page is known to be visible, as vacuum leaves it in service.
        await host.ExecuteAsync("VACUUM (ANALYZE) bookings");
        await using var command = host.DataSource.CreateCommand($"EXPLAIN {CalendarQuery.WeekSql}");
        command.Parameters.AddWithValue(new[] { instrument.Id.Value });
        command.Parameters.AddWithValue(new DateTime(2025, 6, 2, 0, 0, 0, DateTimeKind.Utc));
        command.Parameters.AddWithValue(new DateTime(2025, 6, 9, 0, 0, 0, DateTimeKind.Utc));
        var plan = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) plan.Add(reader.GetString(0));
        string.Join('\n', plan).ShouldContain("Index Only Scan using bookings_calendar_idx");
    }

    private static async Task<List<JsonElement>> ItemsAsync(HttpClient api, Instrument instrument, string query = Week) =>
        (await api.GetFromJsonAsync<JsonElement>($"/api/v1/instruments/{instrument.Id.Value}/calendar?{query}")).GetProperty("items").EnumerateArray().ToList();
}
