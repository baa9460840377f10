using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Bookings.Notices;
using InstrumentShare.Bookings.Standby;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Standby;

/// <summary>Who waits for taken time: taking a place, being offered what becomes free in the order of the line, and what becomes of the offer.</summary>
public sealed class StandbyTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        host.Clock.Now = FixedClock.Start;
        await host.ExecuteAsync("DELETE FROM outbox_messages; DELETE FROM booking_notices; DELETE FROM standby_offers; DELETE FROM standby_requests; DELETE FROM freed_times; DELETE FROM bookings; DELETE FROM mail_preferences; DELETE FROM events");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Each_role_reads_and_joins_as_the_table_says()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(institution));
        var expected = new (Person? Person, string Codes, bool Names)[]
        {
            (null, "401 401 401", false),
            (await host.Given.PersonAsync(institution), "201 200 200", false),
            (await host.Given.PersonWithRoleAsync(Role.Technician, institution), "201 200 200", true),
            (await host.Given.PersonWithRoleAsync(Role.LabManager, institution), "201 200 200", true),
            (await host.Given.PersonWithRoleAsync(Role.Auditor), "403 403 200", true),
        };
        foreach (var (person, codes, names) in expected)
        {
            using var api = await host.ApiAsync(person);
            var join = await api.WaitAsync(instrument, Day.Tomorrow(10), Day.Tomorrow(11));
            var mine = await api.GetAsync("/api/v1/standby?mine=true");
            var line = await api.GetAsync($"/api/v1/instruments/{instrument.Id.Value}/standby");
            $"{(int)join.StatusCode} {(int)mine.StatusCode} {(int)line.StatusCode}".ShouldBe(codes, person?.Email ?? "nobody");
            if (line.IsSuccessStatusCode) ((await line.JsonAsync()).GetProperty("items").ValueKind == JsonValueKind.Array).ShouldBe(names, person!.Email);
        }
    }

    [Fact]
    public async Task Time_that_is_free_is_not_waited_for_standby_free_now()
    {
        var scene = await SceneAsync();
        using var api = await host.ApiAsync(await host.Given.PersonAsync(scene.Institution));
        var refused = await api.WaitAsync(scene.Instrument, Day.Tomorrow(9), Day.Tomorrow(12), 60);
        refused.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        var problem = (await refused.JsonAsync()).GetProperty("problems")[0];
        problem.GetProperty("code").GetString().ShouldBe("standby.free-now");
        problem.GetProperty("data").GetProperty("slots")[0].GetProperty("startsAt").GetString().ShouldBe(Day.Tomorrow(9).ToString());
    }

    [Fact]
    public async Task What_could_never_be_booked_is_refused_with_the_rules_own_codes()
    {
        var scene = await SceneAsync(r => r with { MaxMinutes = 120 });
        using var api = await host.ApiAsync(await host.Given.PersonAsync(scene.Institution));
        (await (await api.WaitAsync(scene.Instrument, Day.Tomorrow(21), Day.Tomorrow(22))).CodesAsync()).ShouldContain("booking.outside-hours");
        (await (await api.WaitAsync(scene.Instrument, Day.Tomorrow(10) + Duration.FromDays(90), Day.Tomorrow(11) + Duration.FromDays(90))).CodesAsync()).ShouldContain("booking.horizon");
        (await (await api.WaitAsync(scene.Instrument, FixedClock.Start - Duration.FromHours(3), FixedClock.Start - Duration.FromHours(2))).CodesAsync()).ShouldContain("booking.past");
        var tooLong = (await (await api.WaitAsync(scene.Instrument, Day.Tomorrow(8), Day.Tomorrow(20), 180)).CodesAsync()).ToList();
        tooLong.ShouldContain("booking.max-length");
        tooLong.ShouldContain("standby.nothing-fits");
        await (await api.WaitAsync(scene.Instrument, Day.Tomorrow(10), Day.Tomorrow(11), 90)).ShouldRefuseAsync(HttpStatusCode.BadRequest, "standby.length");
        (await host.ScalarAsync<long>("SELECT count(*) FROM standby_requests")).ShouldBe(0);
    }

    [Fact]
    public async Task Whom_no_gate_lets_through_does_not_wait()
    {
        var scene = await SceneAsync();
        await host.Given.QualificationAsync(scene.Institution, scene.Instrument);
        using var api = await host.ApiAsync(await host.Given.PersonAsync(scene.Institution));
        (await (await api.WaitAsync(scene.Instrument, Day.Tomorrow(10), Day.Tomorrow(11))).CodesAsync()).ShouldContain("booking.qualification-missing");
    }

    [Fact]
    public async Task Places_are_limited_and_none_is_taken_twice_standby_limit_standby_already()
    {
        var scene = await SceneAsync(minutes: 480);
        using var api = await host.ApiAsync(await host.Given.PersonAsync(scene.Institution));
        await api.JoinAsync(scene.Instrument, Day.Tomorrow(10), Day.Tomorrow(11));
        await (await api.WaitAsync(scene.Instrument, Day.Tomorrow(10), Day.Tomorrow(11))).ShouldRefuseAsync(HttpStatusCode.Conflict, "standby.already");
        await api.JoinAsync(scene.Instrument, Day.Tomorrow(11), Day.Tomorrow(12));
        var third = await api.JoinAsync(scene.Instrument, Day.Tomorrow(12), Day.Tomorrow(13));
        await (await api.WaitAsync(scene.Instrument, Day.Tomorrow(13), Day.Tomorrow(14))).ShouldRefuseAsync(HttpStatusCode.Conflict, "standby.limit");
        await (await api.PostAsync($"/api/v1/standby/{third}/withdraw", null)).JsonAsync(HttpStatusCode.OK);
        await (await api.PostAsync($"/api/v1/standby/{third}/withdraw", null)).ShouldRefuseAsync(HttpStatusCode.Conflict, "standby.over");
        await api.JoinAsync(scene.Instrument, Day.Tomorrow(13), Day.Tomorrow(14));
    }

    [Fact]
    public async Task A_repeated_request_with_one_key_takes_one_place()
    {
        var scene = await SceneAsync();
        using var api = await host.ApiAsync(await host.Given.PersonAsync(scene.Institution));
        api.DefaultRequestHeaders.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
        (await api.JoinAsync(scene.Instrument, Day.Tomorrow(10), Day.Tomorrow(11))).ShouldBe(await api.JoinAsync(scene.Instrument, Day.Tomorrow(10), Day.Tomorrow(11)));
        (await host.ScalarAsync<long>("SELECT count(*) FROM standby_requests")).ShouldBe(1);
    }

    [Fact]
    public async Task What_is_given_back_is_offered_down_the_line_and_is_free_when_nobody_is_left()
    {
        var scene = await SceneAsync();
        var (first, second) = (await WaiterAsync(scene), await WaiterAsync(scene));
        (await second.Api.StandbyAsync(second.Id)).GetProperty("place").GetInt32().ShouldBe(2);
        (await host.Services.OfferAsync()).ShouldBe(0, "nothing is free yet");

        await CancelAsync(scene);
        (await host.Services.OfferAsync()).ShouldBe(1);
        var offer = (await first.Api.OfferOfAsync(first.Id)).ShouldNotBeNull();
        (await second.Api.OfferOfAsync(second.Id)).ShouldBeNull("the first in the line is asked first");
        (await host.ScalarAsync<string>("SELECT recipient FROM outbox_messages WHERE kind = 'standby.offered'")).ShouldBe(first.Person.Email);
        using (var stranger = await host.ApiAsync(await host.Given.PersonAsync(scene.Institution)))
            await (await stranger.BookAsync(scene.Instrument, Day.Tomorrow(10), Day.Tomorrow(11))).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.overlap");

        (await (await first.Api.DeclineAsync(offer)).JsonAsync(HttpStatusCode.OK)).GetProperty("status").GetString().ShouldBe("declined", "the one time that would do was not taken");
        await (await first.Api.AcceptAsync(offer)).ShouldRefuseAsync(HttpStatusCode.Conflict, "standby.offer-over");
        (await host.Services.OfferAsync()).ShouldBe(1);
        (await second.Api.OfferOfAsync(second.Id)).ShouldNotBeNull();

        host.Clock.Advance(Duration.FromHours(2));
        (await host.Services.ExpireAsync()).ShouldBe(1);
        (await host.Services.OfferAsync()).ShouldBe(0);
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE status IN ('requested', 'confirmed')")).ShouldBe(0, "nobody is left, so the time is free");
        (await host.ScalarAsync<long>("SELECT count(*) FROM freed_times")).ShouldBe(0);
        (await EventsAsync()).ShouldBe("standby.offered standby.declined standby.offered standby.expired");
    }

    [Fact]
    public async Task An_accepted_offer_is_a_booking_with_price_and_news()
    {
        var scene = await SceneAsync();
        await host.Given.PricesAsync(scene.Instrument);
        var waiter = await WaiterAsync(scene);
        await CancelAsync(scene);
        await host.Services.OfferAsync();
        var booked = await (await waiter.Api.AcceptAsync((await waiter.Api.OfferOfAsync(waiter.Id))!.Value)).JsonAsync(HttpStatusCode.OK);
        (booked.GetProperty("status").GetString(), booked.GetProperty("estimate").GetProperty("amount").GetString()).ShouldBe(("confirmed", "120.00"));
        var own = await (await waiter.Api.GetAsync($"/api/v1/bookings/{booked.GetProperty("id").GetGuid()}")).JsonAsync(HttpStatusCode.OK);
        own.GetProperty("purpose").GetString().ShouldBe("晶粒尺寸");
        var standby = await waiter.Api.StandbyAsync(waiter.Id);
        (standby.GetProperty("status").GetString(), standby.GetProperty("bookingId").GetGuid()).ShouldBe(("booked", booked.GetProperty("id").GetGuid()));
        (await host.ScalarAsync<long>("SELECT count(*) FROM outbox_messages WHERE kind = 'booking.confirmed' AND recipient = @to", ("to", waiter.Person.Email!))).ShouldBe(1);
    }

    [Fact]
    public async Task Where_approvals_are_needed_acceptance_asks_for_them_and_the_offer_itself_asks_nobody()
    {
        var scene = await SceneAsync(r => r with { ApprovalRequired = true });
        var waiter = await WaiterAsync(scene);
        var manager = await host.Given.PersonWithRoleAsync(Role.LabManager, scene.Institution);
        using var decider = await host.ApiAsync(manager);
        await CancelAsync(scene);
        await host.Services.OfferAsync();
        async Task<int> ToDecideAsync() => (await (await decider.GetAsync("/api/v1/bookings?decidable=true")).JsonAsync(HttpStatusCode.OK)).GetProperty("items").GetArrayLength();
        (await ToDecideAsync()).ShouldBe(0);
        (await host.Services.GetRequiredService<TellDeciders>().RunAsync()).ShouldBe(0);
        var id = await host.ScalarAsync<Guid>("SELECT id FROM bookings WHERE offered_until IS NOT NULL");
        (await decider.PostAsync($"/api/v1/bookings/{id}/approve", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        (await (await waiter.Api.AcceptAsync((await waiter.Api.OfferOfAsync(waiter.Id))!.Value)).JsonAsync(HttpStatusCode.OK)).GetProperty("status").GetString().ShouldBe("requested");
        (await ToDecideAsync()).ShouldBe(1);
        (await host.Services.GetRequiredService<TellDeciders>().RunAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task An_offer_is_no_booking_yet_for_anybody()
    {
        var scene = await SceneAsync();
        var waiter = await WaiterAsync(scene);
        await CancelAsync(scene);
        await host.Services.OfferAsync();
        var id = await host.ScalarAsync<Guid>("SELECT id FROM bookings WHERE offered_until IS NOT NULL");
        (await waiter.Api.GetAsync($"/api/v1/bookings/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await waiter.Api.PostAsJsonAsync($"/api/v1/bookings/{id}/cancel", new { })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await (await waiter.Api.GetAsync("/api/v1/bookings?mine=true")).JsonAsync(HttpStatusCode.OK)).GetProperty("items").GetArrayLength().ShouldBe(0);
        var calendar = (await (await waiter.Api.GetAsync($"/api/v1/instruments/{scene.Instrument.Id.Value}/calendar?from={Day.Tomorrow(8)}&to={Day.Tomorrow(20)}")).JsonAsync(HttpStatusCode.OK)).GetProperty("items");
        var held = calendar.EnumerateArray().Single();
        (held.GetProperty("offered").GetBoolean(), held.GetProperty("mine").GetBoolean(), held.GetProperty("mayMove").GetBoolean(), held.TryGetProperty("id", out var shown) && shown.ValueKind == JsonValueKind.String).ShouldBe((true, true, false, false));
        host.Clock.Now = Day.Tomorrow(9, 50);
        (await host.Services.GetRequiredService<ExpireUnconfirmedBookings>().RunAsync()).ShouldBe(0, "its own deadline ends it");
    }

    [Fact]
    public async Task Acceptance_is_judged_by_every_rule_as_of_now_and_what_is_refused_stays_offered()
    {
        var scene = await SceneAsync(r => r with { PersonDayMinutes = 60 });
        var waiter = await WaiterAsync(scene);
        await CancelAsync(scene);
        await host.Services.OfferAsync();
        var offer = (await waiter.Api.OfferOfAsync(waiter.Id))!.Value;
        var other = await host.Given.BookingAsync(await host.Given.InstrumentAsync(scene.Institution), waiter.Person, Day.Tomorrow(14));
        (await (await waiter.Api.AcceptAsync(offer)).CodesAsync()).ShouldContain("booking.day-limit");
        (await waiter.Api.OfferOfAsync(waiter.Id)).ShouldBe(offer);
        await (await waiter.Api.PostAsJsonAsync($"/api/v1/bookings/{other.Id.Value}/cancel", new { })).JsonAsync(HttpStatusCode.OK);
        await (await waiter.Api.AcceptAsync(offer)).JsonAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Whom_the_rules_would_refuse_is_passed_over_and_stays_in_the_line()
    {
        var scene = await SceneAsync(r => r with { PersonDayMinutes = 60 });
        var (full, next) = (await WaiterAsync(scene), await WaiterAsync(scene));
        await host.Given.BookingAsync(await host.Given.InstrumentAsync(scene.Institution), full.Person, Day.Tomorrow(14));
        await CancelAsync(scene);
        (await host.Services.OfferAsync()).ShouldBe(1);
        (await full.Api.StandbyAsync(full.Id)).GetProperty("status").GetString().ShouldBe("waiting");
        (await next.Api.OfferOfAsync(next.Id)).ShouldNotBeNull();
    }

    [Fact]
    public async Task An_offer_is_accepted_until_just_before_its_deadline_standby_offer_late()
    {
        var scene = await SceneAsync();
        var waiter = await WaiterAsync(scene);
        await CancelAsync(scene);
        await host.Services.OfferAsync();
        var offer = (await waiter.Api.OfferOfAsync(waiter.Id))!.Value;
        host.Clock.Advance(Duration.FromHours(2));
        await (await waiter.Api.AcceptAsync(offer)).ShouldRefuseAsync(HttpStatusCode.Conflict, "standby.offer-late");
        host.Clock.Advance(-Duration.FromSeconds(1));
        (await host.Services.ExpireAsync()).ShouldBe(0);
        await (await waiter.Api.AcceptAsync(offer)).JsonAsync(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Deadlines_act_once_however_late_the_job_comes()
    {
        var scene = await SceneAsync();
        var (first, second) = (await WaiterAsync(scene), await WaiterAsync(scene));
        await CancelAsync(scene);
        await host.Services.OfferAsync();
        host.Clock.Now = Day.Tomorrow(9, 55);
        (await host.Services.ExpireAsync()).ShouldBe(1);
        (await host.Services.ExpireAsync()).ShouldBe(0);
        (await host.Services.OfferAsync()).ShouldBe(0, "five minutes before the start nobody is asked any more");
        host.Clock.Now = Day.Tomorrow(12);
        (await host.Services.ExpireAsync()).ShouldBe(1, "the entry of the other lapses");
        (await second.Api.StandbyAsync(second.Id)).GetProperty("status").GetString().ShouldBe("lapsed");
        (await first.Api.StandbyAsync(first.Id)).GetProperty("status").GetString().ShouldBe("declined");
    }

    [Theory]
    [InlineData("rejected")]
    [InlineData("expired")]
    [InlineData("moved")]
    [InlineData("shortened")]
    public async Task However_a_booking_leaves_its_time_the_time_is_offered_on(string how)
    {
        var scene = await SceneAsync(status: how is "rejected" or "expired" ? BookingStatus.Requested : BookingStatus.Confirmed, minutes: 120);
        var waiter = await WaiterAsync(scene, Day.Tomorrow(11), Day.Tomorrow(12));
        using var holder = await host.ApiAsync(scene.Holder);
        if (how == "moved") await (await holder.MoveAsync(scene.Booking, Day.Tomorrow(14), Day.Tomorrow(16))).JsonAsync(HttpStatusCode.OK);
        else if (how == "shortened") await (await holder.MoveAsync(scene.Booking, Day.Tomorrow(10), Day.Tomorrow(11))).JsonAsync(HttpStatusCode.OK);
        else if (how == "rejected")
        {
            using var manager = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, scene.Institution));
            await (await manager.PostAsJsonAsync($"/api/v1/bookings/{scene.Booking.Id.Value}/reject", new { reason = "样品不符" })).JsonAsync(HttpStatusCode.OK);
        }
        else
        {
            host.Clock.Now = Day.Tomorrow(9, 50);
            await host.Services.GetRequiredService<ExpireUnconfirmedBookings>().RunAsync();
        }

        (await host.Services.OfferAsync()).ShouldBe(1);
        (await waiter.Api.OfferOfAsync(waiter.Id)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Cancelled_dates_of_a_series_and_lifted_closures_are_offered_too()
    {
        var scene = await SceneAsync();
        var manager = await host.Given.PersonWithRoleAsync(Role.LabManager, scene.Institution);
        using var holder = await host.ApiAsync(manager);
        var series = await (await holder.PostAsJsonAsync("/api/v1/booking-series", new { instrumentId = scene.Instrument.Id.Value, localStart = "2026-03-03T14:00", localEnd = "2026-03-03T15:00", rrule = "FREQ=DAILY;COUNT=3" })).JsonAsync(HttpStatusCode.Created);
        var date = series.GetProperty("dates")[1].GetProperty("bookingId").GetGuid();
        var waiter = await WaiterAsync(scene, Day.Tomorrow(14) + Duration.FromDays(1), Day.Tomorrow(15) + Duration.FromDays(1));
        await (await holder.PostAsJsonAsync($"/api/v1/bookings/{date}/cancel", new { scope = "all" })).JsonAsync(HttpStatusCode.OK);
        (await host.Services.OfferAsync()).ShouldBe(1);
        (await waiter.Api.OfferOfAsync(waiter.Id)).ShouldNotBeNull();

        // Nobody tells of hours: whoever waits is looked at again and again.
        var late = await WaiterAsync(scene);
        await host.ExecuteAsync("DELETE FROM freed_times; DELETE FROM bookings WHERE id = @id", ("id", scene.Booking.Id.Value));
        (await host.Services.OfferAsync()).ShouldBe(0);
        host.Clock.Advance(OfferFreedTime.LookEvery);
        (await host.Services.OfferAsync()).ShouldBe(1);
        (await late.Api.OfferOfAsync(late.Id)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Who_waits_for_any_hour_of_a_window_is_offered_the_first_that_fits_and_another_when_that_is_declined()
    {
        var scene = await SceneAsync(minutes: 480);
        var waiter = await WaiterAsync(scene, Day.Tomorrow(10), Day.Tomorrow(18), 60);
        using var holder = await host.ApiAsync(scene.Holder);
        await (await holder.MoveAsync(scene.Booking, Day.Tomorrow(10), Day.Tomorrow(14))).JsonAsync(HttpStatusCode.OK);
        await host.Services.OfferAsync();
        (await OfferedAsync(waiter)).ShouldBe(Day.Tomorrow(14));
        (await (await waiter.Api.DeclineAsync((await waiter.Api.OfferOfAsync(waiter.Id))!.Value)).JsonAsync(HttpStatusCode.OK)).GetProperty("status").GetString().ShouldBe("waiting");
        await host.Services.OfferAsync();
        (await OfferedAsync(waiter)).ShouldBe(Day.Tomorrow(15), "what was let go is not offered again");
    }

    [Fact]
    public async Task Leaving_the_line_lets_an_offer_go_to_the_next()
    {
        var scene = await SceneAsync();
        var (first, second) = (await WaiterAsync(scene), await WaiterAsync(scene));
        await CancelAsync(scene);
        await host.Services.OfferAsync();
        await (await first.Api.PostAsync($"/api/v1/standby/{first.Id}/withdraw", null)).JsonAsync(HttpStatusCode.OK);
        (await host.Services.OfferAsync()).ShouldBe(1);
        (await second.Api.OfferOfAsync(second.Id)).ShouldNotBeNull();
        (await first.Api.StandbyAsync(first.Id)).GetProperty("status").GetString().ShouldBe("withdrawn");
    }

    [Fact]
    public async Task In_quiet_hours_the_deadline_counts_from_their_end_and_the_mail_waits_for_it()
    {
        var scene = await SceneAsync();
        var waiter = await WaiterAsync(scene);
        await host.ExecuteAsync("INSERT INTO mail_preferences (person_id, time_zone, quiet_from_minute, quiet_to_minute, digest_minute, reminder_hours, choices, version) VALUES (@id, 'Asia/Shanghai', 540, 720, 480, 24, '{}', 1)", ("id", waiter.Person.Id));
        await CancelAsync(scene);
        await host.Services.OfferAsync();
        (await waiter.Api.StandbyAsync(waiter.Id)).GetProperty("offer").GetProperty("answerBy").GetString().ShouldBe((FixedClock.Start + Duration.FromHours(5)).ToString());
        await host.Services.GetRequiredService<InstrumentShare.Notifications.SendOutboxMessages>().RunAsync(default);
        (await host.ScalarAsync<long>("SELECT count(*) FROM outbox_messages WHERE kind = 'standby.offered' AND sent_at IS NULL")).ShouldBe(1);
    }

    [Fact]
    public async Task Nobody_reads_or_answers_what_is_not_theirs()
    {
        var scene = await SceneAsync();
        var waiter = await WaiterAsync(scene);
        await CancelAsync(scene);
        await host.Services.OfferAsync();
        var offer = (await waiter.Api.OfferOfAsync(waiter.Id))!.Value;
        using var stranger = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, scene.Institution));
        (await stranger.GetAsync($"/api/v1/standby/{waiter.Id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.PostAsync($"/api/v1/standby/{waiter.Id}/withdraw", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.AcceptAsync(offer)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await stranger.DeclineAsync(Guid.CreateVersion7())).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(10, 11, 10, 11, true)]
    [InlineData(9, 10, 10, 12, true)]
    [InlineData(10, 11, 0, 0, false)]
    public async Task A_late_cancellation_is_made_up_for_when_others_book_the_whole_of_it(int from, int to, int otherFrom, int otherTo, bool takenOver)
    {
        var scene = await SceneAsync(r => r with { CancelLeadMinutes = 2880, LateCancel = true }, startHour: 9, minutes: from == 9 ? 180 : 120);
        if (from == 10) await host.ExecuteAsync("UPDATE bookings SET starts_at = @from, held = tstzrange(@from, ends_at), ends_at = ends_at WHERE id = @id", ("from", Day.Tomorrow(takenOver ? 10 : 9).ToDateTimeUtc()), ("id", scene.Booking.Id.Value));
        using var holder = await host.ApiAsync(scene.Holder);
        await (await holder.PostAsJsonAsync($"/api/v1/bookings/{scene.Booking.Id.Value}/cancel", new { reason = "样品未到" })).JsonAsync(HttpStatusCode.OK);
        async Task<JsonElement> CancelledAsync() => await (await holder.GetAsync($"/api/v1/bookings/{scene.Booking.Id.Value}")).JsonAsync(HttpStatusCode.OK);
        (await CancelledAsync()).GetProperty("cancelledLate").GetBoolean().ShouldBeTrue();

        using var other = await host.ApiAsync(await host.Given.PersonAsync(scene.Institution));
        var first = await (await other.BookAsync(scene.Instrument, Day.Tomorrow(from), Day.Tomorrow(to))).JsonAsync(HttpStatusCode.Created);
        if (otherTo > to) await (await other.BookAsync(scene.Instrument, Day.Tomorrow(otherFrom), Day.Tomorrow(otherTo))).JsonAsync(HttpStatusCode.Created);
        var find = host.Services.GetRequiredService<FindTakeOvers>();
        (await find.RunAsync()).ShouldBe(takenOver ? 1 : 0);
        (await find.RunAsync()).ShouldBe(0);
        var by = (await CancelledAsync()).GetProperty("takenOverBy");
        if (takenOver) by.GetGuid().ShouldBe(first.GetProperty("id").GetGuid());
        else by.ValueKind.ShouldBe(JsonValueKind.Null);
        (await host.ScalarAsync<long>("SELECT count(*) FROM outbox_messages WHERE kind = 'booking.taken-over'")).ShouldBe(takenOver ? 1 : 0);
    }

    [Fact]
    public async Task An_accepted_offer_takes_over_and_the_holders_own_booking_does_not()
    {
        var scene = await SceneAsync(r => r with { CancelLeadMinutes = 2880, LateCancel = true });
        var waiter = await WaiterAsync(scene);
        using var holder = await host.ApiAsync(scene.Holder);
        await (await holder.PostAsJsonAsync($"/api/v1/bookings/{scene.Booking.Id.Value}/cancel", new { reason = "样品未到" })).JsonAsync(HttpStatusCode.OK);
        var again = await host.Given.BookingAsync(scene.Instrument, scene.Holder, Day.Tomorrow(10));
        var find = host.Services.GetRequiredService<FindTakeOvers>();
        (await find.RunAsync()).ShouldBe(0, "one's own booking makes up for nothing");
        await host.ExecuteAsync("UPDATE bookings SET status = 'cancelled' WHERE id = @id", ("id", again.Id.Value));
        await host.Services.OfferAsync();
        (await find.RunAsync()).ShouldBe(0, "an offer is no booking");
        await (await waiter.Api.AcceptAsync((await waiter.Api.OfferOfAsync(waiter.Id))!.Value)).JsonAsync(HttpStatusCode.OK);
        (await find.RunAsync()).ShouldBe(1);
    }

    private sealed record Scene(Institution Institution, Instrument Instrument, Person Holder, Booking Booking);

    private sealed record Waiter(Person Person, HttpClient Api, Guid Id);

    /// <summary>An instrument whose tomorrow at ten is taken.</summary>
    private async Task<Scene> SceneAsync(Func<BookingRuleSet, BookingRuleSet>? rules = null, BookingStatus status = BookingStatus.Confirmed, int startHour = 10, int minutes = 60)
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, rules: rules);
        var holder = await host.Given.PersonAsync(institution);
        return new Scene(institution, instrument, holder, await host.Given.BookingAsync(instrument, holder, Day.Tomorrow(startHour), minutes, status));
    }

    private async Task<Waiter> WaiterAsync(Scene scene, Instant? from = null, Instant? to = null, int? minutes = null)
    {
        var person = await host.Given.PersonAsync(scene.Institution);
        var api = await host.ApiAsync(person);
        return new Waiter(person, api, await api.JoinAsync(scene.Instrument, from ?? Day.Tomorrow(10), to ?? Day.Tomorrow(11), minutes));
    }

    private async Task CancelAsync(Scene scene)
    {
        using var holder = await host.ApiAsync(scene.Holder);
        await (await holder.PostAsJsonAsync($"/api/v1/bookings/{scene.Booking.Id.Value}/cancel", new { })).JsonAsync(HttpStatusCode.OK);
    }

    private static async Task<Instant> OfferedAsync(Waiter waiter) =>
        NodaTime.Text.InstantPattern.ExtendedIso.Parse((await waiter.Api.StandbyAsync(waiter.Id)).GetProperty("offer").GetProperty("startsAt").GetString()!).Value;

    private async Task<string> EventsAsync() => await host.ScalarAsync<string>("SELECT string_agg(name, ' ' ORDER BY sequence) FROM events WHERE name LIKE 'standby.%' AND name <> 'standby.joined'");
}
