using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Calendar;

public sealed class ManyCalendarsTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly Instant Monday = Day.At(new LocalDate(2026, 3, 2), 0);

    [Fact]
    public async Task However_many_instruments_a_feed_is_two_queries_and_one_look_for_all_cold_rules()
    {
        var institution = await host.Given.InstitutionAsync();
        var person = await host.Given.PersonWithRoleAsync(Role.LabManager, institution);
        var instruments = new List<Instrument>();
        for (var i = 0; i < 12; i++) instruments.Add(await host.Given.InstrumentAsync(institution));
        foreach (var instrument in instruments) await host.Given.BookingAsync(instrument, person);
        using var api = await host.ApiAsync(person);
        await FeedAsync(api, instruments.Take(1));
        using var counted = new StatementCount(host.ConnectionString);
        (await FeedAsync(api, instruments)).Count.ShouldBe(12);
        counted.Of(" FROM bookings b ").ShouldBe(1);
        counted.Of("FROM closures WHERE instrument_id = ANY($1) AND cancelled_at IS NULL AND tstzrange(starts_at, ends_at) && tstzrange($2, $3)").ShouldBe(1);
        counted.Of("FROM opening_hours").ShouldBe(1, "the rules of all that were not in memory, together");
        var batches = counted.Batches;
        (await FeedAsync(api, instruments)).ShouldAllBe(t => t.GetProperty("items").GetArrayLength() == 1);
        (counted.Batches - batches).ShouldBe(1, "with the rules in memory only the two queries, in one go");
    }

    [Fact]
    public async Task Names_are_shown_for_each_instrument_only_to_those_who_may_know_them()
    {
        var (home, other) = (await host.Given.InstitutionAsync(), await host.Given.InstitutionAsync());
        var (own, foreign) = (await host.Given.InstrumentAsync(home), await host.Given.InstrumentAsync(other));
        var holder = await host.Given.PersonAsync(home, name: "李四");
        await host.Given.BookingAsync(own, holder);
        await host.Given.BookingAsync(foreign, holder);
        using var manager = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, home));
        (await TitlesAsync(manager)).ShouldBe(["李四", null]);
        using var stranger = await host.ApiAsync();
        (await TitlesAsync(stranger)).ShouldBe([null, null]);
        using var self = await host.ApiAsync(holder);
        (await TitlesAsync(self)).ShouldBe(["李四", "李四"]);

        async Task<List<string?>> TitlesAsync(HttpClient api) => (await FeedAsync(api, [own, foreign])).SelectMany(t => t.GetProperty("items").EnumerateArray()).Select(i => i.GetProperty("title").GetString()).ToList();
    }

    [Fact]
    public async Task Open_hours_come_with_the_feed_so_that_closed_time_is_known()
    {
        var instrument = await host.Given.InstrumentAsync();
        using var api = await host.ApiAsync();
        var open = (await FeedAsync(api, [instrument])).Single().GetProperty("open").EnumerateArray().ToList();
        open.Count.ShouldBe(7);
        open[0].GetProperty("startsAt").GetString().ShouldBe(Day.At(new LocalDate(2026, 3, 2), 8).ToString());
    }

    [Fact]
    public async Task A_hidden_instrument_is_shown_to_its_managers_only()
    {
        var institution = await host.Given.InstitutionAsync();
        var hidden = await host.Given.InstrumentAsync(institution, isVisible: false);
        using var manager = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        (await FeedAsync(manager, [hidden])).Count.ShouldBe(1);
        using var stranger = await host.ApiAsync();
        await (await stranger.GetAsync($"/api/v1/calendar?instruments={hidden.Id.Value}")).ShouldRefuseAsync(HttpStatusCode.NotFound, "calendar.unknown-instrument");
    }

    [Theory]
    [InlineData("", "calendar.instruments")]
    [InlineData("instruments=abc", "booking.id-unreadable")]
    [InlineData("instruments=01234567-89ab-7def-8123-456789abcdef&from=2026-03-02T00:00:00Z&to=2026-05-04T00:00:00Z", "calendar.unknown-instrument")]
    [InlineData("week=1", "request.unknown-filter")]
    public async Task What_cannot_be_read_is_named(string query, string code)
    {
        using var api = await host.ApiAsync();
        (await (await api.GetAsync($"/api/v1/calendar?{query}")).CodeAsync()).ShouldBe(code);
    }

    [Fact]
    public async Task At_most_50_instruments_and_62_days_are_read_at_a_time()
    {
        using var api = await host.ApiAsync();
        var many = string.Join(',', Enumerable.Range(0, 51).Select(_ => Guid.CreateVersion7()));
        await (await api.GetAsync($"/api/v1/calendar?instruments={many}")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "calendar.instruments");
        var instrument = await host.Given.InstrumentAsync();
        await (await api.GetAsync($"/api/v1/calendar?instruments={instrument.Id.Value}&from=2026-03-02T00:00:00Z&to=2026-05-04T00:00:00Z")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "booking.range-too-long");
    }

    [Fact]
    public async Task A_booking_longer_than_a_week_is_on_every_day_it_runs_through()
    {
        var instrument = await host.Given.InstrumentAsync();
        await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(), Monday + Duration.FromDays(1), minutes: 31 * 1440);
        using var api = await host.ApiAsync();
        for (var day = 1; day < 32; day++)
            (await FeedAsync(api, [instrument], Monday + Duration.FromDays(day), 1)).Single().GetProperty("items").GetArrayLength().ShouldBe(1, $"day {day}");
    }

    [Fact]
    public async Task A_closure_of_six_weeks_and_more_is_in_every_week_it_runs_through()
    {
        var instrument = await host.Given.InstrumentAsync();
        await host.Given.ClosureAsync(instrument, Monday - Duration.FromDays(10), Monday + Duration.FromDays(50), ClosureKind.Maintenance, "大修");
        using var api = await host.ApiAsync();
        for (var week = -1; week < 7; week++)
            (await FeedAsync(api, [instrument], Monday + Duration.FromDays(7 * week))).Single().GetProperty("items")[0].GetProperty("kind").GetString().ShouldBe("maintenance", $"week {week}");
    }

    [Fact]
    public async Task A_half_closed_week_loads_with_what_lies_on_both_halves()
    {
        var instrument = await host.Given.InstrumentAsync();
        await host.Given.BookingAsync(instrument, await host.Given.PersonAsync());
        await host.Given.ClosureAsync(instrument, Monday + Duration.FromDays(3), Monday + Duration.FromDays(9));
        using var api = await host.ApiAsync();
        (await FeedAsync(api, [instrument])).Single().GetProperty("items").EnumerateArray().Select(i => i.GetProperty("kind").GetString()).ShouldBe(["booking", "closure"]);
    }

    [Fact]
    public async Task Overlapping_units_of_a_tray_are_all_in_the_feed_each_with_its_unit()
    {
        var instrument = await host.Given.InstrumentAsync(capacity: 3);
        for (short unit = 1; unit <= 3; unit++) await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(), unit: unit);
        using var api = await host.ApiAsync();
        (await FeedAsync(api, [instrument])).Single().GetProperty("items").EnumerateArray().Select(i => i.GetProperty("unit").GetInt32()).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task What_the_reader_may_move_is_marked()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var person = await host.Given.PersonAsync(institution);
        await host.Given.BookingAsync(instrument, person);
        foreach (var (who, may) in new[] { (person, true), (await host.Given.PersonAsync(institution), false), (await host.Given.PersonWithRoleAsync(Role.LabManager, institution), true), (await host.Given.PersonWithRoleAsync(Role.Technician, institution), false) })
        {
            using var api = await host.ApiAsync(who);
            (await FeedAsync(api, [instrument])).Single().GetProperty("items")[0].GetProperty("mayMove").GetBoolean().ShouldBe(may, who.Email);
        }
    }

    private static async Task<List<JsonElement>> FeedAsync(HttpClient api, IEnumerable<Instrument> instruments, Instant? from = null, int days = 7) =>
        (await api.GetFromJsonAsync<JsonElement>($"/api/v1/calendar?instruments={string.Join(',', instruments.Select(i => i.Id.Value))}&from={from ?? Monday}&to={(from ?? Monday) + Duration.FromDays(days)}"))
        .GetProperty("items").EnumerateArray().ToList();
}
