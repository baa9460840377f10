using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;

namespace InstrumentShare.Bookings.AccessNotes;

/// <summary>How to connect to an instrument that is used from afar: kept by its staff, read by who holds a booking. Nothing on the way may store it.</summary>
public static class AccessNoteApi
{
    public sealed record WriteRequest(string? Text);

    public sealed record Kept(string? Text, IReadOnlyList<AccessNoteVersion> Versions);

    public static void Map(RouteGroupBuilder api)
    {
        var notes = api.MapGroup("/instruments/{id:guid}/access-notes").WithTags("Remote access").ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        notes.MapGet("", KeptAsync).WithName("GetAccessNotes").WithSummary("How to connect to an instrument, with who wrote it when").Produces<Kept>().RequirePermission(CatalogPermissions.ManageInstruments);
        notes.MapPut("", WriteAsync).WithName("PutAccessNotes").WithSummary("Write how to connect; an empty text withdraws it").Produces<Kept>().ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status412PreconditionFailed).RequirePermission(CatalogPermissions.ManageInstruments);
        api.MapGet("/bookings/{id:guid}/access-notes", OfBookingAsync).WithTags("Remote access").WithName("GetBookingAccessNotes").WithSummary("How to connect, for the holder of a confirmed remote booking until its end and a grace").Produces<BookingAccess>().ProducesProblem(StatusCodes.Status404NotFound).RequirePermission(BookingPermissions.Read);
    }

    private static async Task<IResult> KeptAsync(Guid id, AppDb db, Caller caller, AccessNoteQueries queries, HttpResponse response, ProblemAnswers answers, CancellationToken cancel)
    {
        var found = await db.FindManagedInstrumentAsync(new InstrumentId(id), caller, cancel);
        return found.IsOk ? await AnswerAsync(new InstrumentId(id), queries, response, cancel) : answers.Of(found);
    }

    private static async Task<IResult> WriteAsync(Guid id, WriteRequest request, WriteAccessNotes write, AccessNoteQueries queries, HttpContext http, ProblemAnswers answers, CancellationToken cancel)
    {
        var written = await write.RunAsync(new InstrumentId(id), request.Text, http.Request.IfMatch(), cancel);
        return written.IsOk ? await AnswerAsync(new InstrumentId(id), queries, http.Response, cancel) : answers.Of(written);
    }

    private static async Task<IResult> OfBookingAsync(Guid id, AccessNoteQueries queries, HttpResponse response, ProblemAnswers answers, CancellationToken cancel)
    {
        if (await queries.OfBookingAsync(new BookingId(id), cancel) is not { } access) return answers.Of(Problem.NotFound());
        response.NeverStore();
        return TypedResults.Ok(access);
    }

    private static async Task<IResult> AnswerAsync(InstrumentId id, AccessNoteQueries queries, HttpResponse response, CancellationToken cancel)
    {
        var kept = await queries.OfInstrumentAsync(id, cancel);
        response.SetETag(kept.Number);
        response.NeverStore();
        return TypedResults.Ok(new Kept(kept.Text, await queries.VersionsAsync(id, cancel)));
    }

    internal static void NeverStore(this HttpResponse response) => response.Headers.CacheControl = "private, no-store";
}
