using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Bookings.Approvals;
using InstrumentShare.Bookings.Notices;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Tests.Bookings.Approvals;

/// <summary>A request on its way through its steps: who may decide each, in whose place, and what its deadlines do.</summary>
public sealed class ApprovalTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private static readonly ApprovalRule[] Three = [new(Approver.GroupLeader), new(Approver.InstrumentOwner), new(Approver.Institution)];

    public async Task InitializeAsync()
    {
        host.Clock.Now = FixedClock.Start;
        await host.ExecuteAsync("DELETE FROM outbox_messages; DELETE FROM booking_notices; DELETE FROM bookings; DELETE FROM delegations");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(Approver.GroupLeader, "leader")]
    [InlineData(Approver.InstrumentOwner, "manager")]
    [InlineData(Approver.Institution, "administrator")]
    public async Task Each_step_is_decided_by_whom_it_asks_and_nobody_else(Approver step, string who)
    {
        var scene = await SceneAsync();
        foreach (var (name, person) in scene.People)
        {
            var booking = await host.Given.BookingAsync(scene.Instrument, scene.Member, status: BookingStatus.Requested, groupId: scene.Group.Id, steps: new ApprovalRule(step));
            using var api = await host.ApiAsync(person);
            var status = (await api.PostAsync($"/api/v1/bookings/{booking.Id.Value}/approve", null)).StatusCode;
            if (name == who) status.ShouldBe(HttpStatusCode.OK, name);
            else status.ShouldBeOneOf(HttpStatusCode.Forbidden, HttpStatusCode.NotFound);
            await host.ExecuteAsync("DELETE FROM bookings");
        }
    }

    [Fact]
    public async Task Steps_are_decided_in_order_and_the_last_confirms()
    {
        var scene = await SceneAsync(Three);
        using var api = await host.ApiAsync(scene.Member);
        var made = await (await api.PostAsJsonAsync("/api/v1/bookings", new { instrumentId = scene.Instrument.Id.Value, startsAt = Day.Tomorrow(10).ToString(), endsAt = Day.Tomorrow(12).ToString(), serviceMode = "selfOperated", groupId = scene.Group.Id.Value })).JsonAsync(HttpStatusCode.Created);
        (made.GetProperty("status").GetString(), made.GetProperty("waitsFor").GetString()).ShouldBe(("requested", "groupLeader"));
        var path = $"/api/v1/bookings/{made.GetProperty("id").GetGuid()}";
        using var manager = await host.ApiAsync(scene.People["manager"]);
        (await manager.PostAsync(path + "/approve", null)).StatusCode.ShouldBe(HttpStatusCode.Forbidden, "it is not the lab's turn");

        var next = new List<string?>();
        foreach (var who in new[] { "leader", "manager", "administrator" })
        {
            using var decider = await host.ApiAsync(scene.People[who]);
            (await (await decider.GetAsync("/api/v1/bookings?decidable=true")).JsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(1, who);
            var answer = await (await decider.PostAsync(path + "/approve", null)).JsonAsync(HttpStatusCode.OK);
            next.Add($"{answer.GetProperty("status").GetString()} {answer.GetProperty("waitsFor").GetString()}");
            (await (await decider.GetAsync("/api/v1/bookings?decidable=true")).JsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(0, who);
        }

        next.ShouldBe(["requested instrumentOwner", "requested institution", "confirmed "]);
        (await host.ScalarAsync<long>("SELECT count(*) FROM outbox_messages WHERE kind = 'booking.confirmed'")).ShouldBe(1, "the holder hears once");
        (await host.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE action = 'booking.decide' AND subject_id = @id", ("id", made.GetProperty("id").GetString()!))).ShouldBe(3);
    }

    [Fact]
    public async Task A_rejection_at_any_step_ends_it_and_frees_the_time()
    {
        var scene = await SceneAsync(Three);
        var booking = await RequestAsync(scene, steps: Three);
        using var leader = await host.ApiAsync(scene.People["leader"]);
        (await (await leader.PostAsJsonAsync($"/api/v1/bookings/{booking.Id.Value}/reject", new { reason = "本月额度已满" })).JsonAsync(HttpStatusCode.OK)).GetProperty("status").GetString().ShouldBe("rejected");
        await host.Given.BookingAsync(scene.Instrument, scene.Member, booking.StartsAt);
    }

    [Fact]
    public async Task A_later_change_of_the_rules_leaves_a_standing_request_as_it_is()
    {
        var scene = await SceneAsync(Three);
        var booking = await RequestAsync(scene, steps: Three);
        await host.ExecuteAsync("UPDATE booking_rule_sets SET approvals = '[]' WHERE instrument_id = @id", ("id", scene.Instrument.Id.Value));
        using var leader = await host.ApiAsync(scene.People["leader"]);
        (await (await leader.PostAsync($"/api/v1/bookings/{booking.Id.Value}/approve", null)).JsonAsync(HttpStatusCode.OK)).GetProperty("waitsFor").GetString().ShouldBe("instrumentOwner");
    }

    [Fact]
    public async Task A_moved_request_is_asked_about_from_the_first_step()
    {
        var scene = await SceneAsync(Three);
        var booking = await RequestAsync(scene, steps: Three);
        using var leader = await host.ApiAsync(scene.People["leader"]);
        await leader.PostAsync($"/api/v1/bookings/{booking.Id.Value}/approve", null);
        using var member = await host.ApiAsync(scene.Member);
        (await (await member.MoveAsync(booking, Day.Tomorrow(14), Day.Tomorrow(15))).JsonAsync(HttpStatusCode.OK)).GetProperty("waitsFor").GetString().ShouldBe("groupLeader");
    }

    [Fact]
    public async Task The_database_confirms_nothing_while_a_step_is_open()
    {
        var scene = await SceneAsync();
        await RequestAsync(scene, steps: Three);
        (await Should.ThrowAsync<PostgresException>(() => host.ExecuteAsync("UPDATE bookings SET status = 'confirmed', approval_by = NULL"))).ConstraintName.ShouldBe("approval.open");
        (await Should.ThrowAsync<PostgresException>(() => host.ExecuteAsync("UPDATE bookings SET approval_by = NULL"))).ConstraintName.ShouldBe("approval.nobody");
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(47, true)]
    [InlineData(48, false)]
    public async Task A_delegate_decides_in_the_place_of_another_between_the_days(int hoursFromTheFirstDay, bool may)
    {
        var scene = await SceneAsync();
        var colleague = await host.Given.PersonAsync(scene.Institution, name: "李四");
        using (var leader = await host.ApiAsync(scene.People["leader"]))
            (await leader.PostAsJsonAsync("/api/v1/account/delegates", new { email = colleague.Email, startsOn = "2026-03-03", endsOn = "2026-03-04" })).StatusCode.ShouldBe(HttpStatusCode.Created);
        host.Clock.Now = Day.Tomorrow(0) + Duration.FromHours(hoursFromTheFirstDay);
        var booking = await host.Given.BookingAsync(scene.Instrument, scene.Member, Day.At(new LocalDate(2026, 3, 6), 10), status: BookingStatus.Requested, groupId: scene.Group.Id, steps: new ApprovalRule(Approver.GroupLeader));
        using var api = await host.ApiAsync(colleague);
        host.Services.GetRequiredService<PersonAccessQuery>().Forget(new PersonId(colleague.Id));
        var answer = await api.PostAsync($"/api/v1/bookings/{booking.Id.Value}/approve", null);
        answer.StatusCode.ShouldBe(may ? HttpStatusCode.OK : HttpStatusCode.Forbidden);
        if (may) (await host.ScalarAsync<string>("SELECT (approvals->0->>'decidedByName') || ' for ' || (approvals->0->>'decidedForName') FROM bookings")).ShouldBe("李四 for 张三");
    }

    [Fact]
    public async Task A_delegate_decides_neither_on_their_own_request_nor_on_that_of_whom_they_stand_for()
    {
        var scene = await SceneAsync();
        await LendAsync(scene.People["manager"], scene.Member);
        using var api = await host.ApiAsync(scene.Member);
        var own = await RequestAsync(scene);
        (await (await api.PostAsync($"/api/v1/bookings/{own.Id.Value}/approve", null)).CodesAsync()).ShouldBe(["booking.own-request"]);
        var theirs = await host.Given.BookingAsync(scene.Instrument, scene.People["manager"], Day.Tomorrow(15), status: BookingStatus.Requested);
        (await api.PostAsync($"/api/v1/bookings/{theirs.Id.Value}/approve", null)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var others = await host.Given.BookingAsync(scene.Instrument, scene.People["nobody"], Day.Tomorrow(17), status: BookingStatus.Requested);
        (await api.PostAsync($"/api/v1/bookings/{others.Id.Value}/approve", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("", "2026-03-03", "2026-03-04", "delegate.unknown")]
    [InlineData("self", "2026-03-03", "2026-03-04", "delegate.self")]
    [InlineData("other", "2026-03-01", "2026-03-04", "delegate.starts")]
    [InlineData("other", "2026-03-03", "2026-03-02", "delegate.ends")]
    [InlineData("other", "2026-03-03", "2027-03-05", "delegate.ends")]
    public async Task A_delegate_that_cannot_be_is_refused_by_name(string who, string from, string to, string code)
    {
        var scene = await SceneAsync();
        using var leader = await host.ApiAsync(scene.People["leader"]);
        var email = who switch { "self" => scene.People["leader"].Email, "other" => scene.Member.Email, _ => null };
        var answer = await leader.PostAsJsonAsync("/api/v1/account/delegates", new { email, startsOn = from, endsOn = to });
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.CodesAsync()).ShouldBe([code]);
    }

    [Fact]
    public async Task One_is_named_once_for_a_day_and_a_delegation_is_taken_back_at_once()
    {
        var scene = await SceneAsync();
        using var manager = await host.ApiAsync(scene.People["manager"]);
        var request = new { email = scene.People["nobody"].Email, startsOn = "2026-03-02", endsOn = "2026-03-04" };
        var named = await (await manager.PostAsJsonAsync("/api/v1/account/delegates", request)).JsonAsync(HttpStatusCode.Created);
        (await (await manager.PostAsJsonAsync("/api/v1/account/delegates", request)).CodesAsync()).ShouldBe(["delegate.overlap"]);
        var booking = await RequestAsync(scene);
        using var api = await host.ApiAsync(scene.People["nobody"]);
        (await (await api.GetAsync("/api/v1/bookings?decidable=true")).JsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(1);
        (await manager.DeleteAsync($"/api/v1/account/delegates/{named.GetProperty("id").GetGuid()}")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await api.PostAsync($"/api/v1/bookings/{booking.Id.Value}/approve", null)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task The_deciders_of_the_present_step_and_their_delegates_hear_of_it_once()
    {
        var scene = await SceneAsync();
        await LendAsync(scene.People["manager"], scene.People["nobody"]);
        var booking = await RequestAsync(scene, steps: Three);
        var tell = host.Services.GetRequiredService<TellDeciders>();
        await tell.RunAsync();
        await tell.RunAsync();
        (await ToldAsync("booking.to-decide")).ShouldBe([scene.People["leader"].Email!]);
        host.Clock.Advance(Duration.FromMinutes(1));
        using var leader = await host.ApiAsync(scene.People["leader"]);
        await leader.PostAsync($"/api/v1/bookings/{booking.Id.Value}/approve", null);
        await tell.RunAsync();
        await tell.RunAsync();
        (await ToldAsync("booking.to-decide")).ShouldBe([scene.People["leader"].Email!, scene.People["manager"].Email!, scene.People["nobody"].Email!], ignoreOrder: true);
    }

    [Theory]
    [InlineData(AtDeadline.Remind, "requested instrumentOwner", "booking.still-to-decide")]
    [InlineData(AtDeadline.Pass, "requested institution", "")]
    [InlineData(AtDeadline.Reject, "rejected ", "booking.rejected")]
    [Trait("Category", "Guarantee")]
    public async Task A_deadline_acts_once_on_many_nodes_and_after_days_off(AtDeadline act, string becomes, string told)
    {
        var scene = await SceneAsync();
        for (var day = 0; day < 5; day++)
            await host.Given.BookingAsync(scene.Instrument, scene.Member, Day.At(new LocalDate(2026, 3, 10).PlusDays(day), 10), status: BookingStatus.Requested, groupId: scene.Group.Id, steps: [new ApprovalRule(Approver.InstrumentOwner, DeadlineHours: 24, AtDeadline: act), new ApprovalRule(Approver.Institution)]);
        host.Clock.Advance(Duration.FromHours(24) - Duration.FromSeconds(1));
        (await Deadlines.RunAsync()).ShouldBe(0);
        host.Clock.Advance(Duration.FromDays(2));
        var second = host.NewNode();
        var counts = await Task.WhenAll(new[] { host.Services, second.Services, host.Services, second.Services }.Select(s => s.GetRequiredService<ActOnDeadlines>().RunAsync()));
        counts.Sum().ShouldBe(5);
        (await Deadlines.RunAsync()).ShouldBe(0);
        (await host.ScalarAsync<string>("SELECT string_agg(DISTINCT status || ' ' || coalesce(approval_by, ''), ',') FROM bookings")).ShouldBe(becomes);
        (await host.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE action = 'booking.deadline' AND subject_id IN (SELECT id::text FROM bookings)")).ShouldBe(5);
        (await ToldAsync(told)).Count.ShouldBe(told.Length == 0 ? 0 : 5);
        await second.DisposeAsync();
    }

    [Fact]
    public async Task A_deadline_that_would_confirm_a_closed_time_reminds_instead()
    {
        var scene = await SceneAsync();
        var booking = await RequestAsync(scene, steps: new ApprovalRule(Approver.InstrumentOwner, DeadlineHours: 1, AtDeadline: AtDeadline.Pass));
        await host.Given.ClosureAsync(scene.Instrument, booking.StartsAt, booking.EndsAt);
        host.Clock.Advance(Duration.FromHours(2));
        (await Deadlines.RunAsync()).ShouldBe(1);
        (await host.ScalarAsync<string>("SELECT status FROM bookings")).ShouldBe("requested");
        (await ToldAsync("booking.still-to-decide")).ShouldBe([scene.People["manager"].Email!]);
    }

    [Fact]
    [Trait("Category", "Guarantee")]
    public async Task Of_an_approval_and_a_cancellation_at_once_the_outcome_is_one_that_both_allow()
    {
        var scene = await SceneAsync();
        var second = host.NewNode();
        using var manager = await second.ApiAsync(scene.People["manager"]);
        using var member = await host.ApiAsync(scene.Member);
        for (var round = 0; round < 8; round++)
        {
            var booking = await host.Given.BookingAsync(scene.Instrument, scene.Member, Day.At(new LocalDate(2026, 3, 4).PlusDays(round), 10), status: BookingStatus.Requested);
            var answers = await Task.WhenAll(manager.PostAsync($"/api/v1/bookings/{booking.Id.Value}/approve", null), member.PostAsJsonAsync($"/api/v1/bookings/{booking.Id.Value}/cancel", new { }));
            answers[1].StatusCode.ShouldBe(HttpStatusCode.OK, "a holder may cancel a request and a confirmed time alike");
            (await host.ScalarAsync<string>("SELECT status FROM bookings WHERE id = @id", ("id", booking.Id.Value))).ShouldBe("cancelled");
            if (!answers[0].IsSuccessStatusCode) (await answers[0].CodesAsync()).ShouldBe(["booking.state"]);
        }

        await second.DisposeAsync();
    }

    [Fact]
    [Trait("Category", "Guarantee")]
    public async Task Two_requests_for_one_time_are_never_both_confirmed()
    {
        var scene = await SceneAsync();
        var second = host.NewNode();
        using var one = await host.ApiAsync(scene.Member);
        using var two = await second.ApiAsync(scene.People["nobody"]);
        await host.ExecuteAsync("UPDATE booking_rule_sets SET approval_required = true WHERE instrument_id = @id", ("id", scene.Instrument.Id.Value));
        for (var round = 0; round < 6; round++)
        {
            var day = new LocalDate(2026, 3, 4).PlusDays(round);
            var made = await Task.WhenAll(one.BookAsync(scene.Instrument, Day.At(day, 10), Day.At(day, 11)), two.BookAsync(scene.Instrument, Day.At(day, 10), Day.At(day, 11)));
            made.Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        }

        using var manager = await host.ApiAsync(scene.People["manager"]);
        foreach (var item in (await (await manager.GetAsync("/api/v1/bookings?decidable=true")).JsonAsync()).GetProperty("items").EnumerateArray())
            (await manager.PostAsync($"/api/v1/bookings/{item.GetProperty("id").GetGuid()}/approve", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await host.ScalarAsync<long>("SELECT count(*) - count(DISTINCT starts_at) FROM bookings WHERE status = 'confirmed'")).ShouldBe(0);
        await second.DisposeAsync();
    }

    [Fact]
    public async Task Two_who_decide_one_step_at_once_do_not_decide_the_next_one_too()
    {
        var scene = await SceneAsync();
        var both = await host.Given.PersonWithRoleAsync(Role.LabManager, scene.Institution);
        await host.Given.GrantAsync(both, Role.InstitutionAdministrator, scene.Institution.Id.Value, ScopeKind.Institution);
        using var api = await host.ApiAsync(both);
        using var manager = await host.ApiAsync(scene.People["manager"]);
        for (var round = 0; round < 6; round++)
        {
            var booking = await host.Given.BookingAsync(scene.Instrument, scene.Member, Day.At(new LocalDate(2026, 3, 4).PlusDays(round), 10), status: BookingStatus.Requested, steps: [new ApprovalRule(Approver.InstrumentOwner), new ApprovalRule(Approver.Institution)]);
            var path = $"/api/v1/bookings/{booking.Id.Value}/approve";
            var first = new HttpRequestMessage(HttpMethod.Post, path);
            first.Headers.IfMatch.ParseAdd("\"1\"");
            await Task.WhenAll(api.SendAsync(first), manager.PostAsync(path, null));
            (await host.ScalarAsync<string>("SELECT status || ' ' || approval_by FROM bookings WHERE id = @id", ("id", booking.Id.Value))).ShouldBe("requested institution");
        }
    }

    [Fact]
    public async Task Steps_are_set_on_the_page_of_the_rules_and_show_on_the_booking()
    {
        var scene = await SceneAsync();
        var pages = await host.PagesAsync(scene.People["manager"]);
        var form = await pages.GetAsync($"/manage/instruments/{scene.Instrument.Id.Value}/rules");
        var refused = await pages.SubmitAsync(form, "form[data-rules]", ("approval0By", "groupLeader"), ("approval0DeadlineHours", "soon"), ("approval1By", "instrumentOwner"), ("approval1DearerThanYuan", "500"));
        refused.QuerySelector("input[name=approval0DeadlineHours]")!.GetAttribute("value").ShouldBe("soon");
        refused.QuerySelector("input[name=approval1DearerThanYuan]")!.GetAttribute("value").ShouldBe("500");
        var saved = await pages.SubmitAsync(refused, "form[data-rules]", ("approval0DeadlineHours", "48"));
        saved.QuerySelector("[data-problems]").ShouldBeNull(saved.Body!.TextContent);
        (await host.ScalarAsync<string>("SELECT approvals->0->>'by' || ' ' || (approvals->0->>'deadlineHours') || ' ' || (approvals->1->>'dearerThanFen') FROM booking_rule_sets WHERE instrument_id = @id AND valid_to IS NULL", ("id", scene.Instrument.Id.Value))).ShouldBe("groupLeader 48 50000");

        var booking = await RequestAsync(scene, steps: Three);
        var leader = await host.PagesAsync(scene.People["leader"]);
        var requests = await leader.GetAsync("/manage/requests");
        requests.QuerySelectorAll("input[name=Ids]").Length.ShouldBe(1);
        await leader.SubmitAsync(requests, "form[data-requests]", ("Ids", booking.Id.Value.ToString()));
        var page = await leader.GetAsync($"/bookings/{booking.Id.Value}");
        page.QuerySelectorAll("[data-steps] [data-step]").Select(s => s.GetAttribute("data-step")).ShouldBe(["approved", "open", "waiting"]);
    }

    [Fact]
    public async Task Delegates_are_named_and_taken_back_on_their_page_and_typed_words_stay()
    {
        var scene = await SceneAsync();
        var pages = await host.PagesAsync(scene.People["leader"]);
        var page = await pages.GetAsync("/manage/requests/delegates");
        page = await pages.SubmitAsync(page, "form[data-name-delegate]", ("Email", "nobody@nowhere.example"), ("StartsOn", "2026-03-03"), ("EndsOn", "2026-03-04"));
        page.QuerySelector("input[name=Email]")!.GetAttribute("value").ShouldBe("nobody@nowhere.example");
        page = await pages.SubmitAsync(page, "form[data-name-delegate]", ("Email", scene.Member.Email!));
        page.QuerySelectorAll("[data-delegate]").Length.ShouldBe(1, page.Body!.TextContent);
        page = await pages.SubmitAsync(page, "form[data-revoke]");
        page.QuerySelectorAll("[data-delegate]").Length.ShouldBe(0);
    }

    [Fact]
    public async Task An_instrument_that_went_out_of_order_after_the_request_is_approved_by_nobody_and_says_so()
    {
        var scene = await SceneAsync();
        var (request, known) = (await RequestAsync(scene), await host.Given.BookingAsync(scene.Instrument, scene.Member, Day.Tomorrow(16), status: BookingStatus.Requested));
        await host.ExecuteAsync("UPDATE bookings SET override_reason = '已知待修' WHERE id = @id", ("id", known.Id.Value));
        var manager = await host.ApiAsync(scene.People["manager"]);
        await host.ExecuteAsync("UPDATE instruments SET status = 'awaitingRepair', rules_version = rules_version + 1 WHERE id = @id", ("id", scene.Instrument.Id.Value));
        await (await manager.PostAsync($"/api/v1/bookings/{request.Id.Value}/approve", null)).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.out-of-order");
        (await manager.PostAsync($"/api/v1/bookings/{known.Id.Value}/approve", null)).StatusCode.ShouldBe(HttpStatusCode.OK, "staff knew it when they went over the rules");
        await host.ExecuteAsync("UPDATE instruments SET status = 'normal', rules_version = rules_version + 1 WHERE id = @id", ("id", scene.Instrument.Id.Value));
        await host.Given.ClosureAsync(scene.Instrument, Day.Tomorrow(0), Day.Tomorrow(24));
        await host.ExecuteAsync("UPDATE instruments SET rules_version = rules_version + 1 WHERE id = @id", ("id", scene.Instrument.Id.Value));
        await (await manager.PostAsync($"/api/v1/bookings/{request.Id.Value}/approve", null)).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.closure");
    }

    [Fact]
    public async Task What_is_kept_about_a_person_holds_what_they_lent_and_were_lent()
    {
        var scene = await SceneAsync();
        var (leader, manager) = (scene.People["leader"], scene.People["manager"]);
        await LendAsync(leader, manager);
        foreach (var person in new[] { leader, manager })
        {
            var kept = (await (await (await host.ApiAsync(person)).GetAsync("/api/v1/account/personal-data")).JsonAsync()).GetProperty("account").GetProperty("delegations");
            kept.EnumerateArray().ShouldHaveSingleItem().GetProperty("delegateId").GetGuid().ShouldBe(manager.Id);
        }

        (await (await (await host.ApiAsync(scene.People["nobody"])).GetAsync("/api/v1/account/personal-data")).JsonAsync()).GetProperty("account").GetProperty("delegations").GetArrayLength().ShouldBe(0);
    }

    private ActOnDeadlines Deadlines => host.Services.GetRequiredService<ActOnDeadlines>();

    private Task<Booking> RequestAsync(Scene scene, params ApprovalRule[] steps) =>
        host.Given.BookingAsync(scene.Instrument, scene.Member, status: BookingStatus.Requested, groupId: scene.Group.Id, steps: steps);

    private async Task<List<string>> ToldAsync(string kind)
    {
        await using var db = host.NewDb();
        return [.. db.Set<InstrumentShare.Persistence.OutboxMessage>().Where(m => m.Kind == kind).Select(m => m.Recipient)];
    }

    private Task LendAsync(Person person, Person to) => host.ExecuteAsync(
        "INSERT INTO delegations (id, person_id, delegate_id, permission, starts_at, ends_at, created_at) VALUES (gen_random_uuid(), @person, @to, 'bookings.decide', @now - interval '1 day', @now + interval '3 days', @now)",
        ("person", person.Id), ("to", to.Id), ("now", host.Clock.Now.ToDateTimeUtc()));

    private sealed record Scene(Institution Institution, Instrument Instrument, Group Group, Person Member, IReadOnlyDictionary<string, Person> People);

    private async Task<Scene> SceneAsync(params ApprovalRule[] steps)
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, rules: r => r with { Approvals = steps.Length > 0 ? steps : null });
        var (leader, member) = (await host.Given.PersonAsync(institution), await host.Given.PersonAsync(institution));
        var group = await host.Given.GroupAsync(institution, leader, member);
        await host.Given.GrantAsync(leader, Role.GroupLeader, group.Id.Value, ScopeKind.Group);
        return new Scene(institution, instrument, group, member, new Dictionary<string, Person>
        {
            ["leader"] = leader,
            ["manager"] = await host.Given.PersonWithRoleAsync(Role.LabManager, instrumentId: instrument.Id.Value),
            ["administrator"] = await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, institution),
            ["technician"] = await host.Given.PersonWithRoleAsync(Role.Technician, institution),
            ["elsewhere"] = await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync()),
            ["nobody"] = await host.Given.PersonAsync(institution),
        });
    }
}
