using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace InstrumentShare.Tests.Bookings;

/// <summary>What may become of a booking that stands: moved, cancelled, decided on, expired, completed.</summary>
public sealed class BookingChangeTests(TestHost host) : IClassFixture<TestHost>
{
    [Theory]
    [InlineData(3, 21, 0, 60, "booking.outside-hours")]
    [InlineData(3, 14, 7, 60, "booking.granularity")]
    [InlineData(3, 9, 0, 540, "booking.max-length")]
    [InlineData(3, 14, 0, 10, "booking.min-length")]
    [InlineData(20, 14, 0, 60, "booking.horizon")]
    [InlineData(2, 8, 0, 60, "booking.past")]
    [InlineData(2, 10, 0, 60, "booking.lead-time")]
    [InlineData(3, 16, 0, 60, "booking.closure")]
    [InlineData(3, 12, 0, 60, "booking.overlap")]
    [InlineData(4, 9, 0, 300, "booking.day-limit")]
    public async Task A_move_is_judged_by_every_rule_of_a_new_booking(int day, int hour, int minute, int minutes, string code)
    {
        var (instrument, person, api) = await PrepareAsync(r => r with { HorizonDays = 7, LeadMinutes = 120, PersonDayMinutes = 240 });
        await host.Given.ClosureAsync(instrument, Day.Tomorrow(16), Day.Tomorrow(17));
        await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(), Day.Tomorrow(12));
        var booking = await host.Given.BookingAsync(instrument, person, Day.Tomorrow(10));
        var at = Day.At(new LocalDate(2026, 3, day), hour, minute);
        var answer = await api.MoveAsync(booking, at, at + Duration.FromMinutes(minutes));
        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await answer.CodesAsync()).ShouldContain(code);
        (await FindAsync(booking)).StartsAt.ShouldBe(Day.Tomorrow(10), "a refused move changes nothing");
    }

    [Fact]
    public async Task A_move_that_ends_before_it_starts_is_refused()
    {
        var (instrument, person, api) = await PrepareAsync();
        var booking = await host.Given.BookingAsync(instrument, person);
        var answer = await api.MoveAsync(booking, Day.Tomorrow(15), Day.Tomorrow(14));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.CodesAsync()).ShouldBe(["booking.end-before-start"]);
    }

    [Fact]
    public async Task A_move_over_ones_own_old_time_is_no_overlap_and_no_double_count()
    {
        var (instrument, person, api) = await PrepareAsync(r => r with { PersonDayMinutes = 120 });
        var booking = await host.Given.BookingAsync(instrument, person, Day.Tomorrow(10), minutes: 120);
        (await api.MoveAsync(booking, Day.Tomorrow(10, 30), Day.Tomorrow(12, 30))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_was_written_survives_a_move_and_event_and_mail_tell_of_it()
    {
        var (instrument, _, api) = await PrepareAsync();
        var id = (await (await api.BookAsync(instrument, Day.Tomorrow(9), Day.Tomorrow(10))).JsonAsync()).GetProperty("id").GetGuid();
        (await api.PostAsJsonAsync($"/api/v1/bookings/{id}/reschedule", new { startsAt = Day.Tomorrow(11).ToString(), endsAt = Day.Tomorrow(12).ToString() })).StatusCode.ShouldBe(HttpStatusCode.OK);
        var moved = await (await api.GetAsync($"/api/v1/bookings/{id}")).JsonAsync();
        (moved.GetProperty("purpose").GetString(), moved.GetProperty("version").GetInt32()).ShouldBe(("晶粒尺寸", 2));
        (await EventsAsync(id)).ShouldBe("booking.confirmed booking.rescheduled");
        (await host.ScalarAsync<string>("SELECT data->'slot'->>'startsAt' FROM outbox_messages WHERE kind = 'booking.rescheduled' AND data->>'bookingId' = @id", ("id", id.ToString()))).ShouldBe("2026-03-03T03:00:00Z");
    }

    [Fact]
    public async Task An_approved_time_is_not_exchanged_without_who_approved_it()
    {
        var (instrument, person, api) = await PrepareAsync(r => r with { ApprovalRequired = true });
        var booking = await host.Given.BookingAsync(instrument, person);
        (await (await api.MoveAsync(booking, Day.Tomorrow(14), Day.Tomorrow(15))).CodesAsync()).ShouldBe(["booking.approved-time"]);
        using var manager = await ManagerAsync(instrument);
        (await manager.MoveAsync(booking, Day.Tomorrow(14), Day.Tomorrow(15))).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await manager.MoveAsync(booking, Day.Tomorrow(14), Day.Tomorrow(15), overrideReason: "设备调试")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(60, 60, "")]
    [InlineData(60, 59, "booking.cancel-lead")]
    [InlineData(0, 0, "booking.started")]
    [InlineData(0, 1, "")]
    public async Task The_holder_may_cancel_until_the_notice_of_the_rules(int notice, int minutesBefore, string code)
    {
        var (instrument, person, api) = await PrepareAsync(r => r with { CancelLeadMinutes = notice });
        var booking = await host.Given.BookingAsync(instrument, person, FixedClock.Start + Duration.FromMinutes(minutesBefore));
        var answer = await api.PostAsJsonAsync($"/api/v1/bookings/{booking.Id.Value}/cancel", new { });
        if (code.Length == 0) answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        else (await answer.CodesAsync()).ShouldBe([code]);
    }

    [Fact]
    public async Task Moving_away_keeps_the_notice_of_cancelling()
    {
        var (instrument, person, api) = await PrepareAsync(r => r with { CancelLeadMinutes = 60 });
        var booking = await host.Given.BookingAsync(instrument, person, FixedClock.Start + Duration.FromMinutes(30));
        (await (await api.MoveAsync(booking, Day.Tomorrow(14), Day.Tomorrow(15))).CodesAsync()).ShouldBe(["booking.change-lead"]);
    }

    [Fact]
    public async Task A_cancelled_time_can_be_booked_again_and_not_be_revived()
    {
        var (instrument, person, api) = await PrepareAsync();
        var booking = await host.Given.BookingAsync(instrument, person, status: BookingStatus.Requested);
        (await api.PostAsJsonAsync($"/api/v1/bookings/{booking.Id.Value}/cancel", new { })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await api.BookAsync(instrument, booking.StartsAt, booking.EndsAt)).StatusCode.ShouldBe(HttpStatusCode.Created);
        using var manager = await ManagerAsync(instrument);
        (await (await manager.PostAsync($"/api/v1/bookings/{booking.Id.Value}/approve", null)).CodesAsync()).ShouldBe(["booking.state"]);
        (await (await api.MoveAsync(booking, Day.Tomorrow(14), Day.Tomorrow(15))).CodesAsync()).ShouldBe(["booking.state"]);
    }

    [Fact]
    public async Task Staff_cancel_anothers_booking_with_a_reason_that_is_kept_and_told()
    {
        var (instrument, person, _) = await PrepareAsync();
        var booking = await host.Given.BookingAsync(instrument, person);
        using var manager = await ManagerAsync(instrument);
        (await (await manager.PostAsJsonAsync($"/api/v1/bookings/{booking.Id.Value}/cancel", new { })).CodesAsync()).ShouldBe(["booking.text-missing"]);
        (await manager.PostAsJsonAsync($"/api/v1/bookings/{booking.Id.Value}/cancel", new { reason = "氦气用尽" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await host.ScalarAsync<string>("SELECT recipient || ' ' || (data->>'reason') FROM outbox_messages WHERE kind = 'booking.cancelled' AND data->>'bookingId' = @id", ("id", booking.Id.Value.ToString()))).ShouldBe($"{person.Email} 氦气用尽");
        (await host.ScalarAsync<string>("SELECT reason FROM audit_entries WHERE subject_id = @id", ("id", booking.Id.Value.ToString()))).ShouldBe("氦气用尽");
    }

    [Fact]
    public async Task Two_requests_for_one_slot_cannot_both_be_confirmed()
    {
        var (instrument, person, api) = await PrepareAsync(r => r with { ApprovalRequired = true });
        var first = await api.BookAsync(instrument, Day.Tomorrow(9), Day.Tomorrow(10));
        (await first.JsonAsync()).GetProperty("status").GetString().ShouldBe("requested");
        using var other = await host.ApiAsync(await host.Given.PersonAsync());
        (await (await other.BookAsync(instrument, Day.Tomorrow(9), Day.Tomorrow(10))).CodesAsync()).ShouldBe(["booking.overlap"]);
        _ = person;
    }

    [Fact]
    public async Task Nobody_decides_on_their_own_request()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, rules: r => r with { ApprovalRequired = true });
        var manager = await host.Given.PersonWithRoleAsync(Role.LabManager, institution);
        using var api = await host.ApiAsync(manager);
        var booked = await (await api.BookAsync(instrument, Day.Tomorrow(9), Day.Tomorrow(10))).JsonAsync();
        booked.GetProperty("status").GetString().ShouldBe("requested");
        var answer = await api.PostAsync($"/api/v1/bookings/{booked.GetProperty("id").GetGuid()}/approve", null);
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.CodesAsync()).ShouldBe(["booking.own-request"]);
    }

    [Fact]
    public async Task A_group_leader_decides_for_the_group_only()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(rules: r => r with { ApprovalRequired = true });
        var (leader, member) = (await host.Given.PersonAsync(institution), await host.Given.PersonAsync(institution));
        var group = await host.Given.GroupAsync(institution, leader, member);
        await host.Given.GrantAsync(leader, Role.GroupLeader, group.Id.Value, ScopeKind.Group);
        var own = await host.Given.BookingAsync(instrument, member, Day.Tomorrow(9), status: BookingStatus.Requested, groupId: group.Id, steps: new ApprovalRule(Approver.GroupLeader));
        var labs = await host.Given.BookingAsync(instrument, member, Day.Tomorrow(15), status: BookingStatus.Requested, groupId: group.Id);
        var foreign = await host.Given.BookingAsync(instrument, member, Day.Tomorrow(11), status: BookingStatus.Requested);
        using var api = await host.ApiAsync(leader);
        (await api.PostAsync($"/api/v1/bookings/{own.Id.Value}/approve", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await api.PostAsync($"/api/v1/bookings/{labs.Id.Value}/approve", null)).StatusCode.ShouldBe(HttpStatusCode.Forbidden, "the lab's step is the lab's");
        (await api.PostAsync($"/api/v1/bookings/{foreign.Id.Value}/approve", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task An_approval_looks_at_the_closures_made_since_the_request()
    {
        var (instrument, person, _) = await PrepareAsync(r => r with { ApprovalRequired = true });
        var booking = await host.Given.BookingAsync(instrument, person, status: BookingStatus.Requested);
        await host.Given.ClosureAsync(instrument, booking.StartsAt, booking.EndsAt);
        using var manager = await ManagerAsync(instrument);
        (await (await manager.PostAsync($"/api/v1/bookings/{booking.Id.Value}/approve", null)).CodesAsync()).ShouldBe(["booking.closure"]);
        (await (await manager.PostAsJsonAsync($"/api/v1/bookings/{booking.Id.Value}/reject", new { reason = " " })).CodesAsync()).ShouldBe(["booking.text-missing"]);
        (await manager.PostAsJsonAsync($"/api/v1/bookings/{booking.Id.Value}/reject", new { reason = "检修" })).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Staff_go_over_soft_rules_with_a_reason_that_is_kept()
    {
        var (instrument, person, api) = await PrepareAsync(r => r with { MaxMinutes = 60 });
        using var manager = await ManagerAsync(instrument);
        (await (await manager.BookAsync(instrument, Day.Tomorrow(9), Day.Tomorrow(12))).CodesAsync()).ShouldBe(["booking.max-length"]);
        (await (await api.BookAsync(instrument, Day.Tomorrow(9), Day.Tomorrow(12), "急")).CodesAsync()).ShouldBe(["booking.max-length"], "only staff may");
        var answer = await manager.BookAsync(instrument, Day.Tomorrow(9), Day.Tomorrow(12), "连续原位实验");
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        var id = (await answer.JsonAsync()).GetProperty("id").GetGuid();
        (await host.ScalarAsync<string>("SELECT reason || ' ' || (after->'overridden'->>0) FROM audit_entries WHERE subject_id = @id", ("id", id.ToString()))).ShouldBe("连续原位实验 booking.max-length");
        _ = person;
    }

    [Theory]
    [InlineData(15, "expired")]
    [InlineData(16, "requested")]
    [InlineData(-3000, "expired")]
    public async Task A_request_expires_once_it_is_at_most_15_minutes_ahead_however_late_the_job_comes(int minutesAhead, string status)
    {
        var (instrument, person, _) = await PrepareAsync();
        var booking = await host.Given.BookingAsync(instrument, person, FixedClock.Start + Duration.FromMinutes(minutesAhead), status: BookingStatus.Requested);
        var job = host.Services.GetRequiredService<ExpireUnconfirmedBookings>();
        await job.RunAsync();
        await job.RunAsync();
        (await host.ScalarAsync<string>("SELECT status FROM bookings WHERE id = @id", ("id", booking.Id.Value))).ShouldBe(status);
        (await host.ScalarAsync<long>("SELECT count(*) FROM events WHERE subject_id = @id", ("id", booking.Id.Value))).ShouldBe(status == "expired" ? 1 : 0);
    }

    [Theory]
    [InlineData(-121, "completed")]
    [InlineData(-119, "confirmed")]
    public async Task A_booking_that_nobody_came_to_is_completed_an_hour_after_its_end(int startedMinutesAgo, string status)
    {
        var (instrument, person, _) = await PrepareAsync();
        var booking = await host.Given.BookingAsync(instrument, person, FixedClock.Start + Duration.FromMinutes(startedMinutesAgo));
        await host.Services.GetRequiredService<CompletePastBookings>().RunAsync();
        (await host.ScalarAsync<string>("SELECT status FROM bookings WHERE id = @id", ("id", booking.Id.Value))).ShouldBe(status);
    }

    [Fact]
    public async Task A_rule_that_another_node_has_just_changed_is_the_one_that_counts()
    {
        var (instrument, _, api) = await PrepareAsync(r => r with { MaxMinutes = 60 });
        await api.BookAsync(instrument, Day.Tomorrow(9), Day.Tomorrow(10));
        // As another node would: this one still remembers the old rules.
        await host.ExecuteAsync("UPDATE booking_rule_sets SET max_minutes = 120 WHERE instrument_id = @id", ("id", instrument.Id.Value));
        await host.ExecuteAsync("UPDATE instruments SET rules_version = rules_version + 1 WHERE id = @id", ("id", instrument.Id.Value));
        (await api.BookAsync(instrument, Day.Tomorrow(11), Day.Tomorrow(13))).StatusCode.ShouldBe(HttpStatusCode.Created);
        await host.ExecuteAsync("UPDATE booking_rule_sets SET max_minutes = 30 WHERE instrument_id = @id", ("id", instrument.Id.Value));
        await host.ExecuteAsync("UPDATE instruments SET rules_version = rules_version + 1 WHERE id = @id", ("id", instrument.Id.Value));
        (await (await api.BookAsync(instrument, Day.Tomorrow(14), Day.Tomorrow(15))).CodesAsync()).ShouldBe(["booking.max-length"]);
    }

    private async Task<(Instrument Instrument, Person Person, HttpClient Api)> PrepareAsync(Func<BookingRuleSet, BookingRuleSet>? rules = null)
    {
        var institution = await host.Given.InstitutionAsync();
        var person = await host.Given.PersonAsync(institution);
        return (await host.Given.InstrumentAsync(institution, rules: rules), person, await host.ApiAsync(person));
    }

    private async Task<HttpClient> ManagerAsync(Instrument instrument) => await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, instrumentId: instrument.Id.Value));

    private async Task<Booking> FindAsync(Booking booking)
    {
        await using var db = host.NewDb();
        return (await db.FindAsync<Booking>(booking.InstrumentId, booking.Id))!;
    }

    private Task<string> EventsAsync(Guid id) => host.ScalarAsync<string>("SELECT string_agg(name, ' ' ORDER BY sequence) FROM events WHERE subject_id = @id", ("id", id));
}
