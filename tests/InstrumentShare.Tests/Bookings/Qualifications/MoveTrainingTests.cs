using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings.Qualifications;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;
using NodaTime.Extensions;

namespace InstrumentShare.Tests.Bookings.Qualifications;

/// <summary>A training moves with its deadlines and its instrument's time, and everybody who has a seat hears of it.</summary>
public sealed class MoveTrainingTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private const string Sessions = "/api/v1/training-sessions";

    public Task InitializeAsync() => host.ExecuteAsync("DELETE FROM outbox_messages");

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData(Role.Researcher, HttpStatusCode.Forbidden)]
    [InlineData(Role.Technician, HttpStatusCode.OK)]
    [InlineData(Role.LabManager, HttpStatusCode.OK)]
    [InlineData(Role.InstitutionAdministrator, HttpStatusCode.Forbidden)]
    [InlineData(Role.Auditor, HttpStatusCode.Forbidden)]
    public async Task Who_moves_a_training(Role? role, HttpStatusCode answer)
    {
        var (institution, qualification, _) = await PreparedAsync();
        var session = await host.Given.TrainingAsync(qualification, await host.Given.PersonAsync(institution), startsAt: At(5, 9));
        var api = await host.ApiAsync(role switch { null => null, Role.Researcher => await host.Given.PersonAsync(institution), _ => await host.Given.PersonWithRoleAsync(role.Value, institution) });
        (await MoveAsync(api, session.Id.Value, At(6, 9), At(6, 11))).StatusCode.ShouldBe(answer);
    }

    [Fact]
    public async Task Who_has_a_seat_keeps_it_and_gets_an_entry_that_moves_and_who_left_hears_nothing()
    {
        var (institution, qualification, manager) = await PreparedAsync();
        var session = await host.Given.TrainingAsync(qualification, await host.Given.PersonAsync(institution), startsAt: At(5, 9), signUpUntil: At(4, 9), leaveUntil: At(4, 8));
        var (stays, left) = (await host.Given.PersonAsync(institution), await host.Given.PersonAsync(institution));
        foreach (var person in new[] { stays, left }) await (await (await host.ApiAsync(person)).PostAsync($"{Sessions}/{session.Id.Value}/sign-up", null)).JsonAsync();
        await (await (await host.ApiAsync(left)).PostAsync($"{Sessions}/{session.Id.Value}/leave", null)).JsonAsync();

        var moved = await (await MoveAsync(manager, session.Id.Value, At(9, 14), At(9, 17))).JsonAsync();
        (moved.GetProperty("startsAt").GetString(), moved.GetProperty("signUpUntil").GetString(), moved.GetProperty("leaveUntil").GetString()).ShouldBe((At(9, 14).ToString(), At(8, 14).ToString(), At(8, 13).ToString()));
        moved.GetProperty("seatsTaken").GetInt32().ShouldBe(1);
        await (await manager.PostAsJsonAsync($"{Sessions}/{session.Id.Value}/cancel", new { reason = "设备检修" })).JsonAsync();
        var mails = await TakenMail.OfAsync(host);
        mails.Select(m => m.Recipient).ShouldBe([stays.Email!, stays.Email!]);
        var (request, cancel) = (await CalendarReader.ReadAsync(mails[0].Invitation!.Text), await CalendarReader.ReadAsync(mails[1].Invitation!.Text));
        (request.Method, cancel.Method).ShouldBe(("REQUEST", "CANCEL"));
        (request.Only.Uid, request.Only.StartsAt.ToInstant(), request.Only.EndsAt.ToInstant(), request.Only.Location).ShouldBe((cancel.Only.Uid, At(9, 14), At(9, 17), "实验楼 101"));
        request.Only.Sequence!.Value.ShouldBeGreaterThan(0);
        cancel.Only.Sequence!.Value.ShouldBeGreaterThan(request.Only.Sequence.Value);
        request.Only.Summary.ShouldBe($"Training: {qualification.NameEn}");
        request.Only.Url!.ShouldEndWith($"/my/qualifications?qualification={qualification.Id.Value}");
        (await host.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE action = 'training.move' AND subject_id = @id", ("id", session.Id.Value.ToString()))).ShouldBe(1);
    }

    [Fact]
    public async Task The_instruments_time_moves_with_it_even_over_its_own_or_nothing_moves()
    {
        var (institution, qualification, manager) = await PreparedAsync();
        var instrument = qualification.InstrumentId!.Value;
        var planned = await (await manager.PostAsJsonAsync(Sessions, new { qualificationId = qualification.Id.Value, instrumentId = instrument.Value, startsAt = At(5, 9).ToString(), endsAt = At(5, 11).ToString(), place = "实验楼 101", seats = 5 })).JsonAsync(HttpStatusCode.Created);
        var id = planned.GetProperty("id").GetGuid();
        await (await MoveAsync(manager, id, At(5, 10), At(5, 12))).JsonAsync();
        (await StandingAsync(instrument)).ShouldBe("2026-03-05 02:00");
        await (await (await host.ApiAsync(await host.Given.PersonAsync(institution))).PostAsJsonAsync("/api/v1/bookings", new { instrumentId = instrument.Value, startsAt = At(6, 9).ToString(), endsAt = At(6, 10).ToString(), serviceMode = "entrusted", purpose = "x" })).JsonAsync(HttpStatusCode.Created);
        await (await MoveAsync(manager, id, At(6, 9), At(6, 11))).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.overlap");
        (await (await manager.GetAsync($"{Sessions}/{id}")).JsonAsync()).GetProperty("startsAt").GetString().ShouldBe(At(5, 10).ToString());
        (await StandingAsync(instrument)).ShouldBe("2026-03-05 02:00,2026-03-06 01:00", "what could not move stays where it was");
    }

    [Fact]
    public async Task What_cannot_move_is_refused_by_name()
    {
        var (institution, qualification, manager) = await PreparedAsync();
        var trainer = await host.Given.PersonAsync(institution);
        var (coming, begun) = (await host.Given.TrainingAsync(qualification, trainer, startsAt: At(5, 9)), await host.Given.TrainingAsync(qualification, trainer, startsAt: FixedClock.Start - Duration.FromHours(1)));
        await (await MoveAsync(manager, coming.Id.Value, At(1, 9), At(1, 10))).ShouldRefuseAsync(HttpStatusCode.BadRequest, "training.past");
        await (await MoveAsync(manager, coming.Id.Value, At(5, 9), At(5, 9))).ShouldRefuseAsync(HttpStatusCode.BadRequest, "booking.end-before-start");
        await (await manager.PostAsJsonAsync($"{Sessions}/{coming.Id.Value}/move", new { startsAt = At(5, 9).ToString() })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "booking.time-missing");
        await (await MoveAsync(manager, begun.Id.Value, At(5, 9), At(5, 10))).ShouldRefuseAsync(HttpStatusCode.Conflict, "training.begun");
        await (await manager.PatchAsJsonAsync($"{Sessions}/{coming.Id.Value}", new { startsAt = At(6, 9).ToString() })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "training.time-fixed");
        (await MoveAsync(manager, Guid.CreateVersion7(), At(5, 9), At(5, 10))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task On_the_pages_the_lab_moves_it_and_a_seat_is_taken_and_left()
    {
        var (institution, qualification, _) = await PreparedAsync();
        var session = await host.Given.TrainingAsync(qualification, await host.Given.PersonAsync(institution), startsAt: At(5, 9));
        var desk = await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        var page = await desk.GetAsync($"/manage/training/{session.Id.Value}");
        var refused = await desk.SubmitAsync(page, "form[data-move]", ("startsAt", "2026-02-05T09:00"), ("endsAt", "2026-02-05T10:00"));
        refused.QuerySelector("[data-problems] code")!.TextContent.ShouldBe("training.past");
        refused.QuerySelector("#startsAt")!.GetAttribute("value").ShouldBe("2026-02-05T09:00");
        var moved = await desk.SubmitAsync(refused, "form[data-move]", ("startsAt", "2026-03-09T14:00"), ("endsAt", "2026-03-09T16:00"));
        moved.QuerySelector(".lead")!.TextContent.ShouldContain("14:00–16:00");

        var pages = await host.PagesAsync(await host.Given.PersonAsync(institution));
        var mine = await pages.SubmitAsync(await pages.GetAsync($"/my/qualifications?qualification={qualification.Id.Value}"), "form[data-sign-up]");
        (await pages.SubmitAsync(mine, "form[data-leave]")).QuerySelector("form[data-sign-up]").ShouldNotBeNull();
    }

    private static Instant At(int day, int hour) => Day.At(new LocalDate(2026, 3, day), hour);

    private static Task<HttpResponseMessage> MoveAsync(HttpClient api, Guid id, Instant startsAt, Instant endsAt) => api.PostAsJsonAsync($"{Sessions}/{id}/move", new { startsAt = startsAt.ToString(), endsAt = endsAt.ToString() });

    private Task<string> StandingAsync(InstrumentId instrument) => host.ScalarAsync<string>(
        "SELECT string_agg(to_char(starts_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), ',' ORDER BY starts_at) FROM bookings WHERE instrument_id = @i AND status = 'confirmed'", ("i", instrument.Value));

    private async Task<(Institution Institution, Qualification Qualification, HttpClient Manager)> PreparedAsync()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        return (institution, await host.Given.QualificationAsync(institution, instrument), await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution)));
    }
}
