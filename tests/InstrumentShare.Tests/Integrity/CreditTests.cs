using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Integrity;
using InstrumentShare.Persistence;
using InstrumentShare.Tests.Support;
using InstrumentShare.Usage.Verdicts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Tests.Integrity;

/// <summary>Credit: one entry a cause, taken back when the cause is judged anew or an appeal is granted, and what follows from the score.</summary>
public sealed class CreditTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private Institution owner = null!;
    private Instrument instrument = null!;
    private Person manager = null!;
    private Person holder = null!;

    public async Task InitializeAsync()
    {
        host.Clock.Now = FixedClock.Start;
        (owner, instrument, manager, holder) = await host.Given.PricedInstrumentAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("manager", HttpStatusCode.OK)]
    [InlineData("administrator", HttpStatusCode.OK)]
    [InlineData("holder", HttpStatusCode.Forbidden)]
    [InlineData("technician", HttpStatusCode.Forbidden)]
    [InlineData("managerElsewhere", HttpStatusCode.NotFound)]
    [InlineData("auditor", HttpStatusCode.Forbidden)]
    [InlineData("nobody", HttpStatusCode.Unauthorized)]
    public async Task Who_may_decide_on_an_appeal(string role, HttpStatusCode expected)
    {
        var appeal = await AppealedAsync(await NoShowAsync());
        var person = role switch
        {
            "manager" => manager,
            "administrator" => await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, owner),
            "holder" => holder,
            "technician" => await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: instrument.Id.Value),
            "managerElsewhere" => await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync()),
            "auditor" => await host.Given.PersonWithRoleAsync(Role.Auditor),
            _ => null,
        };
        (await DecideAsync(await host.ApiAsync(person), appeal, true)).StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task A_no_show_costs_five_points_and_they_come_back_when_it_is_judged_anew()
    {
        var booking = await NoShowAsync();
        (await ScoreAsync()).ShouldBe(95);
        await (await (await host.ApiAsync(manager)).PostAsJsonAsync("/api/v1/usage-records", new { instrumentId = instrument.Id.Value, bookingId = booking.Id.Value, startsAt = booking.StartsAt.ToString(), endsAt = (booking.EndsAt + Duration.FromMinutes(20)).ToString(), reason = "meter" })).JsonAsync(HttpStatusCode.Created);
        await JudgeAsync();
        (await ScoreAsync()).ShouldBe(99);
        (await host.ScalarAsync<string>("SELECT string_agg(points::text, ' ' ORDER BY points) FROM credit_entries WHERE cause_id = @id", ("id", booking.Id.Value))).ShouldBe("-5 -1 5");
    }

    [Fact]
    public async Task An_excuse_takes_the_points_back()
    {
        var booking = await NoShowAsync();
        await (await (await host.ApiAsync(manager)).PostAsJsonAsync($"/api/v1/bookings/{booking.Id.Value}/excuse", new { reason = "power cut" })).JsonAsync();
        (await ScoreAsync()).ShouldBe(100);
    }

    [Fact]
    public async Task Points_count_no_more_after_their_days()
    {
        var booking = await NoShowAsync();
        host.Clock.Now = booking.EndsAt + Duration.FromDays(90) - Duration.FromSeconds(1);
        (await ScoreAsync()).ShouldBe(95);
        host.Clock.Now = booking.EndsAt + Duration.FromDays(90);
        (await ScoreAsync()).ShouldBe(100);
    }

    [Fact]
    public async Task A_granted_appeal_takes_the_points_back_and_the_cause_never_costs_again()
    {
        var booking = await NoShowAsync();
        var appeal = await AppealedAsync(booking);
        var api = await host.ApiAsync(manager);
        await (await DecideAsync(api, appeal, true, " ")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "credit-appeal.reason-missing");
        (await (await DecideAsync(api, appeal, true)).JsonAsync()).GetProperty("status").GetString().ShouldBe("withdrawn");
        await (await DecideAsync(api, appeal, false)).ShouldRefuseAsync(HttpStatusCode.Conflict, "credit-appeal.decided");
        (await ScoreAsync()).ShouldBe(100);
        await (await api.PostAsJsonAsync("/api/v1/usage-records", new { instrumentId = instrument.Id.Value, bookingId = booking.Id.Value, startsAt = (booking.StartsAt + Duration.FromMinutes(30)).ToString(), endsAt = booking.EndsAt.ToString(), reason = "meter" })).JsonAsync(HttpStatusCode.Created);
        await JudgeAsync();
        (await ScoreAsync()).ShouldBe(100);
        (await host.ScalarAsync<string>("SELECT reason FROM audit_entries WHERE action = 'credit.decide' ORDER BY id DESC LIMIT 1")).ShouldBe("looked into it");
    }

    [Fact]
    public async Task An_upheld_entry_stands_and_is_not_appealed_again()
    {
        var booking = await NoShowAsync();
        await (await DecideAsync(await host.ApiAsync(manager), await AppealedAsync(booking), false)).JsonAsync();
        (await ScoreAsync()).ShouldBe(95);
        await (await AppealAsync(await host.ApiAsync(holder), await EntryAsync(booking))).ShouldRefuseAsync(HttpStatusCode.Conflict, "credit-appeal.once");
    }

    [Fact]
    public async Task Nobody_appeals_for_another_or_decides_on_their_own()
    {
        var entry = await EntryAsync(await NoShowAsync());
        (await AppealAsync(await host.ApiAsync(await host.Given.PersonAsync()), entry)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var own = await AppealedAsync(await NoShowAsync(manager, FixedClock.Start + Duration.FromHours(4)), manager);
        await (await DecideAsync(await host.ApiAsync(manager), own, true)).ShouldRefuseAsync(HttpStatusCode.Conflict, "credit-appeal.own");
    }

    [Theory]
    [InlineData(95, HttpStatusCode.Created)]
    [InlineData(96, HttpStatusCode.Conflict)]
    public async Task Below_the_instruments_threshold_nobody_books_but_with_the_staffs_reason(int threshold, HttpStatusCode expected)
    {
        await NoShowAsync();
        await (await (await host.ApiAsync(manager)).PutAsJsonAsync($"/api/v1/instruments/{instrument.Id.Value}/credit-threshold", new { threshold })).JsonAsync();
        var answer = await BookAsync(await host.ApiAsync(holder));
        answer.StatusCode.ShouldBe(expected, await answer.Content.ReadAsStringAsync());
        if (expected == HttpStatusCode.Created) return;
        (await answer.CodeAsync()).ShouldBe("booking.credit-low");
        await NoShowAsync(manager, FixedClock.Start + Duration.FromHours(4));
        var api = await host.ApiAsync(manager);
        await (await BookAsync(api)).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.credit-low");
        (await BookAsync(api, "agreed")).StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task An_institutions_rule_holds_from_its_date_and_only_its_administrator_sets_it()
    {
        var change = new { institutionId = owner.Id.Value, @event = "noShow", points = -25, validFrom = "2026-03-03" };
        (await (await host.ApiAsync(manager)).PutAsJsonAsync("/api/v1/credit/rules", change)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var api = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, owner));
        await (await api.PutAsJsonAsync("/api/v1/credit/rules", change with { points = -101 })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "credit-rule.points");
        (await (await api.PutAsJsonAsync("/api/v1/credit/rules", change)).JsonAsync()).GetProperty("version").GetInt32().ShouldBe(1);
        await NoShowAsync();
        (await ScoreAsync()).ShouldBe(95);
        await NoShowAsync(startsAt: FixedClock.Start + Duration.FromDays(1));
        (await ScoreAsync()).ShouldBe(70);
    }

    [Fact]
    public async Task Two_nodes_never_enter_one_cause_twice()
    {
        await using var second = host.NewNode();
        var booking = await NoShowAsync();
        await host.ExecuteAsync("ALTER TABLE credit_entries DISABLE TRIGGER credit_entries_immutable; DELETE FROM credit_appeals; DELETE FROM credit_entries; ALTER TABLE credit_entries ENABLE TRIGGER credit_entries_immutable");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => EnterAsync(i % 2 == 0 ? host.Services : second.Services, booking)));
        (await host.ScalarAsync<long>("SELECT count(*) FROM credit_entries WHERE cause_id = @id", ("id", booking.Id.Value))).ShouldBe(1);
        const string Again = "INSERT INTO credit_entries SELECT gen_random_uuid(), person_id, group_id, instrument_id, institution_id, points, event, rule_id, rule_version, cause_kind, cause_id, occurred_at, expires_at, entered_at FROM credit_entries WHERE cause_id = @id";
        (await Should.ThrowAsync<PostgresException>(() => host.ExecuteAsync(Again, ("id", booking.Id.Value)))).ConstraintName.ShouldBe("credit.entered-once");
        (await Should.ThrowAsync<PostgresException>(() => host.ExecuteAsync("UPDATE credit_entries SET points = 0"))).ConstraintName.ShouldBe("credit.immutable");
    }

    [Fact]
    public async Task A_groups_credit_is_for_its_leader()
    {
        var leader = await host.Given.PersonAsync(owner);
        var group = await host.Given.GroupAsync(owner, leader, holder);
        await host.Given.GrantAsync(leader, Role.GroupLeader, group.Id.Value, ScopeKind.Group);
        await NoShowAsync(group: group.Id);
        var account = await (await (await host.ApiAsync(leader)).GetAsync($"/api/v1/credit/groups/{group.Id.Value}")).JsonAsync();
        account.GetProperty("score").GetInt32().ShouldBe(95);
        (await (await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync()))).GetAsync($"/api/v1/credit/groups/{group.Id.Value}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await (await host.PagesAsync(leader)).GetAsync($"/groups/{group.Id.Value}/credit")).QuerySelector("[data-score]")!.TextContent.ShouldBe("95");
    }

    [Fact]
    public async Task The_pages_appeal_and_decide_and_keep_what_was_typed()
    {
        var booking = await NoShowAsync();
        var mine = await host.PagesAsync(holder);
        var page = await mine.GetAsync("/my/credit");
        page.QuerySelector($"a[href='/bookings/{booking.Id.Value}']")!.TextContent.ShouldBe("No-show");
        var refused = await mine.SubmitAsync(page, "form[data-appeal]", ("Reason", new string('x', 501)));
        refused.QuerySelector("[data-problems]")!.TextContent.ShouldContain("500");
        refused.QuerySelector("form[data-appeal] input[name=Reason]")!.GetAttribute("value")!.Length.ShouldBe(501);
        (await mine.SubmitAsync(page, "form[data-appeal]", ("Reason", "I was there"))).Body!.TextContent.ShouldContain("Appeal is open");

        var desk = await host.PagesAsync(manager);
        var queue = await desk.GetAsync("/manage/credit-appeals");
        queue.Body!.TextContent.ShouldContain("I was there");
        (await desk.SubmitAsync(queue, "form[data-decide]", ("Reason", "checked the log"), ("Withdraw", "true"))).QuerySelector("form[data-decide]").ShouldBeNull();
        (await mine.GetAsync("/my/credit")).QuerySelector("[data-score]")!.TextContent.ShouldBe("100");
    }

    [Fact]
    public async Task An_appeal_that_nobody_decides_on_is_raised_once_however_many_nodes_look()
    {
        await using var second = host.NewNode();
        var administrator = await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, owner);
        var appeal = await AppealedAsync(await NoShowAsync());
        host.Clock.Advance(CreditRules.DecideWithin);
        await RaiseAsync(host.Services);
        (await RaisedAsync(appeal)).ShouldBe(0);
        host.Clock.Advance(Duration.FromSeconds(1));
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => RaiseAsync(i % 2 == 0 ? host.Services : second.Services)));
        (await RaisedAsync(appeal)).ShouldBe(1);
        (await host.ScalarAsync<long>("SELECT count(*) FROM outbox_messages WHERE kind = 'credit.appeal-overdue' AND person_id = ANY(@to)", ("to", new[] { administrator.Id, manager.Id }))).ShouldBe(2);
        (await host.ScalarAsync<long>("SELECT count(*) FROM outbox_messages WHERE kind = 'credit.appeal-overdue' AND person_id = @holder", ("holder", holder.Id))).ShouldBe(0);
    }

    [Fact]
    public async Task A_lab_manager_sets_graces_and_the_threshold_on_a_page_that_keeps_what_was_typed()
    {
        var desk = await host.PagesAsync(manager);
        var path = $"/manage/instruments/{instrument.Id.Value}/conduct";
        var page = await desk.SubmitAsync(await desk.GetAsync(path), "form[data-threshold]", ("Threshold", "101"));
        page.QuerySelector("[data-problems]")!.TextContent.ShouldContain("credit-threshold.range");
        page.QuerySelector("[name=Threshold]")!.GetAttribute("value").ShouldBe("101");
        page = await desk.SubmitAsync(page, "form[data-threshold]", ("Threshold", "96"));
        page.QuerySelector("[data-thresholds]")!.TextContent.ShouldContain("96");
        page = await desk.SubmitAsync(page, "form[data-graces]", ("LateGraceMinutes", "x"));
        page.QuerySelector("[data-problems]")!.TextContent.ShouldContain("verdict-settings.grace");
        page = await desk.SubmitAsync(page, "form[data-graces]", ("LateGraceMinutes", "5"), ("EarlyGraceMinutes", "15"));
        page.Body!.TextContent.ShouldContain("15 min");
        await NoShowAsync();
        await (await BookAsync(await host.ApiAsync(holder))).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.credit-low");
        (await (await host.PagesAsync(holder)).Http.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static Task<int> RaiseAsync(IServiceProvider node) => node.GetRequiredService<RaiseAppeals>().RunAsync();

    private Task<long> RaisedAsync(Guid appeal) => host.ScalarAsync<long>("SELECT count(*) FROM events WHERE name = 'credit.appeal-overdue' AND subject_id = @id", ("id", appeal));

    private async Task<Booking> NoShowAsync(Person? who = null, Instant? startsAt = null, GroupId? group = null)
    {
        var booking = await host.Given.BookingAsync(instrument, who ?? holder, startsAt ?? FixedClock.Start, groupId: group);
        await host.ExecuteAsync("UPDATE bookings SET status = 'completed' WHERE id = @id", ("id", booking.Id.Value));
        host.Clock.Now = Instant.Max(host.Clock.Now, booking.EndsAt + Duration.FromHours(1));
        await JudgeAsync();
        return booking;
    }

    private async Task JudgeAsync()
    {
        await using var scope = host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<JudgeBookings>().RunAsync();
    }

    private static async Task EnterAsync(IServiceProvider node, Booking booking)
    {
        await using var scope = node.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AppDb>();
        await using var transaction = await db.BeginAsync(default);
        var verdict = await db.Set<Verdict>().AsNoTracking().SingleAsync(v => v.BookingId == booking.Id);
        await scope.ServiceProvider.GetRequiredService<EnterCredit>().RunAsync([CreditFact.Of(verdict)], default);
        await transaction.CommitAsync(default);
    }

    private async Task<int> ScoreAsync() => (await (await (await host.ApiAsync(holder)).GetAsync("/api/v1/credit")).JsonAsync()).GetProperty("score").GetInt32();

    private Task<Guid> EntryAsync(Booking booking) => host.ScalarAsync<Guid>("SELECT id FROM credit_entries WHERE cause_id = @id AND reverses_id IS NULL", ("id", booking.Id.Value));

    private async Task<Guid> AppealedAsync(Booking booking, Person? who = null) =>
        (await (await AppealAsync(await host.ApiAsync(who ?? holder), await EntryAsync(booking))).JsonAsync()).GetProperty("id").GetGuid();

    private static Task<HttpResponseMessage> AppealAsync(HttpClient api, Guid entry) => api.PostAsJsonAsync($"/api/v1/credit/entries/{entry}/appeal", new { reason = "I was there" });

    private static Task<HttpResponseMessage> DecideAsync(HttpClient api, Guid appeal, bool withdraw, string reason = "looked into it") => api.PostAsJsonAsync($"/api/v1/credit/appeals/{appeal}/decision", new { withdraw, reason });

    private Task<HttpResponseMessage> BookAsync(HttpClient api, string? overrideReason = null) => api.PostAsJsonAsync("/api/v1/bookings", new
    {
        instrumentId = instrument.Id.Value, startsAt = (FixedClock.Start + Duration.FromHours(25)).ToString(), endsAt = (FixedClock.Start + Duration.FromHours(26)).ToString(), serviceMode = "selfOperated", overrideReason,
    });
}
