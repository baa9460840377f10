using System.Text;
using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Notifications;
using InstrumentShare.Web;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using NodaTime;

namespace InstrumentShare.Bookings.Calendars;

/// <summary>Bookings for calendar programs: a file of one, feeds by secret address, and the care of these addresses.</summary>
public static class CalendarsApi
{
    public const string ContentType = "text/calendar; charset=utf-8";

    public sealed record Made(Guid Id, FeedKind Kind, string Url);

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/bookings/{id:guid}/calendar.ics", FileAsync).WithTags("Bookings").WithName("GetBookingCalendarFile").WithSummary("One booking as a file for calendars")
            .Produces<string>(contentType: "text/calendar").ProducesProblem(StatusCodes.Status404NotFound).RequirePermission(BookingListApi.Permission);
        api.MapGet("/feeds/{token}.ics", FeedAsync).WithTags("Calendar feeds").WithName("ReadCalendarFeed").WithSummary("A feed for calendar programs; the address is the secret")
            .Produces<string>(contentType: "text/calendar").ProducesProblem(StatusCodes.Status404NotFound).Public();

        var feeds = api.MapGroup("/account/calendar-feeds").WithTags("Calendar feeds").ProducesProblem(StatusCodes.Status404NotFound);
        feeds.MapGet("", ListAsync).WithName("ListCalendarFeeds").WithSummary("One's own live feeds, without their addresses").Produces<PageOf<FeedQueries.Item>>().RequirePermission(AccessPermissions.OwnAccount);
        feeds.MapPost("", CreateAsync).WithName("CreateCalendarFeed").WithSummary("Make a feed; its address is shown this once").Produces<Made>(StatusCodes.Status201Created).ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict).RequirePermission(AccessPermissions.OwnAccount);
        feeds.MapPost("/{id:guid}/renew", RenewAsync).WithName("RenewCalendarFeed").WithSummary("A new address; the old one ends at once").Produces<Made>().RequirePermission(AccessPermissions.OwnAccount);
        feeds.MapDelete("/{id:guid}", RevokeAsync).WithName("RevokeCalendarFeed").WithSummary("End a feed at once").Produces(StatusCodes.Status204NoContent).RequirePermission(AccessPermissions.OwnAccount);
    }

    private static async Task<IResult> FileAsync(Guid id, BookingQueries queries, Words words, PublicAddress address, IOptions<MailOptions> mail, IClock clock, ProblemAnswers answers, Caller caller, CancellationToken cancel)
    {
        if (await queries.FindAsync(new BookingId(id), cancel) is not var (booking, instrument, person)) return answers.Of(Problem.NotFound());
        var place = await queries.PlaceAsync(instrument.Id, cancel);
        var row = new CalendarRow(booking.Id, booking.Version, booking.Status, booking.Slot, instrument.Name, instrument.NameEn, instrument.Zone.Id, place, BookingDoor.IsOwn(caller, booking) ? null : person);
        var now = clock.GetCurrentInstant();
        var file = new CalendarFile(CalendarMethod.Publish, MailCalendar.OrganizerOf(mail.Value), [BookingCalendar.EntryOf(row, words, address.Value, now)]);
        return TypedResults.Bytes(Encoding.UTF8.GetBytes(file.Write(now)), ContentType, MailCalendar.FileName);
    }

    private static async Task<IResult> FeedAsync(string token, ReadFeed read, HttpResponse response, ProblemAnswers answers, CancellationToken cancel)
    {
        if (await read.RunAsync(token, cancel) is not { } feed) return answers.Of(Problem.NotFound());
        response.Headers.CacheControl = "private, no-cache";
        response.Headers["X-Robots-Tag"] = "noindex";
        return TypedResults.Bytes(Encoding.UTF8.GetBytes(feed.Text), ContentType, lastModified: feed.ChangedAt.ToDateTimeOffset(), entityTag: new EntityTagHeaderValue($"\"{feed.ETag}\""));
    }

    private static async Task<IResult> ListAsync(FeedQueries queries, Caller caller, HttpRequest request, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(request);
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        var items = await queries.OfAsync(caller.PersonId!.Value, cancel);
        return TypedResults.Ok(new PageOf<FeedQueries.Item>(items, null, items.Count));
    }

    private static async Task<IResult> CreateAsync(ChangeFeeds.Request request, ChangeFeeds change, PublicAddress address, ProblemAnswers answers, CancellationToken cancel)
    {
        var made = await change.CreateAsync(request, cancel);
        return made.IsOk ? TypedResults.Created($"/api/v1/account/calendar-feeds/{made.Value.Feed.Id}", MadeOf(made.Value, address)) : answers.Of(made);
    }

    private static async Task<IResult> RenewAsync(Guid id, ChangeFeeds change, PublicAddress address, ProblemAnswers answers, CancellationToken cancel)
    {
        var made = await change.RenewAsync(id, cancel);
        return made.IsOk ? TypedResults.Ok(MadeOf(made.Value, address)) : answers.Of(made);
    }

    private static async Task<IResult> RevokeAsync(Guid id, ChangeFeeds change, ProblemAnswers answers, CancellationToken cancel)
    {
        var done = await change.RevokeAsync(id, cancel);
        return done.IsOk ? TypedResults.NoContent() : answers.Of(done);
    }

    private static Made MadeOf((CalendarFeed Feed, string Token) made, PublicAddress address) => new(made.Feed.Id, made.Feed.Kind, FeedToken.AddressOf(address.Value, made.Token));
}
