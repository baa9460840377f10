using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings.Qualifications;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Qualifications;

public sealed class TrainingTests(TestHost host) : IClassFixture<TestHost>
{
    private const string Sessions = "/api/v1/training-sessions";

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized)]
    [InlineData(Role.Researcher, HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData(Role.GroupLeader, HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData(Role.Technician, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Created)]
    [InlineData(Role.LabManager, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Created)]
    [InlineData(Role.InstitutionAdministrator, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData(Role.Auditor, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    public async Task Who_may_see_plan_and_look_into_trainings(Role? role, HttpStatusCode list, HttpStatusCode attendees, HttpStatusCode plan)
    {
        var (institution, qualification, trainer, _) = await PreparedAsync();
        var session = await host.Given.TrainingAsync(qualification, trainer);
        var api = await host.ApiAsync(role switch { null => null, Role.Researcher => await host.Given.PersonAsync(institution), _ => await host.Given.PersonWithRoleAsync(role.Value, institution) });
        (await api.GetAsync(Sessions)).StatusCode.ShouldBe(list);
        (await api.GetAsync($"{Sessions}/{session.Id.Value}/attendees")).StatusCode.ShouldBe(attendees);
        (await api.PostAsJsonAsync(Sessions, Plan(qualification))).StatusCode.ShouldBe(plan);
    }

    [Fact]
    public async Task A_lab_manager_elsewhere_learns_nothing_of_who_comes_and_plans_nothing()
    {
        var (_, qualification, trainer, _) = await PreparedAsync();
        var session = await host.Given.TrainingAsync(qualification, trainer);
        var api = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync()));
        (await api.GetAsync($"{Sessions}/{session.Id.Value}/attendees")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await api.PostAsJsonAsync(Sessions, Plan(qualification))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await api.PostAsJsonAsync($"{Sessions}/{session.Id.Value}/cancel", new { reason = "x" })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await api.PostAsJsonAsync($"{Sessions}/{session.Id.Value}/attendees", new { email = trainer.Email })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_training_holds_its_instruments_time_until_it_is_called_off()
    {
        var (institution, qualification, _, manager) = await PreparedAsync(approval: true);
        var instrument = qualification.InstrumentId!.Value.Value;
        var planned = await (await manager.PostAsJsonAsync(Sessions, Plan(qualification, instrument))).JsonAsync(HttpStatusCode.Created);
        var id = planned.GetProperty("id").GetGuid();
        (await host.ScalarAsync<string>("SELECT status FROM bookings WHERE id = @id", ("id", planned.GetProperty("bookingId").GetGuid()))).ShouldBe("confirmed", "nobody approves the lab's own training");
        await (await manager.PostAsJsonAsync(Sessions, Plan(qualification, instrument))).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.overlap");

        var person = await host.Given.PersonAsync(institution);
        var api = await host.ApiAsync(person);
        await (await api.PostAsync($"{Sessions}/{id}/sign-up", null)).JsonAsync();
        await (await manager.PostAsJsonAsync($"{Sessions}/{id}/cancel", new { reason = "" })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "booking.text-missing");
        await (await manager.PostAsJsonAsync($"{Sessions}/{id}/cancel", new { reason = "设备检修" })).JsonAsync();
        (await host.ScalarAsync<long>("SELECT count(*) FROM outbox_messages WHERE kind = 'training.cancelled' AND person_id = @id", ("id", person.Id))).ShouldBe(1);
        await (await manager.PostAsJsonAsync(Sessions, Plan(qualification, instrument))).JsonAsync(HttpStatusCode.Created);
        await (await api.PostAsync($"{Sessions}/{id}/sign-up", null)).ShouldRefuseAsync(HttpStatusCode.Conflict, "training.cancelled");
    }

    [Fact]
    public async Task What_cannot_be_planned_is_named_all_at_once()
    {
        var (_, qualification, _, manager) = await PreparedAsync();
        var elsewhere = await host.Given.InstrumentAsync();
        var wrong = await (await manager.PostAsJsonAsync(Sessions, new
        {
            qualificationId = qualification.Id.Value, instrumentId = elsewhere.Id.Value, startsAt = "2026-03-01T09:00:00+08:00", endsAt = "2026-03-01T08:00:00+08:00", place = " ", seats = 0, level = "master", trainerEmail = "nobody@example.org",
        })).JsonAsync(HttpStatusCode.BadRequest);
        wrong.GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("code").GetString()).ShouldBe(
            ["training.past", "booking.end-before-start", "booking.text-missing", "training.seats", "qualification.level", "qualification.person", "training.instrument"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_seat_is_taken_given_back_and_taken_again()
    {
        var (institution, qualification, trainer, manager) = await PreparedAsync();
        var session = await host.Given.TrainingAsync(qualification, trainer, seats: 1);
        var (one, two) = (await host.ApiAsync(await host.Given.PersonAsync(institution)), await host.ApiAsync(await host.Given.PersonAsync()));
        await (await one.PostAsync($"{Sessions}/{session.Id.Value}/sign-up", null)).JsonAsync();
        await (await one.PostAsync($"{Sessions}/{session.Id.Value}/sign-up", null)).ShouldRefuseAsync(HttpStatusCode.Conflict, "training.already");
        await (await two.PostAsync($"{Sessions}/{session.Id.Value}/sign-up", null)).ShouldRefuseAsync(HttpStatusCode.Conflict, "training.full");
        await (await manager.PatchAsJsonAsync($"{Sessions}/{session.Id.Value}", new { seats = 0 })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "training.seats");
        await (await one.PostAsync($"{Sessions}/{session.Id.Value}/leave", null)).JsonAsync();
        await (await one.PostAsync($"{Sessions}/{session.Id.Value}/leave", null)).ShouldRefuseAsync(HttpStatusCode.Conflict, "training.not-attending");
        await (await two.PostAsync($"{Sessions}/{session.Id.Value}/sign-up", null)).JsonAsync();
        await (await manager.PatchAsJsonAsync($"{Sessions}/{session.Id.Value}", new { seats = 2 })).JsonAsync();
        (await (await one.PostAsync($"{Sessions}/{session.Id.Value}/sign-up", null)).JsonAsync()).GetProperty("seatsTaken").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task Sixty_four_at_once_take_the_last_seats_and_not_one_more()
    {
        var (institution, qualification, trainer, _) = await PreparedAsync();
        var session = await host.Given.TrainingAsync(qualification, trainer, seats: 5);
        await using var second = host.NewNode();
        var clients = new List<HttpClient>();
        for (var i = 0; i < 64; i++)
        {
            var person = await host.Given.PersonAsync(institution);
            clients.Add(i % 2 == 0 ? await host.ApiAsync(person) : await second.ApiAsync(person));
        }

        var answers = await Task.WhenAll(clients.Select(c => c.PostAsync($"{Sessions}/{session.Id.Value}/sign-up", null)));
        answers.Count(a => a.StatusCode == HttpStatusCode.OK).ShouldBe(5);
        foreach (var refused in answers.Where(a => a.StatusCode != HttpStatusCode.OK)) await refused.ShouldRefuseAsync(HttpStatusCode.Conflict, "training.full");
        (await host.ScalarAsync<long>("SELECT count(*) FROM training_attendees WHERE session_id = @id AND left_at IS NULL", ("id", session.Id.Value))).ShouldBe(5);
        (await host.ScalarAsync<int>("SELECT seats_taken FROM training_sessions WHERE id = @id", ("id", session.Id.Value))).ShouldBe(5);
        var failure = await Should.ThrowAsync<Npgsql.PostgresException>(() => host.ExecuteAsync("UPDATE training_sessions SET seats_taken = 6 WHERE id = @id", ("id", session.Id.Value)));
        failure.ConstraintName.ShouldBe("training.full");
    }

    [Fact]
    public async Task Results_give_certificates_and_a_corrected_result_takes_them_back()
    {
        var (institution, qualification, trainer, manager) = await PreparedAsync();
        var session = await host.Given.TrainingAsync(qualification, trainer);
        var (good, bad, missing) = (await host.Given.PersonAsync(institution), await host.Given.PersonAsync(institution), await host.Given.PersonAsync(institution));
        foreach (var person in new[] { good, bad, missing }) await (await manager.PostAsJsonAsync($"{Sessions}/{session.Id.Value}/attendees", new { email = person.Email })).JsonAsync();
        var results = $"{Sessions}/{session.Id.Value}/results";
        await (await manager.PostAsJsonAsync(results, Results((good, "passed", null)))).ShouldRefuseAsync(HttpStatusCode.Conflict, "training.not-begun");

        host.Clock.Now = session.EndsAt;
        try
        {
            await (await manager.PostAsJsonAsync(results, Results((trainer, "passed", null)))).ShouldRefuseAsync(HttpStatusCode.BadRequest, "training.stranger");
            await (await manager.PostAsJsonAsync(results, Results((good, "brilliant", null)))).ShouldRefuseAsync(HttpStatusCode.BadRequest, "training.result");
            (await (await manager.PostAsJsonAsync(results, Results((good, "passed", null), (bad, "failed", null), (missing, "absent", null)))).JsonAsync()).GetProperty("count").GetInt32().ShouldBe(3);
            (await (await manager.PostAsJsonAsync(results, Results((good, "passed", null)))).JsonAsync()).GetProperty("count").GetInt32().ShouldBe(0, "nothing changed");
            var held = (await HeldAsync(good)).ShouldHaveSingleItem();
            (held.GetProperty("level").GetString(), held.GetProperty("validFrom").GetString(), held.GetProperty("validTo").GetString(), held.GetProperty("state").GetString()).ShouldBe(("independent", "2026-03-05", "2027-03-04", "valid"));
            (await HeldAsync(bad)).ShouldBeEmpty();

            await (await manager.PostAsJsonAsync(results, Results((good, "passed", "supervised"), (bad, "passed", "trainer")))).JsonAsync();
            (await HeldAsync(good)).Select(c => (c.GetProperty("level").GetString(), c.GetProperty("state").GetString())).ShouldBe([("independent", "revoked"), ("supervised", "valid")], ignoreOrder: true);
            await (await manager.PostAsJsonAsync(results, Results((good, "failed", null)))).JsonAsync();
            (await HeldAsync(good)).ShouldAllBe(c => c.GetProperty("state").GetString() == "revoked");
            (await HeldAsync(bad)).ShouldHaveSingleItem().GetProperty("level").GetString().ShouldBe("trainer");
            (await host.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE action = 'training.result' AND subject_id = @id", ("id", session.Id.Value.ToString()))).ShouldBe(6);
        }
        finally
        {
            host.Clock.Now = FixedClock.Start;
        }
    }

    [Fact]
    public async Task Nobody_records_their_own_result()
    {
        var (institution, qualification, trainer, _) = await PreparedAsync();
        var technician = await host.Given.PersonWithRoleAsync(Role.Technician, institution);
        var session = await host.Given.TrainingAsync(qualification, trainer);
        var api = await host.ApiAsync(technician);
        await (await api.PostAsync($"{Sessions}/{session.Id.Value}/sign-up", null)).JsonAsync();
        host.Clock.Now = session.EndsAt;
        try
        {
            await (await api.PostAsJsonAsync($"{Sessions}/{session.Id.Value}/results", Results((technician, "passed", null)))).ShouldRefuseAsync(HttpStatusCode.Forbidden, "training.own-result");
        }
        finally
        {
            host.Clock.Now = FixedClock.Start;
        }
    }

    [Fact]
    public async Task Trainings_are_listed_page_by_page_for_an_instrument_and_for_oneself()
    {
        var (institution, qualification, trainer, _) = await PreparedAsync();
        var sessions = new[] { await host.Given.TrainingAsync(qualification, trainer), await host.Given.TrainingAsync(qualification, trainer, startsAt: FixedClock.Start + Duration.FromDays(4)) };
        var api = await host.ApiAsync(await host.Given.PersonAsync(institution));
        await (await api.PostAsync($"{Sessions}/{sessions[1].Id.Value}/sign-up", null)).JsonAsync();
        var path = $"{Sessions}?instrument={qualification.InstrumentId!.Value.Value}&limit=1";
        var first = await (await api.GetAsync(path)).JsonAsync(HttpStatusCode.OK);
        var next = await (await api.GetAsync($"{path}&cursor={first.GetProperty("nextCursor").GetString()}")).JsonAsync(HttpStatusCode.OK);
        Ids(first, next).ShouldBe(sessions.Select(s => s.Id.Value));
        Ids(await (await api.GetAsync(Sessions + "?mine=true")).JsonAsync(HttpStatusCode.OK)).ShouldBe([sessions[1].Id.Value]);
        await (await api.GetAsync(Sessions + "?qualification=x")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "booking.id-unreadable");

        static IEnumerable<Guid> Ids(params JsonElement[] pages) => pages.SelectMany(p => p.GetProperty("items").EnumerateArray()).Select(i => i.GetProperty("id").GetGuid());
    }

    private async Task<IReadOnlyList<JsonElement>> HeldAsync(Person person) =>
        [.. (await (await (await host.ApiAsync(person)).GetAsync("/api/v1/certificates?mine=true")).JsonAsync(HttpStatusCode.OK)).GetProperty("items").EnumerateArray()];

    private async Task<(Institution Institution, Qualification Qualification, Person Trainer, HttpClient Manager)> PreparedAsync(bool approval = false)
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, rules: r => r with { ApprovalRequired = approval });
        var qualification = await host.Given.QualificationAsync(institution, instrument);
        return (institution, qualification, await host.Given.PersonAsync(institution), await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution)));
    }

    private static object Plan(Qualification qualification, Guid? instrumentId = null) => new
    {
        qualificationId = qualification.Id.Value, instrumentId, startsAt = "2026-03-04T14:00:00+08:00", endsAt = "2026-03-04T16:00:00+08:00", place = "实验楼 101", seats = 8,
    };

    private static object Results(params (Person Person, string Result, string? Level)[] results) => new { results = results.Select(r => new { personId = r.Person.Id, result = r.Result, level = r.Level }) };
}
