using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Bookings.Standby;
using InstrumentShare.Catalog;
using InstrumentShare.Integrity;
using InstrumentShare.Persistence;
using InstrumentShare.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Tests.Integrity;

/// <summary>Time given back after its notice: who may, what is kept of it, and what it costs until others take it over.</summary>
public sealed class LateCancellationTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private Institution owner = null!;
    private Person manager = null!;
    private Person holder = null!;

    public async Task InitializeAsync()
    {
        host.Clock.Now = FixedClock.Start;
        owner = await host.Given.InstitutionAsync();
        manager = await host.Given.PersonWithRoleAsync(Role.LabManager, owner);
        holder = await host.Given.PersonAsync(await host.Given.InstitutionAsync());
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("holder", HttpStatusCode.OK, true)]
    [InlineData("manager", HttpStatusCode.OK, false)]
    [InlineData("technician", HttpStatusCode.Forbidden, false)]
    [InlineData("auditor", HttpStatusCode.Forbidden, false)]
    [InlineData("stranger", HttpStatusCode.NotFound, false)]
    [InlineData("nobody", HttpStatusCode.Unauthorized, false)]
    public async Task Who_may_cancel_after_the_notice_and_for_whom_it_is_late(string role, HttpStatusCode expected, bool late)
    {
        var booking = await BookedAsync();
        var person = role switch
        {
            "holder" => holder,
            "manager" => manager,
            "technician" => await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: booking.InstrumentId.Value),
            "auditor" => await host.Given.PersonWithRoleAsync(Role.Auditor),
            "stranger" => await host.Given.PersonAsync(),
            _ => null,
        };
        (await CancelAsync(await host.ApiAsync(person), booking, "不来了")).StatusCode.ShouldBe(expected);
        (await host.ScalarAsync<bool>("SELECT cancelled_late FROM bookings WHERE id = @id", ("id", booking.Id.Value))).ShouldBe(late);
        await EnterAsync(host.Services);
        (await ScoreAsync()).ShouldBe(late ? 98 : 100);
    }

    [Fact]
    public async Task It_is_kept_who_was_late_when_and_by_how_much()
    {
        var booking = await BookedAsync();
        var api = await host.ApiAsync(holder);
        var before = (await OneAsync(api, booking)).GetProperty("late");
        (before.GetProperty("minutesLate").GetInt32(), before.GetProperty("isAllowed").GetBoolean(), before.GetProperty("points").GetInt32()).ShouldBe((60, true, 2));
        await (await CancelAsync(api, booking)).JsonAsync(HttpStatusCode.OK);
        var kept = await OneAsync(api, booking);
        (kept.GetProperty("cancelledLate").GetBoolean(), kept.GetProperty("minutesLate").GetInt32(), kept.GetProperty("cancelledBy").GetGuid()).ShouldBe((true, 60, holder.Id));
        (kept.GetProperty("cancelledAt").GetString(), kept.GetProperty("late").ValueKind).ShouldBe((FixedClock.Start.ToString(), JsonValueKind.Null));
        (await EnterAsync(host.Services)).ShouldBe(1);
        (await EnterAsync(host.Services)).ShouldBe(0);
        var entry = (await (await api.GetAsync("/api/v1/credit")).JsonAsync()).GetProperty("entries")[0];
        (entry.GetProperty("event").GetString(), entry.GetProperty("points").GetInt32()).ShouldBe(("cancelledLate", -2));
        (await Should.ThrowAsync<PostgresException>(() => host.ExecuteAsync("UPDATE bookings SET cancelled_late = false WHERE id = @id", ("id", booking.Id.Value)))).SqlState.ShouldBe(PostgresErrorCodes.CheckViolation);
    }

    [Fact]
    public async Task Without_a_rule_that_allows_it_the_holder_cannot_and_is_told_so()
    {
        var booking = await BookedAsync(allowed: null);
        var api = await host.ApiAsync(holder);
        (await OneAsync(api, booking)).GetProperty("late").GetProperty("isAllowed").GetBoolean().ShouldBeFalse();
        await (await CancelAsync(api, booking)).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.cancel-lead");
        (await (await host.PagesAsync(holder)).GetAsync($"/bookings/{booking.Id.Value}/cancel")).QuerySelector("[data-late]")!.TextContent.ShouldContain("cannot cancel by yourself");
    }

    [Fact]
    public async Task A_rule_of_the_institution_allows_it_for_its_instruments_and_their_own_rule_takes_it_back()
    {
        var booking = await BookedAsync(allowed: null);
        var administrator = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, owner));
        await (await administrator.PutAsJsonAsync("/api/v1/booking-rules", new { target = new { institutionId = owner.Id.Value }, rules = new { lateCancel = true } })).JsonAsync(HttpStatusCode.OK);
        var api = await host.ApiAsync(holder);
        (await OneAsync(api, booking)).GetProperty("late").GetProperty("isAllowed").GetBoolean().ShouldBeTrue();
        await (await administrator.PutAsJsonAsync("/api/v1/booking-rules", new { target = new { instrumentId = booking.InstrumentId.Value }, rules = new { cancelLeadMinutes = 120, lateCancel = false } })).JsonAsync(HttpStatusCode.OK);
        await (await CancelAsync(api, booking)).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.cancel-lead");
    }

    [Fact]
    public async Task While_the_instrument_is_closed_nobody_is_late()
    {
        var booking = await BookedAsync(allowed: null);
        var api = await host.ApiAsync(manager);
        await (await api.PostAsJsonAsync($"/api/v1/instruments/{booking.InstrumentId.Value}/closures", new { kind = "maintenance", startsAt = booking.StartsAt.ToString(), endsAt = booking.EndsAt.ToString(), title = "真空泵故障" })).JsonAsync(HttpStatusCode.Created);
        await (await CancelAsync(await host.ApiAsync(holder), booking)).JsonAsync(HttpStatusCode.OK);
        (await EnterAsync(host.Services)).ShouldBe(0);
        (await ScoreAsync()).ShouldBe(100);
    }

    [Fact]
    public async Task Who_takes_the_time_over_frees_the_first_holder_and_nothing_is_erased()
    {
        var booking = await BookedAsync();
        await CancelAsync(await host.ApiAsync(holder), booking);
        await EnterAsync(host.Services);
        (await ScoreAsync()).ShouldBe(98);
        await host.Given.BookingAsync(await InstrumentAsync(booking), await host.Given.PersonAsync(owner), booking.StartsAt);
        (await host.Services.GetRequiredService<FindTakeOvers>().RunAsync()).ShouldBe(1);
        (await EnterAsync(host.Services)).ShouldBe(1);
        (await ScoreAsync()).ShouldBe(100);
        (await host.ScalarAsync<string>("SELECT string_agg(points || ' ' || coalesce(reversal_reason, ''), ',' ORDER BY points) FROM credit_entries WHERE cause_id = @id", ("id", booking.Id.Value))).ShouldBe("-2 ,2 takenOver");
        (await (await host.PagesAsync(holder)).GetAsync("/my/credit")).Body!.TextContent.ShouldContain("others took the time over");
    }

    [Fact]
    public async Task A_take_over_before_the_entry_leaves_nothing_to_enter()
    {
        var booking = await BookedAsync();
        await CancelAsync(await host.ApiAsync(holder), booking);
        await host.Given.BookingAsync(await InstrumentAsync(booking), await host.Given.PersonAsync(owner), booking.StartsAt);
        await host.Services.GetRequiredService<FindTakeOvers>().RunAsync();
        (await EnterAsync(host.Services)).ShouldBe(1);
        (await host.ScalarAsync<long>("SELECT count(*) FROM credit_entries WHERE cause_id = @id", ("id", booking.Id.Value))).ShouldBe(0);
    }

    [Fact]
    public async Task One_booking_costs_once_whatever_is_found_of_it()
    {
        var booking = await BookedAsync();
        await CancelAsync(await host.ApiAsync(holder), booking);
        await EnterAsync(host.Services);
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        await using (var transaction = await db.BeginAsync(default))
        {
            var fact = new CreditFact(booking.Id, booking.InstrumentId, booking.PersonId, null, booking.EndsAt, [CreditEvent.NoShow]);
            await scope.ServiceProvider.GetRequiredService<EnterCredit>().RunAsync([fact], default);
            await transaction.CommitAsync(default);
        }

        (await ScoreAsync()).ShouldBe(95, "the one took the other's place");
        const string Beside = "INSERT INTO credit_entries SELECT gen_random_uuid(), person_id, group_id, instrument_id, institution_id, -2, 'cancelledLate', rule_id, rule_version, cause_kind, cause_id, occurred_at, expires_at, entered_at FROM credit_entries WHERE cause_id = @id AND event = 'noShow'";
        (await Should.ThrowAsync<PostgresException>(() => host.ExecuteAsync(Beside, ("id", booking.Id.Value)))).ConstraintName.ShouldBe("credit.entered-once");
    }

    [Fact]
    public async Task Several_nodes_enter_one_cancellation_once_and_miss_no_take_over_between()
    {
        await using var second = host.NewNode();
        var bookings = new List<Booking>();
        for (var i = 0; i < 6; i++) bookings.Add(await BookedAsync());
        var api = await host.ApiAsync(holder);
        foreach (var booking in bookings) await (await CancelAsync(api, booking)).JsonAsync(HttpStatusCode.OK);
        var other = await host.Given.PersonAsync(owner);
        foreach (var booking in bookings) await host.Given.BookingAsync(await InstrumentAsync(booking), other, booking.StartsAt);
        await Task.WhenAll([.. Enumerable.Range(0, 6).Select(i => EnterAsync(i % 2 == 0 ? host.Services : second.Services)), host.Services.GetRequiredService<FindTakeOvers>().RunAsync(), second.Services.GetRequiredService<FindTakeOvers>().RunAsync()]);
        // What was held by one at that moment is the next run's.
        await host.Services.GetRequiredService<FindTakeOvers>().RunAsync();
        await EnterAsync(host.Services);
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE person_id = @id AND cancelled_late AND taken_over_by IS NULL", ("id", holder.Id))).ShouldBe(0);
        (await host.ScalarAsync<long>("SELECT count(*) FROM late_cancellations_due")).ShouldBe(0);
        (await ScoreAsync()).ShouldBe(100);
        (await host.ScalarAsync<long>("SELECT count(*) FROM (SELECT 1 FROM credit_entries WHERE person_id = @id AND reverses_id IS NULL GROUP BY cause_id HAVING count(*) > 1) x", ("id", holder.Id))).ShouldBe(0);
    }

    [Fact]
    public async Task Of_a_series_each_date_past_its_notice_is_late()
    {
        var instrument = await host.Given.InstrumentAsync(owner, rules: r => r with { CancelLeadMinutes = 1501, LateCancel = true });
        await host.Given.PricesAsync(instrument);
        var api = await host.ApiAsync(holder);
        var series = await (await api.PostAsJsonAsync("/api/v1/booking-series", new { instrumentId = instrument.Id.Value, localStart = "2026-03-02T10:00", localEnd = "2026-03-02T11:00", rrule = "FREQ=DAILY;COUNT=3", serviceMode = "selfOperated" })).JsonAsync(HttpStatusCode.Created);
        var id = series.GetProperty("id").GetGuid();
        var page = await (await host.PagesAsync(holder)).GetAsync($"/booking-series/{id}");
        page.QuerySelector("[data-cancel-series] [data-late]")!.TextContent.ShouldContain("2 of these dates");
        var first = await host.ScalarAsync<Guid>("SELECT id FROM bookings WHERE series_id = @id ORDER BY starts_at LIMIT 1", ("id", id));
        await (await api.PostAsJsonAsync($"/api/v1/bookings/{first}/cancel", new { scope = "all" })).JsonAsync(HttpStatusCode.OK);
        (await EnterAsync(host.Services)).ShouldBe(2);
        (await ScoreAsync()).ShouldBe(96);
    }

    [Fact]
    public async Task The_pages_say_that_it_is_late_and_what_it_costs_before_the_click()
    {
        var booking = await BookedAsync();
        var administrator = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, owner));
        await (await administrator.PutAsJsonAsync("/api/v1/credit/rules", new { institutionId = owner.Id.Value, @event = "cancelledLate", points = -7 })).JsonAsync(HttpStatusCode.OK);
        var mine = await host.PagesAsync(holder, "zh-CN");
        var page = await mine.GetAsync($"/bookings/{booking.Id.Value}");
        page.QuerySelector("form[data-cancel] [data-late]")!.TextContent.ShouldContain("扣 7 信用分");
        page.QuerySelector("form[data-cancel]")!.GetAttribute("data-confirm")!.ShouldContain("逾期取消");
        (await (await host.PagesAsync(manager)).GetAsync($"/bookings/{booking.Id.Value}")).QuerySelector("[data-late]").ShouldBeNull("for staff it is not late");
        page = await mine.SubmitAsync(await mine.GetAsync($"/bookings/{booking.Id.Value}/cancel"), "form[data-cancel]", ("Reason", "样品未到"));
        page.QuerySelector("[data-late]")!.TextContent.ShouldContain("晚于期限");
        await EnterAsync(host.Services);
        (await mine.GetAsync("/my/credit")).QuerySelector("[data-score]")!.TextContent.ShouldBe("93");
    }

    [Fact]
    public async Task Where_the_rule_is_off_it_costs_nothing_and_is_kept_all_the_same()
    {
        var administrator = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, owner));
        await (await administrator.PutAsJsonAsync("/api/v1/credit/rules", new { institutionId = owner.Id.Value, @event = "cancelledLate", points = 0, enabled = false })).JsonAsync(HttpStatusCode.OK);
        var booking = await BookedAsync();
        var api = await host.ApiAsync(holder);
        (await OneAsync(api, booking)).GetProperty("late").GetProperty("points").GetInt32().ShouldBe(0);
        await CancelAsync(api, booking);
        await EnterAsync(host.Services);
        (await ScoreAsync()).ShouldBe(100);
        (await OneAsync(api, booking)).GetProperty("cancelledLate").GetBoolean().ShouldBeTrue();
    }

    /// <summary>Today at ten, an hour after its notice has ended.</summary>
    private async Task<Booking> BookedAsync(bool? allowed = true)
    {
        var instrument = await host.Given.InstrumentAsync(owner, rules: r => r with { CancelLeadMinutes = 120, LateCancel = allowed });
        return await host.Given.BookingAsync(instrument, holder, FixedClock.Start + Duration.FromHours(1));
    }

    private async Task<Instrument> InstrumentAsync(Booking booking)
    {
        await using var db = host.NewDb();
        return (await db.Set<Instrument>().FindAsync(booking.InstrumentId))!;
    }

    private static async Task<int> EnterAsync(IServiceProvider node)
    {
        await using var scope = node.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<EnterLateCancellations>().RunAsync();
    }

    private static Task<HttpResponseMessage> CancelAsync(HttpClient api, Booking booking, string? reason = null) => api.PostAsJsonAsync($"/api/v1/bookings/{booking.Id.Value}/cancel", new { reason });

    private static async Task<JsonElement> OneAsync(HttpClient api, Booking booking) => await (await api.GetAsync($"/api/v1/bookings/{booking.Id.Value}")).JsonAsync(HttpStatusCode.OK);

    private async Task<int> ScoreAsync() => (await (await (await host.ApiAsync(holder)).GetAsync("/api/v1/credit")).JsonAsync(HttpStatusCode.OK)).GetProperty("score").GetInt32();
}
