using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Bookings;

public sealed class LongBookingTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task The_longest_booking_stays_in_every_view_for_as_long_as_it_blocks()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, opensHour: 0, closesHour: 24);
        var holder = await host.Given.PersonAsync(institution);
        // It ends in two hours.
        var booking = await host.Given.BookingAsync(instrument, holder, FixedClock.Start + Duration.FromHours(2) - BookingRules.Longest, minutes: (int)BookingRules.Longest.TotalMinutes, status: BookingStatus.InUse);
        using var other = await host.ApiAsync(await host.Given.PersonAsync(institution));
        (await (await other.BookAsync(instrument, FixedClock.Start + Duration.FromHours(1), FixedClock.Start + Duration.FromHours(3))).CodesAsync()).ShouldBe(["booking.overlap"], "it blocks");

        var today = $"from={FixedClock.Start}&to={FixedClock.Start + Duration.FromHours(1)}";
        (await ItemsAsync(other, $"/api/v1/instruments/{instrument.Id.Value}/calendar?{today}")).ShouldBe(1);
        (await ItemsAsync(other, $"/api/v1/instruments/{instrument.Id.Value}/free-slots?{today}&minutes=60")).ShouldBe(0);
        using var own = await host.ApiAsync(holder);
        (await ItemsAsync(own, $"/api/v1/bookings?mine=true&{today}")).ShouldBe(1);
        var made = await (await own.PostAsJsonAsync("/api/v1/account/calendar-feeds", new { kind = "mine" })).JsonAsync();
        (await CalendarReader.ReadAsync(await other.GetStringAsync(made.GetProperty("url").GetString()))).Only.Uid.ShouldBe($"{booking.Id.Value}@instrumentshare");

        var pages = await host.PagesAsync(holder);
        var link = $"a[href='/bookings/{booking.Id.Value}']";
        foreach (var path in new[] { "/", "/bookings", $"/instruments/{instrument.Id.Value}/calendar" }) (await pages.GetAsync(path)).QuerySelector(link).ShouldNotBeNull(path);
        foreach (var view in new[] { "day", "week", "list" }) (await pages.GetAsync($"/calendar?instruments={instrument.Id.Value}&view={view}")).QuerySelector($"[href^='/bookings/{booking.Id.Value}']").ShouldNotBeNull(view);
        var staff = await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        (await staff.GetAsync("/manage/today")).QuerySelector(link).ShouldNotBeNull();
    }

    private static async Task<int> ItemsAsync(HttpClient api, string path) => (await api.GetFromJsonAsync<JsonElement>(path)).GetProperty("items").GetArrayLength();
}
