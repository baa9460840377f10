using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Classes;

public sealed class ClassTests(TestHost host) : IClassFixture<TestHost>
{
    private const string Root = "/api/v1/classes";

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized)]
    [InlineData(Role.Researcher, HttpStatusCode.NotFound, HttpStatusCode.Forbidden)]
    [InlineData(Role.Technician, HttpStatusCode.OK, HttpStatusCode.Created)]
    [InlineData(Role.LabManager, HttpStatusCode.OK, HttpStatusCode.Created)]
    [InlineData(Role.InstitutionAdministrator, HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData(Role.Auditor, HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    public async Task Who_may_see_and_plan_classes(Role? role, HttpStatusCode see, HttpStatusCode plan)
    {
        var (institution, instruments, manager) = await PreparedAsync(1);
        var planned = await (await manager.PostAsJsonAsync(Root, Body(instruments, 10, 12))).JsonAsync(HttpStatusCode.Created);
        var api = await host.ApiAsync(role switch { null => null, Role.Researcher => await host.Given.PersonAsync(institution), _ => await host.Given.PersonWithRoleAsync(role.Value, institution) });
        (await api.GetAsync($"{Root}/{Id(planned)}")).StatusCode.ShouldBe(see);
        (await api.PostAsJsonAsync(Root, Body(instruments, 13, 14))).StatusCode.ShouldBe(plan);
    }

    [Fact]
    public async Task All_instruments_of_a_class_are_booked_or_none()
    {
        var (_, instruments, manager) = await PreparedAsync(2);
        await host.Given.BookingAsync(instruments[1], await host.Given.PersonAsync(), Day.Tomorrow(11));
        await (await manager.PostAsJsonAsync(Root, Body(instruments, 10, 12))).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.overlap");
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id = @id", ("id", instruments[0].Id.Value))).ShouldBe(0);
        (await host.ScalarAsync<long>("SELECT count(*) FROM class_sessions WHERE institution_id = @id", ("id", instruments[0].InstitutionId.Value))).ShouldBe(0);

        var planned = await (await manager.PostAsJsonAsync(Root, Body(instruments, 13, 15))).JsonAsync(HttpStatusCode.Created);
        planned.GetProperty("places").EnumerateArray().Select(p => p.GetProperty("status").GetString()).ShouldBe(["confirmed", "confirmed"]);
    }

    [Fact]
    public async Task Several_places_of_one_instrument_are_taken_and_no_more_than_it_has()
    {
        var institution = await host.Given.InstitutionAsync();
        var tray = await host.Given.InstrumentAsync(institution, capacity: 3);
        var manager = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        await (await manager.PostAsJsonAsync(Root, Body([tray], 10, 11, units: 4))).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.overlap");
        await (await manager.PostAsJsonAsync(Root, Body([tray], 10, 11, units: 3))).JsonAsync(HttpStatusCode.Created);
        (await host.ScalarAsync<long>("SELECT count(DISTINCT unit) FROM bookings WHERE instrument_id = @id AND status = 'confirmed'", ("id", tray.Id.Value))).ShouldBe(3);
    }

    [Fact]
    public async Task A_class_moves_together_even_over_its_own_time_or_not_at_all_and_is_cancelled_together()
    {
        var (_, instruments, manager) = await PreparedAsync(2);
        var planned = await (await manager.PostAsJsonAsync(Root, Body(instruments, 10, 12))).JsonAsync(HttpStatusCode.Created);
        await host.Given.BookingAsync(instruments[1], await host.Given.PersonAsync(), Day.Tomorrow(15));
        await (await MoveAsync(manager, planned, 14, 16)).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.overlap");
        (await HeldAsync(planned)).ShouldBe(2, "what could not move stays where it was");
        var moved = await (await MoveAsync(manager, planned, 11, 13)).JsonAsync(HttpStatusCode.OK);
        moved.GetProperty("row").GetProperty("startsAt").GetString().ShouldBe("2026-03-03T03:00:00Z");
        (await HeldAsync(planned)).ShouldBe(2);
        await (await manager.PostAsJsonAsync($"{Root}/{Id(planned)}/cancel", new { reason = "" })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "booking.text-missing");
        await (await manager.PostAsJsonAsync($"{Root}/{Id(planned)}/cancel", new { reason = "教师出差" })).JsonAsync(HttpStatusCode.OK);
        (await HeldAsync(planned)).ShouldBe(0);
        await (await manager.PostAsJsonAsync($"{Root}/{Id(planned)}/cancel", new { reason = "x" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "class.cancelled");
    }

    [Fact]
    public async Task Attendance_is_recorded_afterwards_by_ticks_and_count()
    {
        var (institution, instruments, manager) = await PreparedAsync(1);
        var teacher = await host.Given.PersonAsync(institution);
        var planned = await (await manager.PostAsJsonAsync(Root, Body(instruments, 10, 12, teacher: teacher.Email))).JsonAsync(HttpStatusCode.Created);
        var path = $"{Root}/{Id(planned)}/attendance";
        await (await manager.PostAsJsonAsync(path, new { present = new[] { 0 } })).ShouldRefuseAsync(HttpStatusCode.Conflict, "class.not-begun");
        host.Clock.Now = Day.Tomorrow(12);
        try
        {
            var api = await host.ApiAsync(teacher);
            await (await api.PostAsJsonAsync(path, new { present = new[] { 5 } })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "class.stranger");
            await (await api.PostAsJsonAsync(path, new { present = new[] { 0, 1 }, attended = 1 })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "class.attended");
            var recorded = await (await api.PostAsJsonAsync(path, new { present = new[] { 1 }, attended = 7 })).JsonAsync(HttpStatusCode.OK);
            recorded.GetProperty("row").GetProperty("attended").GetInt32().ShouldBe(7);
            recorded.GetProperty("roster").EnumerateArray().Select(s => s.GetProperty("attended").GetBoolean()).ShouldBe([false, true]);
        }
        finally
        {
            host.Clock.Now = FixedClock.Start;
        }
    }

    [Fact]
    public async Task What_is_wrong_with_a_class_is_named_all_at_once()
    {
        var (_, instruments, manager) = await PreparedAsync(1);
        var wrong = await (await manager.PostAsJsonAsync(Root, new
        {
            course = " ", courseEn = "x", students = 1, roster = new[] { "a", "b" }, teacherEmail = "nobody@example.org", instruments = new[] { new { instrumentId = Guid.CreateVersion7() } }, startsAt = Day.Tomorrow(10).ToString(), endsAt = Day.Tomorrow(11).ToString(),
        })).JsonAsync(HttpStatusCode.BadRequest);
        wrong.GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("code").GetString()).ShouldBe(["booking.text-missing", "class.roster", "class.instrument", "qualification.person"], ignoreOrder: true);
        await (await manager.PostAsJsonAsync(Root, Body([await host.Given.InstrumentAsync(), .. instruments], 10, 11))).ShouldRefuseAsync(HttpStatusCode.BadRequest, "class.instrument");
    }

    [Fact]
    public async Task A_class_is_planned_moved_and_marked_on_pages()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var pages = await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        var form = await pages.GetAsync("/classes/new");
        var refused = await pages.SubmitAsync(form, "form[data-class]", ("course", "材料分析"), ("courseEn", "Materials"), ("students", "many"), ("startsAt", "2026-03-03T10:00"), ("endsAt", "2026-03-03T12:00"), ("Places[0].Instrument", instrument.Id.Value.ToString()), ("roster", "Ann\nBen"));
        refused.QuerySelector("#students")!.GetAttribute("value").ShouldBe("many");
        refused.QuerySelector("#roster")!.TextContent.ShouldContain("Ben");
        var planned = await pages.SubmitAsync(refused, "form[data-class]", ("students", "12"), ("Places[0].Instrument", instrument.Id.Value.ToString()));
        planned.QuerySelectorAll("[data-places] li").Length.ShouldBe(1, planned.Body!.TextContent);
        var moved = await pages.SubmitAsync(planned, "form[data-move]", ("StartsAt", "2026-03-03T11:00"), ("EndsAt", "2026-03-03T13:00"));
        moved.QuerySelector("h1 + p")!.TextContent.ShouldContain("11:00–13:00");
        (await pages.GetAsync("/classes")).QuerySelector("table")!.TextContent.ShouldContain("Materials");
        (await pages.GetAsync("/bookings")).QuerySelector("table")!.TextContent.ShouldContain("Teaching");
    }

    [Fact]
    public async Task A_class_is_told_apart_on_every_calendar_by_kind_sign_and_word()
    {
        var (institution, instruments, manager) = await PreparedAsync(2);
        var researcher = await host.Given.PersonAsync(institution);
        await host.Given.BookingAsync(instruments[0], researcher, Day.Tomorrow(9));
        var planned = await (await manager.PostAsJsonAsync(Root, Body(instruments, 10, 12))).JsonAsync(HttpStatusCode.Created);
        (await KindsAsync(instruments[0])).ShouldBe(["booking", "class"]);
        (await KindsAsync(instruments[1])).ShouldBe(["class"]);
        await (await MoveAsync(manager, planned, 14, 16)).JsonAsync(HttpStatusCode.OK);
        (await KindsAsync(instruments[0])).ShouldBe(["booking", "class"]);

        var pages = await host.PagesAsync(researcher);
        var list = (await pages.GetAsync($"/instruments/{instruments[0].Id.Value}/calendar?date=2026-03-03")).QuerySelector("[data-week-list]")!;
        list.QuerySelectorAll(".state-info").Single().TextContent.ShouldBe("Class");
        var timeline = await pages.GetAsync($"/calendar?instruments={instruments[0].Id.Value},{instruments[1].Id.Value}&date=2026-03-03");
        timeline.QuerySelectorAll("[data-look=class]").Select(i => i.GetAttribute("aria-label")!.Split(", ")[^1]).ShouldBe(["Class", "Class"]);
        timeline.QuerySelector(".calendar-key .swatch-class")!.ParentElement!.TextContent.ShouldBe("Class");
        (await (await host.PagesAsync(researcher)).GetAsync($"/calendar?instruments={instruments[0].Id.Value}&date=2026-03-03&view=list")).QuerySelector("[data-row]")!.TextContent.ShouldContain("Class");
        await (await manager.PostAsJsonAsync($"{Root}/{Id(planned)}/cancel", new { reason = "教师出差" })).JsonAsync(HttpStatusCode.OK);
        (await KindsAsync(instruments[1])).ShouldBeEmpty();

        async Task<IEnumerable<string?>> KindsAsync(Instrument instrument) => (await (await (await host.ApiAsync()).GetAsync($"/api/v1/instruments/{instrument.Id.Value}/calendar?from={Day.Tomorrow(0)}&to={Day.Tomorrow(24)}")).JsonAsync()).GetProperty("items").EnumerateArray().Select(i => i.GetProperty("kind").GetString());
    }

    private async Task<(Institution Institution, IReadOnlyList<Instrument> Instruments, HttpClient Manager)> PreparedAsync(int count)
    {
        var institution = await host.Given.InstitutionAsync();
        var instruments = new List<Instrument>();
        for (var i = 0; i < count; i++) instruments.Add(await host.Given.InstrumentAsync(institution));
        return (institution, instruments, await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution)));
    }

    private static object Body(IReadOnlyList<Instrument> instruments, int from, int to, int units = 1, string? teacher = null) => new
    {
        course = "材料分析", courseEn = "Materials analysis", students = 12, roster = new[] { "赵一", "钱二" }, teacherEmail = teacher, instruments = instruments.Select(i => new { instrumentId = i.Id.Value, units }),
        startsAt = Day.Tomorrow(from).ToString(), endsAt = Day.Tomorrow(to).ToString(),
    };

    private static Task<HttpResponseMessage> MoveAsync(HttpClient api, JsonElement planned, int from, int to) => api.PostAsJsonAsync($"{Root}/{Id(planned)}/move", new { startsAt = Day.Tomorrow(from).ToString(), endsAt = Day.Tomorrow(to).ToString() });

    private static Guid Id(JsonElement planned) => planned.GetProperty("row").GetProperty("id").GetGuid();

    private Task<long> HeldAsync(JsonElement planned) => host.ScalarAsync<long>(
        "SELECT count(*) FROM class_bookings c JOIN bookings b ON b.instrument_id = c.instrument_id AND b.id = c.booking_id WHERE c.session_id = @id AND b.status = 'confirmed'", ("id", Id(planned)));
}
