using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Bookings.Companions;

/// <summary>Links of instruments and rooms for programs.</summary>
public static class CompanionApi
{
    public sealed record EndRequest(LocalDate? ValidTo);

    public static void Map(RouteGroupBuilder api)
    {
        var links = api.MapGroup("/instruments/{id:guid}/links").WithTags("Rooms and linked instruments").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        links.MapGet("", LinksAsync).WithName("ListInstrumentLinks").WithSummary("What an instrument's bookings take along, now and to come").Produces<IReadOnlyList<LinkRow>>().RequirePermission(BookingPermissions.Read);
        links.MapPost("", AddAsync).WithName("AddInstrumentLink").WithSummary("Let bookings take another instrument or a room along").Produces<InstrumentLink>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status409Conflict).RequirePermission(CatalogPermissions.ManageInstruments).Idempotent();
        links.MapPost("/{link:guid}/end", EndAsync).WithName("EndInstrumentLink").WithSummary("Give a link its last day").Produces<InstrumentLink>().RequirePermission(CatalogPermissions.ManageInstruments);

        var rooms = api.MapGroup("/rooms").WithTags("Rooms and linked instruments").ProducesProblem(StatusCodes.Status400BadRequest);
        rooms.MapGet("", RoomsAsync).WithName("ListRooms").WithSummary("The rooms in one's care").Produces<PageOf<Room>>().RequirePermission(CompanionPermissions.ViewRooms);
        rooms.MapPost("", CreateAsync).WithName("CreateRoom").WithSummary("Make a room of an institution").Produces<Room>(StatusCodes.Status201Created).RequirePermission(CompanionPermissions.ManageRooms).Idempotent();
        rooms.MapGet("/{id:guid}", RoomAsync).WithName("GetRoom").WithSummary("A room").Produces<Room>().RequirePermission(CompanionPermissions.ViewRooms);
        rooms.MapPut("/{id:guid}", ChangeAsync).WithName("ChangeRoom").WithSummary("Change a room").Produces<Room>().RequirePermission(CompanionPermissions.ManageRooms);
        rooms.MapGet("/{id:guid}/calendar", CalendarAsync).WithName("GetRoomCalendar").WithSummary("When a room is used, at most 62 days").Produces<InstrumentTimeApi.Items<RoomUse>>().RequirePermission(CompanionPermissions.ViewRooms);
    }

    private static async Task<IResult> LinksAsync(Guid id, InstrumentRulesQuery rules, JudgeBooking judge, CompanionQueries queries, IClock clock, ProblemAnswers answers, CancellationToken cancel) =>
        await rules.OfAsync(new InstrumentId(id), cancel: cancel) is { } instrument && judge.MaySee(instrument) ? TypedResults.Ok(await queries.LinksAsync(instrument.Id, instrument.DateOf(clock.GetCurrentInstant()), cancel)) : answers.Of(Problem.NotFound());

    private static async Task<IResult> AddAsync(Guid id, ChangeLinks.Request request, ChangeLinks change, ProblemAnswers answers, CancellationToken cancel)
    {
        var added = await change.AddAsync(new InstrumentId(id), request, cancel);
        return added.IsOk ? TypedResults.Created($"/api/v1/instruments/{id}/links", added.Value) : answers.Of(added);
    }

    private static async Task<IResult> EndAsync(Guid id, Guid link, EndRequest? request, ChangeLinks change, ProblemAnswers answers, CancellationToken cancel)
    {
        var ended = await change.EndAsync(new InstrumentId(id), new InstrumentLinkId(link), request?.ValidTo, cancel);
        return ended.IsOk ? TypedResults.Ok(ended.Value) : answers.Of(ended);
    }

    private static async Task<IResult> RoomsAsync(HttpRequest http, CompanionQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(http);
        Guid after = default;
        if (list.Cursor is not null && !Guid.TryParse(list.Cursor, out after)) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", list["cursor"])));
        return list.Problems.Count > 0 ? answers.Of(list.Problems) : TypedResults.Ok(await queries.RoomsAsync(list.Cursor is null ? null : after, list.Limit, cancel));
    }

    private static async Task<IResult> CreateAsync(SaveRoom.Request request, SaveRoom save, HttpResponse response, ProblemAnswers answers, CancellationToken cancel)
    {
        var saved = await save.CreateAsync(request, cancel);
        if (!saved.IsOk) return answers.Of(saved);
        response.SetETag(saved.Value.Version);
        return TypedResults.Created($"/api/v1/rooms/{saved.Value.Id.Value}", saved.Value);
    }

    private static async Task<IResult> RoomAsync(Guid id, CompanionQueries queries, HttpResponse response, ProblemAnswers answers, CancellationToken cancel)
    {
        if (await queries.RoomAsync(new RoomId(id), cancel) is not { } room) return answers.Of(Problem.NotFound());
        response.SetETag(room.Version);
        return TypedResults.Ok(room);
    }

    private static async Task<IResult> ChangeAsync(Guid id, SaveRoom.Request request, SaveRoom save, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        var saved = await save.ChangeAsync(new RoomId(id), request, http.Request.IfMatch(), cancel);
        if (!saved.IsOk) return answers.Of(saved);
        http.Response.SetETag(saved.Value.Version);
        return TypedResults.Ok(saved.Value);
    }

    private static async Task<IResult> CalendarAsync(Guid id, HttpRequest http, CompanionQueries queries, IClock clock, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(http, "from", "to");
        if (await queries.RoomAsync(new RoomId(id), cancel) is not { } room) return answers.Of(Problem.NotFound());
        var range = InstrumentTimeApi.Range(list, await queries.ZoneAsync(room.InstitutionId, cancel), clock.GetCurrentInstant());
        return range is { } asked ? TypedResults.Ok(new InstrumentTimeApi.Items<RoomUse>(await queries.UsesAsync(room.Id, asked, cancel))) : answers.Of(list.Problems);
    }
}
