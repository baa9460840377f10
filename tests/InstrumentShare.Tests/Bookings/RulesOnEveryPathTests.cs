using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Tests.Bookings.Series;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Bookings;

/// <summary>Whichever way a time is come by, the same rules hold.</summary>
public sealed class RulesOnEveryPathTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly LocalDate NextThursday = new(2026, 3, 12);

    [Fact]
    public async Task What_holds_for_a_class_of_users_holds_when_they_look_book_repeat_move_and_are_moved()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        await AddRulesAsync(new BookingRuleSet { InstrumentId = instrument.Id, UserClass = UserClass.Academic, ValidFrom = new LocalDate(2025, 1, 1), HorizonDays = 3, MaxMinutes = 60, CreatedAt = FixedClock.Start });
        using var manager = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        var (start, end) = (Day.At(NextThursday, 9), Day.At(NextThursday, 11));
        foreach (var (home, hour, codes) in new[] { (await host.Given.InstitutionAsync(), 9, "booking.horizon booking.max-length"), (institution, 11, "") })
        {
            using var api = await host.ApiAsync(await host.Given.PersonAsync(home));
            var id = (await (await api.BookAsync(instrument, Day.Tomorrow(hour), Day.Tomorrow(hour + 1))).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();
            var times = new { instrumentId = instrument.Id.Value, startsAt = start.ToString(), endsAt = end.ToString() };
            (await CodesAsync(await api.PostAsJsonAsync("/api/v1/bookings/preview", times))).ShouldBe(codes);
            (await CodesAsync(await api.PostAsJsonAsync($"/api/v1/bookings/{id}/reschedule/preview", times))).ShouldBe(codes);
            (await CodesAsync(await api.RepeatAsync(instrument, localStart: "2026-03-12T09:00", localEnd: "2026-03-12T11:00", dryRun: true))).ShouldBe(codes);
            (await CodesAsync(await manager.PostAsJsonAsync($"/api/v1/bookings/{id}/reschedule/preview", times))).ShouldBe(codes, "staff move it under the rules of its holder");
            (await CodesAsync(await api.MoveAsync(id, start, end))).ShouldBe(codes);
            (await CodesAsync(await api.BookAsync(instrument, start + Duration.FromHours(4), end + Duration.FromHours(4)))).ShouldBe(codes);
        }
    }

    [Theory]
    [InlineData(4, 21, 0, 60, "booking.outside-hours")]
    [InlineData(4, 14, 7, 60, "booking.granularity")]
    [InlineData(4, 9, 0, 540, "booking.max-length")]
    [InlineData(4, 14, 0, 10, "booking.min-length")]
    [InlineData(20, 14, 0, 60, "booking.horizon")]
    [InlineData(2, 8, 0, 60, "booking.past")]
    [InlineData(2, 10, 0, 60, "booking.lead-time")]
    [InlineData(4, 16, 0, 60, "booking.closure")]
    [InlineData(4, 12, 0, 60, "booking.overlap")]
    [InlineData(4, 9, 0, 300, "booking.day-limit")]
    public async Task A_series_that_moves_is_judged_by_every_rule_of_a_new_booking(int day, int hour, int minute, int minutes, string code)
    {
        var (instrument, api) = await PrepareAsync(r => r with { HorizonDays = 7, LeadMinutes = 120, PersonDayMinutes = 240 });
        await host.Given.ClosureAsync(instrument, At(5, 16), At(5, 17));
        await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(), At(5, 12));
        var id = await api.RepeatedAsync(instrument, "FREQ=DAILY;COUNT=2", localStart: "2026-03-04T09:00", localEnd: "2026-03-04T10:00");
        var to = Day.At(new LocalDate(2026, 3, day), hour, minute);
        var answer = await api.MoveAsync(await api.BookingAsync(id, 0), to, to + Duration.FromMinutes(minutes), "all");
        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await answer.CodesAsync()).ShouldContain(code);
        (await api.TimesAsync(id)).ShouldBe(["03-04 09:00 confirmed", "03-05 09:00 confirmed"], "a refused move changes nothing");
    }

    [Fact]
    public async Task A_series_keeps_the_notice_of_cancelling_when_it_moves()
    {
        var (instrument, api) = await PrepareAsync(r => r with { CancelLeadMinutes = 1800 });
        var id = await api.RepeatedAsync(instrument);
        (await (await api.MoveAsync(await api.BookingAsync(id, 1), At(4, 11), At(4, 12), "all")).CodesAsync()).ShouldContain("booking.change-lead");
        (await api.MoveAsync(await api.BookingAsync(id, 1), At(4, 11), At(4, 12), "following")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_series_that_gets_dearer_than_may_be_had_without_asking_does_not_move()
    {
        var (instrument, api) = await PrepareAsync(r => r with { Approvals = [new(Approver.InstrumentOwner, DearerThanFen: 20_000)] }, perHour: 12_000);
        var id = await api.RepeatedAsync(instrument);
        var first = await api.BookingAsync(id, 0);
        (await (await api.MoveAsync(first, At(3, 9), At(3, 12), "all")).CodesAsync()).ShouldContain("booking.approved-time");
        (await (await api.MoveAsync(first, At(3, 9), At(3, 12))).CodesAsync()).ShouldContain("booking.approved-time");
        (await api.TimesAsync(id)).ShouldAllBe(t => t.EndsWith("09:00 confirmed", StringComparison.Ordinal));
        (await api.MoveAsync(first, At(3, 11), At(3, 12), "all")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Who_leads_the_group_is_not_asked_about_their_own_series_when_it_moves()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, rules: r => r with { Approvals = [new(Approver.GroupLeader), new(Approver.InstrumentOwner)] });
        var leader = await host.Given.PersonAsync(institution);
        var group = await host.Given.GroupAsync(institution, leader);
        await host.Given.GrantAsync(leader, Role.GroupLeader, group.Id.Value, ScopeKind.Group);
        using var api = await host.ApiAsync(leader);
        var id = await api.RepeatedAsync(instrument);
        (await WaitsForAsync()).ShouldBe("instrumentOwner");
        (await api.MoveAsync(await api.BookingAsync(id, 0), At(3, 11), At(3, 12), "all")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await WaitsForAsync()).ShouldBe("instrumentOwner");

        Task<string> WaitsForAsync() => host.ScalarAsync<string>("SELECT string_agg(DISTINCT approval_by, ' ') FROM bookings WHERE series_id = @id", ("id", id));
    }

    [Fact]
    public async Task An_approval_of_a_series_looks_at_what_was_closed_since()
    {
        var (instrument, api) = await PrepareAsync(r => r with { ApprovalRequired = true });
        var id = await api.RepeatedAsync(instrument);
        using var manager = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, instrumentId: instrument.Id.Value));
        var closure = new { kind = "maintenance", startsAt = At(4, 8).ToString(), endsAt = At(4, 12).ToString(), title = "检修" };
        (await manager.PostAsJsonAsync($"/api/v1/instruments/{instrument.Id.Value}/closures", closure)).StatusCode.ShouldBe(HttpStatusCode.Created);
        var answer = await manager.PostAsync($"/api/v1/booking-series/{id}/approve", null);
        answer.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await answer.CodesAsync()).ShouldContain("booking.closure");
        (await api.TimesAsync(id)).ShouldAllBe(t => t.EndsWith("requested", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_a_booking_is_for_survives_every_kind_of_move()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var person = await host.Given.PersonAsync(institution);
        var group = await host.Given.GroupAsync(institution, person);
        using var api = await host.ApiAsync(person);
        var fund = (await host.Given.FundAsync(group, 0)).Id;
        var wish = new
        {
            instrumentId = instrument.Id.Value, localStart = "2026-03-03T09:00", localEnd = "2026-03-03T10:00", rrule = SeriesClient.ThreeDays, serviceMode = "remote", purpose = "晶粒尺寸", fundId = fund, groupId = group.Id.Value,
            usePlace = "3 号楼", customsNotice = "A-7",
        };
        var id = (await (await api.PostAsJsonAsync("/api/v1/booking-series", wish)).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();
        await MovedAsync(0, 13, null);
        await MovedAsync(1, 13, "all");
        await MovedAsync(2, 15, "following");
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id = @id AND version > 1", ("id", instrument.Id.Value))).ShouldBe(3);
        (await host.ScalarAsync<string>("SELECT string_agg(DISTINCT concat_ws(' ', service_mode, purpose, fund_id, group_id, use_place, customs_notice), ', ') FROM bookings WHERE instrument_id = @id", ("id", instrument.Id.Value)))
            .ShouldBe($"remote 晶粒尺寸 {fund} {group.Id.Value} 3 号楼 A-7");

        async Task MovedAsync(int index, int hour, string? scope)
        {
            var answer = await api.MoveAsync(await api.BookingAsync(id, index), At(3 + index, hour), At(3 + index, hour + 1), scope);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        }
    }

    private static Instant At(int day, int hour) => Day.At(new LocalDate(2026, 3, day), hour);

    /// <summary>What stands against a time, each once, in the order of the alphabet; nothing where it may be had.</summary>
    private static async Task<string> CodesAsync(HttpResponseMessage answer)
    {
        var body = await answer.JsonAsync();
        IEnumerable<JsonElement> problems = body.TryGetProperty("problems", out var list) ? list.EnumerateArray()
            : body.TryGetProperty("dates", out var dates) ? dates.EnumerateArray().SelectMany(d => d.GetProperty("problems").EnumerateArray()) : [];
        return string.Join(' ', problems.Select(p => p.GetProperty("code").GetString()).Distinct().Order(StringComparer.Ordinal));
    }

    private async Task<(Instrument Instrument, HttpClient Api)> PrepareAsync(Func<BookingRuleSet, BookingRuleSet> rules, long? perHour = null)
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, rules: rules);
        if (perHour is { } fen) await host.Given.PricesAsync(instrument, perHour: fen);
        return (instrument, await host.ApiAsync(await host.Given.PersonAsync(institution)));
    }

    private async Task AddRulesAsync(BookingRuleSet rules)
    {
        await using var db = host.NewDb();
        db.Add(rules);
        await db.SaveChangesAsync();
    }
}
