using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Bookings;

/// <summary>What a confirm step shows, over the API as on the pages.</summary>
public sealed class PreviewApiTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task A_look_at_a_time_tells_what_booking_it_comes_to_and_holds_nothing()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        using var api = await host.ApiAsync(await host.Given.PersonAsync(institution));
        var body = new { instrumentId = instrument.Id.Value, startsAt = Day.Tomorrow(9).ToString(), endsAt = Day.Tomorrow(10).ToString() };
        var answer = await (await api.PostAsJsonAsync("/api/v1/bookings/preview", body)).JsonAsync(HttpStatusCode.OK);
        answer.GetProperty("needsApproval").GetBoolean().ShouldBeFalse();
        answer.GetProperty("startsAt").GetString().ShouldBe(Day.Tomorrow(9).ToString());
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id = @id", ("id", instrument.Id.Value))).ShouldBe(0);
    }

    [Fact]
    public async Task A_look_at_a_move_gives_the_refusals_of_the_move_and_moves_nothing()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var person = await host.Given.PersonAsync(institution);
        var booking = await host.Given.BookingAsync(instrument, person, Day.Tomorrow(9));
        await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(institution), Day.Tomorrow(12));
        using var api = await host.ApiAsync(person);
        foreach (var (from, to) in new[] { (12, 13), (6, 7), (11, 12) })
        {
            var wish = new { startsAt = Day.Tomorrow(from).ToString(), endsAt = Day.Tomorrow(to).ToString() };
            var look = await api.PostAsJsonAsync($"/api/v1/bookings/{booking.Id.Value}/reschedule/preview", wish);
            (await host.ScalarAsync<int>("SELECT version FROM bookings WHERE id = @id", ("id", booking.Id.Value))).ShouldBe(1);
            var done = await api.PostAsJsonAsync($"/api/v1/bookings/{booking.Id.Value}/reschedule", wish);
            look.StatusCode.ShouldBe(done.StatusCode);
            if (done.IsSuccessStatusCode) (await look.JsonAsync(HttpStatusCode.OK)).GetProperty("startsAtBefore").GetString().ShouldBe(Day.Tomorrow(9).ToString());
            else (await look.CodesAsync()).ShouldBe(await done.CodesAsync());
        }
    }

    [Fact]
    public async Task Nobody_looks_at_moving_what_is_not_theirs()
    {
        var institution = await host.Given.InstitutionAsync();
        var booking = await host.Given.BookingAsync(await host.Given.InstrumentAsync(institution), await host.Given.PersonAsync(institution));
        using var api = await host.ApiAsync(await host.Given.PersonAsync(institution));
        (await api.PostAsJsonAsync($"/api/v1/bookings/{booking.Id.Value}/reschedule/preview", new { startsAt = Day.Tomorrow(9).ToString(), endsAt = Day.Tomorrow(10).ToString() })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}
