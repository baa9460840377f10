using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using InstrumentShare.Usage.Verdicts;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Tests.Usage.Verdicts;

/// <summary>Judgements of bookings: made when the time is over, made again when a use is corrected, each former one kept.</summary>
public sealed class VerdictTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private Instrument instrument = null!;
    private Person manager = null!;
    private Person holder = null!;

    public async Task InitializeAsync()
    {
        host.Clock.Now = FixedClock.Start;
        (_, instrument, manager, holder) = await host.Given.PricedInstrumentAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("holder", HttpStatusCode.Forbidden)]
    [InlineData("manager", HttpStatusCode.OK)]
    [InlineData("technician", HttpStatusCode.Forbidden)]
    [InlineData("managerElsewhere", HttpStatusCode.NotFound)]
    [InlineData("auditor", HttpStatusCode.Forbidden)]
    [InlineData("nobody", HttpStatusCode.Unauthorized)]
    public async Task Who_may_excuse(string role, HttpStatusCode expected)
    {
        var booking = await NotUsedAsync();
        var person = role switch
        {
            "holder" => holder,
            "manager" => manager,
            "technician" => await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: instrument.Id.Value),
            "managerElsewhere" => await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync()),
            "auditor" => await host.Given.PersonWithRoleAsync(Role.Auditor),
            _ => null,
        };
        (await ExcuseAsync(await host.ApiAsync(person), booking, "agreed by phone")).StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task A_booking_that_nobody_used_is_a_no_show_half_an_hour_after_its_end_and_not_before()
    {
        var booking = await host.Given.BookedAsync(instrument, holder);
        await CompleteAsync(booking);
        host.Clock.Now = booking.EndsAt + JudgeBookings.After - Duration.FromSeconds(1);
        await JudgeAsync();
        (await StandingAsync(booking)).ShouldBeNull();
        host.Clock.Now = booking.EndsAt + JudgeBookings.After;
        await JudgeAsync();
        (await StandingAsync(booking)).ShouldBe("noShow");
        await JudgeAsync();
        (await CountAsync(booking)).ShouldBe(1);
    }

    [Fact]
    public async Task A_use_recorded_late_makes_the_judgement_anew_and_keeps_the_former()
    {
        var booking = await NotUsedAsync();
        var api = await host.ApiAsync(manager);
        var record = await (await api.PostAsJsonAsync("/api/v1/usage-records", Entry(booking, 0, 90))).JsonAsync(HttpStatusCode.Created);
        await JudgeAsync();
        (await StandingAsync(booking)).ShouldBe("overran");
        await (await api.PostAsJsonAsync($"/api/v1/usage-records/{record.GetProperty("id").GetGuid()}/corrections", new { endsAt = At(booking, 60), reason = "meter" })).JsonAsync(HttpStatusCode.Created);
        await JudgeAsync();
        (await StandingAsync(booking)).ShouldBe("asBooked");

        var items = (await (await (await host.ApiAsync(holder)).GetAsync($"/api/v1/bookings/{booking.Id.Value}/verdicts")).JsonAsync()).GetProperty("items").EnumerateArray().ToList();
        items.Select(i => i.GetProperty("verdicts")[0].GetString()).ShouldBe(["asBooked", "overran", "noShow"]);
        items.Select(i => i.GetProperty("supersededBy").ValueKind == System.Text.Json.JsonValueKind.Null).ShouldBe([true, false, false]);
        items[1].GetProperty("minutesOver").GetInt32().ShouldBe(30);
    }

    [Fact]
    public async Task A_use_without_a_booking_over_its_time_lifts_a_no_show()
    {
        var booking = await NotUsedAsync();
        await (await (await host.ApiAsync(manager)).PostAsJsonAsync("/api/v1/usage-records", new { instrumentId = instrument.Id.Value, personId = holder.Id, startsAt = At(booking, 5), endsAt = At(booking, 50), reason = "power meter" })).JsonAsync(HttpStatusCode.Created);
        await JudgeAsync();
        (await StandingAsync(booking)).ShouldBe("asBooked");
    }

    [Fact]
    public async Task An_excuse_keeps_its_reason_is_audited_and_goes_on_while_nothing_more_is_found()
    {
        var booking = await NotUsedAsync();
        var api = await host.ApiAsync(manager);
        await (await ExcuseAsync(api, booking, " ")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "verdict.reason-missing");
        (await (await ExcuseAsync(api, booking, "power cut")).JsonAsync()).GetProperty("excused").GetBoolean().ShouldBeTrue();
        await (await ExcuseAsync(api, booking, "again")).ShouldRefuseAsync(HttpStatusCode.Conflict, "verdict.excused-already");
        (await host.ScalarAsync<string>("SELECT reason FROM audit_entries WHERE action = 'booking.excuse' AND subject_id = @id", ("id", booking.Id.Value.ToString()))).ShouldBe("power cut");
        await (await api.PostAsJsonAsync("/api/v1/usage-records", Entry(booking, 30, 60))).JsonAsync(HttpStatusCode.Created);
        await JudgeAsync();
        (await host.ScalarAsync<bool>("SELECT excuse_reason IS NULL FROM booking_verdicts WHERE booking_id = @id AND superseded_by IS NULL", ("id", booking.Id.Value))).ShouldBeTrue("late is not what was excused");
    }

    [Fact]
    public async Task Nobody_excuses_their_own()
    {
        var booking = await NotUsedAsync(manager);
        await (await ExcuseAsync(await host.ApiAsync(manager), booking, "mine")).ShouldRefuseAsync(HttpStatusCode.Conflict, "verdict.own");
    }

    [Fact]
    public async Task Graces_hold_from_their_date_and_the_day_of_the_booking_decides()
    {
        var api = await host.ApiAsync(manager);
        await (await api.PutAsJsonAsync($"/api/v1/instruments/{instrument.Id.Value}/verdict-settings", new { lateGraceMinutes = 2000 })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "verdict-settings.grace");
        await (await api.PutAsJsonAsync($"/api/v1/instruments/{instrument.Id.Value}/verdict-settings", new { validFrom = "2026-03-02", usageControlled = false })).JsonAsync();
        await (await api.PutAsJsonAsync($"/api/v1/instruments/{instrument.Id.Value}/verdict-settings", new { validFrom = "2026-03-03", lateGraceMinutes = 0 })).JsonAsync();
        (await StandingAsync(await NotUsedAsync())).ShouldBe("asBooked");
        (await StandingAsync(await NotUsedAsync(startsAt: FixedClock.Start + Duration.FromDays(1)))).ShouldBe("noShow");
        (await (await api.GetAsync($"/api/v1/instruments/{instrument.Id.Value}/verdict-settings")).JsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task Two_nodes_that_judge_at_once_leave_one_judgement_standing()
    {
        await using var second = host.NewNode();
        var bookings = new List<Booking>();
        for (var i = 0; i < 20; i++) bookings.Add(await host.Given.BookedAsync(instrument, holder, FixedClock.Start + Duration.FromHours(i)));
        foreach (var booking in bookings) await CompleteAsync(booking);
        host.Clock.Now = FixedClock.Start + Duration.FromDays(2);
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => JudgeAsync(i % 2 == 0 ? host.Services : second.Services)));
        await JudgeAsync();
        foreach (var booking in bookings) (await CountAsync(booking)).ShouldBe(1);
    }

    [Fact]
    public async Task A_judgement_is_never_changed_by_hand()
    {
        var booking = await NotUsedAsync();
        (await Should.ThrowAsync<PostgresException>(() => host.ExecuteAsync("UPDATE booking_verdicts SET found = '{asBooked}' WHERE booking_id = @id", ("id", booking.Id.Value)))).ConstraintName.ShouldBe("verdict.immutable");
    }

    [Fact]
    public async Task The_booking_its_list_and_todays_page_show_it_and_one_tap_excuses()
    {
        var booking = await NotUsedAsync();
        var mine = await host.PagesAsync(holder);
        (await mine.GetAsync($"/bookings/{booking.Id.Value}")).QuerySelector("[data-verdict]")!.TextContent.ShouldContain("No-show");
        (await mine.GetAsync("/bookings?show=past")).Body!.TextContent.ShouldContain("No-show");
        (await mine.GetAsync($"/bookings/{booking.Id.Value}/verdict")).QuerySelector("form[data-excuse]").ShouldBeNull();

        var desk = await host.PagesAsync(manager);
        var refused = await desk.SubmitAsync(await desk.GetAsync($"/bookings/{booking.Id.Value}/verdict"), "form[data-excuse]", ("Reason", new string('x', 501)));
        refused.QuerySelector("[data-problems]")!.TextContent.ShouldContain("500");
        var after = await desk.SubmitAsync(await desk.GetAsync("/manage/today?date=2026-03-02"), "form[data-excuse]", ("Reason", "Agreed with the staff"));
        after.QuerySelector("h1")!.TextContent.ShouldContain("Today");
        after.Body!.TextContent.ShouldContain("Excused");
    }

    private async Task<Booking> NotUsedAsync(Person? who = null, Instant? startsAt = null)
    {
        var booking = await host.Given.BookedAsync(instrument, who ?? holder, startsAt);
        await CompleteAsync(booking);
        host.Clock.Now = Instant.Max(host.Clock.Now, booking.EndsAt + Duration.FromHours(1));
        await JudgeAsync();
        return booking;
    }

    private Task<int> CompleteAsync(Booking booking) => host.ExecuteAsync("UPDATE bookings SET status = 'completed' WHERE id = @id", ("id", booking.Id.Value));

    private Task JudgeAsync() => JudgeAsync(host.Services);

    private static async Task JudgeAsync(IServiceProvider node)
    {
        await using var scope = node.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<JudgeBookings>().RunAsync();
    }

    private async Task<string?> StandingAsync(Booking booking)
    {
        await using var command = host.DataSource.CreateCommand("SELECT array_to_string(found, ' ') FROM booking_verdicts WHERE booking_id = $1 AND superseded_by IS NULL");
        command.Parameters.AddWithValue(booking.Id.Value);
        return await command.ExecuteScalarAsync() as string;
    }

    private Task<long> CountAsync(Booking booking) => host.ScalarAsync<long>("SELECT count(*) FROM booking_verdicts WHERE booking_id = @id", ("id", booking.Id.Value));

    private object Entry(Booking booking, int from, int to) => new { instrumentId = instrument.Id.Value, bookingId = booking.Id.Value, startsAt = At(booking, from), endsAt = At(booking, to), reason = "written down" };

    private static string At(Booking booking, int minute) => (booking.StartsAt + Duration.FromMinutes(minute)).ToString();

    private static Task<HttpResponseMessage> ExcuseAsync(HttpClient api, Booking booking, string reason) => api.PostAsJsonAsync($"/api/v1/bookings/{booking.Id.Value}/excuse", new { reason });
}
