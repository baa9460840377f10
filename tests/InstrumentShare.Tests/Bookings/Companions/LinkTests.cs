using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings.Companions;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Companions;

/// <summary>Links and rooms as they are defined, over the API and on the pages.</summary>
public sealed class LinkTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly LocalDate Today = new(2026, 3, 2);

    [Theory]
    [InlineData(true, false, 0, 1, 0, "")]
    [InlineData(false, false, 0, 1, 0, "instrument-link.target")]
    [InlineData(true, true, 0, 1, 0, "instrument-link.target")]
    [InlineData(true, false, 1441, 1, 0, "instrument-link.minutes")]
    [InlineData(true, false, -1, 1, 0, "instrument-link.minutes")]
    [InlineData(false, true, 0, 51, 0, "instrument-link.people")]
    [InlineData(true, false, 0, 1, -1, "instrument-link.valid-from")]
    public void What_a_link_cannot_say_is_named(bool instrument, bool room, int before, int people, int from, string codes) => string.Join(',', LinkRules.Check(
        new InstrumentId(Guid.CreateVersion7()), instrument ? Guid.CreateVersion7() : null, room ? Guid.CreateVersion7() : null, before, 0, people, Today.PlusDays(from), null, Today).Select(p => p.Code)).ShouldBe(codes);

    [Fact]
    public async Task A_new_link_holds_for_the_next_booking_on_every_node_until_it_is_ended()
    {
        var (institution, prep, scope, manager) = await PlaceAsync();
        await using var second = host.NewNode();
        var two = await second.ApiAsync(await host.Given.PersonAsync(institution));
        (await two.BookAsync(prep, Day.Tomorrow(9), Day.Tomorrow(10))).StatusCode.ShouldBe(HttpStatusCode.Created);
        var link = await (await manager.PostAsJsonAsync(Path(prep), new { linkedInstrumentId = scope.Id.Value, afterMinutes = 30 })).JsonAsync(HttpStatusCode.Created);
        (await two.BookAsync(prep, Day.Tomorrow(10), Day.Tomorrow(11))).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id = @b AND main_id IS NOT NULL", ("b", scope.Id.Value))).ShouldBe(1);
        (await (await two.GetAsync(Path(prep))).JsonAsync())[0].GetProperty("linkedInstrumentId").GetGuid().ShouldBe(scope.Id.Value);
        await (await manager.PostAsJsonAsync($"{Path(prep)}/{link.GetProperty("id").GetGuid()}/end", new { })).JsonAsync();
        (await two.BookAsync(prep, Day.Tomorrow(12), Day.Tomorrow(13))).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE instrument_id = @b", ("b", scope.Id.Value))).ShouldBe(1);
    }

    [Fact]
    public async Task Two_instruments_that_link_each_other_crosswise_are_refused_at_definition()
    {
        var (_, prep, scope, manager) = await PlaceAsync();
        await (await manager.PostAsJsonAsync(Path(prep), new { linkedInstrumentId = scope.Id.Value })).JsonAsync(HttpStatusCode.Created);
        await (await manager.PostAsJsonAsync(Path(scope), new { linkedInstrumentId = prep.Id.Value })).ShouldRefuseAsync(HttpStatusCode.Conflict, "instrument-link.crosswise");
        await (await manager.PostAsJsonAsync(Path(prep), new { linkedInstrumentId = scope.Id.Value, modes = new[] { "entrusted" } })).ShouldRefuseAsync(HttpStatusCode.Conflict, "instrument-link.overlap");
        await (await manager.PostAsJsonAsync(Path(prep), new { linkedInstrumentId = prep.Id.Value })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "instrument-link.itself");
    }

    [Fact]
    public async Task Both_that_define_a_link_crosswise_at_once_are_not_both_let_through()
    {
        var (_, prep, scope, manager) = await PlaceAsync();
        var answers = await Task.WhenAll(manager.PostAsJsonAsync(Path(prep), new { linkedInstrumentId = scope.Id.Value }), manager.PostAsJsonAsync(Path(scope), new { linkedInstrumentId = prep.Id.Value }));
        answers.Select(a => a.StatusCode).ShouldBe([HttpStatusCode.Created, HttpStatusCode.Conflict], ignoreOrder: true);
    }

    [Fact]
    public async Task Only_what_one_manages_is_linked()
    {
        var (institution, prep, _, manager) = await PlaceAsync();
        var elsewhere = await host.Given.InstrumentAsync();
        await (await manager.PostAsJsonAsync(Path(prep), new { linkedInstrumentId = elsewhere.Id.Value })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "instrument-link.target-unknown");
        var room = await host.Given.RoomAsync(await host.Given.InstitutionAsync());
        await (await manager.PostAsJsonAsync(Path(prep), new { roomId = room.Id.Value })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "instrument-link.target-unknown");
        (await (await host.ApiAsync(await host.Given.PersonAsync(institution))).PostAsJsonAsync(Path(prep), new { })).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_room_is_made_changed_and_shows_when_it_is_used()
    {
        var (institution, prep, _, manager) = await PlaceAsync();
        var body = new { institutionId = institution.Id.Value, name = "制样间", nameEn = "Preparation", capacity = 1, countsIn = "groups" };
        var room = (await (await manager.PostAsJsonAsync("/api/v1/rooms", body)).JsonAsync(HttpStatusCode.Created)).GetProperty("id").GetGuid();
        await (await manager.PostAsJsonAsync("/api/v1/rooms", body)).ShouldRefuseAsync(HttpStatusCode.Conflict, "room.name-taken");
        await (await manager.PostAsJsonAsync("/api/v1/rooms", body with { name = "另一间", capacity = 0 })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "room.capacity");
        await (await manager.PostAsJsonAsync(Path(prep), new { roomId = room })).JsonAsync(HttpStatusCode.Created);
        var person = await host.ApiAsync(await host.Given.PersonAsync(institution));
        (await person.BookAsync(prep, Day.Tomorrow(9), Day.Tomorrow(10))).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await (await manager.GetAsync($"/api/v1/rooms/{room}/calendar")).JsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(1);
        await (await manager.PutAsJsonAsync($"/api/v1/rooms/{room}", new { name = "制样间", nameEn = "Preparation", capacity = 1, countsIn = "groups", opens = "12:00", closes = "11:00" })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "room.hours");
        await (await manager.PutAsJsonAsync($"/api/v1/rooms/{room}", new { name = "制样间", nameEn = "Preparation", capacity = 1, countsIn = "groups", isActive = false })).JsonAsync();
        await (await person.BookAsync(prep, Day.Tomorrow(11), Day.Tomorrow(12))).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.room-closed");
        (await person.GetAsync($"/api/v1/rooms/{room}")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task On_the_pages_a_manager_makes_a_room_and_links_it()
    {
        var (institution, prep, _, _) = await PlaceAsync();
        var desk = await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        var refused = await desk.SubmitAsync(await desk.GetAsync("/manage/rooms"), "form[data-room]", ("name", "暗室"), ("nameEn", "Darkroom"), ("capacity", "many"));
        refused.QuerySelector("[data-problems] code")!.TextContent.ShouldBe("room.capacity");
        var made = await desk.SubmitAsync(refused, "form[data-room]", ("capacity", "2"));
        made.QuerySelector("h1")!.TextContent.ShouldBe("Darkroom");
        var room = desk.Last.RequestMessage!.RequestUri!.AbsolutePath.Split('/')[^1];
        var wrong = await desk.SubmitAsync(await desk.GetAsync($"/manage/instruments/{prep.Id.Value}/links"), "form[data-link]", ("target", $"room:{room}"), ("beforeMinutes", "x"));
        wrong.QuerySelector("[data-problems] code")!.TextContent.ShouldBe("instrument-link.minutes");
        var linked = await desk.SubmitAsync(wrong, "form[data-link]", ("beforeMinutes", "15"), ("Modes", "entrusted"));
        (linked.QuerySelector("[data-problems]") ?? linked.QuerySelector("main h1"))!.TextContent.ShouldBe(prep.NameEn);
        linked.QuerySelector("tbody")!.TextContent.ShouldContain("Darkroom");
        (await desk.SubmitAsync(linked, "form[data-end]")).QuerySelector("tbody").ShouldBeNull();
    }

    private static string Path(Instrument instrument) => $"/api/v1/instruments/{instrument.Id.Value}/links";

    private async Task<(Institution Institution, Instrument Prep, Instrument Scope, HttpClient Manager)> PlaceAsync()
    {
        var institution = await host.Given.InstitutionAsync();
        return (institution, await host.Given.InstrumentAsync(institution), await host.Given.InstrumentAsync(institution), await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution)));
    }
}
