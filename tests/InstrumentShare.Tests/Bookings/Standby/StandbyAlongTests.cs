using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings.Companions;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Standby;

/// <summary>Waiting for time that takes another instrument, a room and a technician along: all of it is offered and held, or none.</summary>
public sealed class StandbyAlongTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    public Task InitializeAsync()
    {
        host.Clock.Now = FixedClock.Start;
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => InitializeAsync();

    [Fact]
    public async Task One_may_wait_for_free_time_whose_companion_is_taken_and_not_for_what_is_free_whole()
    {
        var (prep, scope, _, api) = await PrepareAsync();
        await (await WaitAsync(api, prep)).ShouldRefuseAsync(HttpStatusCode.Conflict, "standby.free-now");
        await host.Given.BookingAsync(scope, await host.Given.PersonAsync(), Day.Tomorrow(10));
        (await WaitAsync(api, prep)).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await host.Services.OfferAsync()).ShouldBe(0, "a part of it is taken still");
    }

    [Fact]
    public async Task An_offer_holds_all_of_it_and_becomes_one_booking_with_all_of_it()
    {
        var (prep, scope, technician, api) = await PrepareAsync();
        var entry = await OfferedAsync(prep, scope, api);
        (await HeldAsync(prep, scope)).ShouldBe("2 1 1", "the offer, its companion, the room and the technician");
        var other = await host.ApiAsync(await host.Given.PersonAsync());
        foreach (var instrument in new[] { prep, scope }) (await other.BookAsync(instrument, Day.Tomorrow(10), Day.Tomorrow(11))).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await (await api.GetAsync("/api/v1/bookings?mine=true")).JsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(0, "an offer is no booking yet");

        var booked = await (await api.AcceptAsync((await api.OfferOfAsync(entry))!.Value)).JsonAsync();
        booked.GetProperty("status").GetString().ShouldBe("confirmed");
        (await HeldAsync(prep, scope)).ShouldBe("2 1 1");
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE main_id = @id AND status = 'confirmed' AND offered_until IS NULL AND instrument_id = @i", ("id", booked.GetProperty("id").GetGuid()), ("i", scope.Id.Value))).ShouldBe(1);
        (await host.ScalarAsync<Guid>("SELECT technician_id FROM technician_holds WHERE booking_id = @id AND is_held", ("id", booked.GetProperty("id").GetGuid()))).ShouldBe(technician.Id);
        await (await api.PostAsJsonAsync($"/api/v1/bookings/{booked.GetProperty("id").GetGuid()}/cancel", new { })).JsonAsync();
        (await HeldAsync(prep, scope)).ShouldBe("0 0 0");
    }

    [Theory]
    [InlineData("decline")]
    [InlineData("expire")]
    [InlineData("withdraw")]
    public async Task An_offer_that_is_not_taken_frees_all_of_it(string how)
    {
        var (prep, scope, _, api) = await PrepareAsync();
        var entry = await OfferedAsync(prep, scope, api);
        if (how == "decline") await (await api.DeclineAsync((await api.OfferOfAsync(entry))!.Value)).JsonAsync();
        else if (how == "withdraw") await (await api.PostAsync($"/api/v1/standby/{entry}/withdraw", null)).JsonAsync();
        else
        {
            host.Clock.Now += Duration.FromHours(4);
            (await host.Services.ExpireAsync()).ShouldBe(1);
        }

        (await HeldAsync(prep, scope)).ShouldBe("0 0 0");
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id IN (@a, @b) AND offered_until IS NOT NULL", ("a", prep.Id.Value), ("b", scope.Id.Value))).ShouldBe(0);
        (await (await host.ApiAsync(await host.Given.PersonAsync())).BookAsync(scope, Day.Tomorrow(10), Day.Tomorrow(11))).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task What_would_be_taken_along_and_has_closed_meanwhile_is_named_and_the_offer_stands()
    {
        var (prep, scope, _, api) = await PrepareAsync();
        var entry = await OfferedAsync(prep, scope, api);
        var offer = (await api.OfferOfAsync(entry))!.Value;
        var manager = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, instrumentId: scope.Id.Value));
        var closure = await (await manager.PostAsJsonAsync($"/api/v1/instruments/{scope.Id.Value}/closures", new { kind = "closure", startsAt = Day.Tomorrow(9).ToString(), endsAt = Day.Tomorrow(12).ToString(), title = "停电" })).JsonAsync(HttpStatusCode.Created);
        (await (await api.AcceptAsync(offer)).CodesAsync()).ShouldContain("booking.closure");
        (await HeldAsync(prep, scope)).ShouldBe("2 1 1");
        await (await manager.PostAsync($"/api/v1/instruments/{scope.Id.Value}/closures/{closure.GetProperty("id").GetGuid()}/cancel", null)).JsonAsync();
        await (await api.AcceptAsync(offer)).JsonAsync();
    }

    [Fact]
    public async Task A_link_that_ended_meanwhile_is_not_taken_along()
    {
        var (prep, scope, _, api) = await PrepareAsync();
        var entry = await OfferedAsync(prep, scope, api);
        await host.ExecuteAsync("UPDATE instrument_links SET valid_to = '2026-03-01' WHERE instrument_id = @i; UPDATE instruments SET rules_version = rules_version + 1 WHERE id = @i", ("i", prep.Id.Value));
        await (await api.AcceptAsync((await api.OfferOfAsync(entry))!.Value)).JsonAsync();
        (await HeldAsync(prep, scope)).ShouldBe("1 0 1", "the technician alone is left");
    }

    // Time that became free whole is offered when the job looks at all who wait.
    private async Task<Guid> OfferedAsync(Instrument prep, Instrument scope, HttpClient api)
    {
        var taken = await host.Given.BookingAsync(scope, await host.Given.PersonAsync(), Day.Tomorrow(10));
        var entry = (await (await WaitAsync(api, prep)).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();
        (await host.Services.OfferAsync()).ShouldBe(0);
        await host.ExecuteAsync("UPDATE bookings SET status = 'cancelled' WHERE id = @id", ("id", taken.Id.Value));
        host.Clock.Now += Duration.FromMinutes(11);
        (await host.Services.OfferAsync()).ShouldBe(1);
        return entry;
    }

    private static Task<HttpResponseMessage> WaitAsync(HttpClient api, Instrument instrument) =>
        api.PostAsJsonAsync($"/api/v1/instruments/{instrument.Id.Value}/standby", new { startsAt = Day.Tomorrow(10).ToString(), endsAt = Day.Tomorrow(11).ToString(), serviceMode = "assisted", purpose = "制样" });

    // Bookings that hold time of both instruments, room, technician.
    private Task<string> HeldAsync(Instrument prep, Instrument scope) => host.ScalarAsync<string>("""
        SELECT (SELECT count(*) FROM bookings WHERE instrument_id IN (@a, @b) AND status IN ('requested', 'confirmed')) || ' ' || (SELECT count(*) FROM room_holds WHERE instrument_id = @a AND is_held)
            || ' ' || (SELECT count(*) FROM technician_holds WHERE instrument_id = @a AND is_held)
        """, ("a", prep.Id.Value), ("b", scope.Id.Value));

    private async Task<(Instrument Prep, Instrument Scope, Person Technician, HttpClient Api)> PrepareAsync()
    {
        var institution = await host.Given.InstitutionAsync();
        var (prep, scope, person) = (await host.Given.InstrumentAsync(institution), await host.Given.InstrumentAsync(institution), await host.Given.PersonAsync(institution));
        await host.Given.LinkAsync(prep, scope);
        await host.Given.LinkAsync(prep, room: await host.Given.RoomAsync(institution));
        return (prep, scope, await host.Given.TechnicianAsync(institution, [prep]), await host.ApiAsync(person));
    }
}
