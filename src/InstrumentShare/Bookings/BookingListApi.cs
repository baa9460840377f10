using InstrumentShare.Access;
using InstrumentShare.Bookings.Approvals;
using InstrumentShare.Bookings.Cancellations;
using InstrumentShare.Bookings.Companions;
using InstrumentShare.Bookings.Series;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>Bookings as programs read them.</summary>
public static class BookingListApi
{
    /// <summary>Everyone sees their own; auditors, who have none, see those in their scope.</summary>
    public const string Permission = BookingPermissions.Read;

    public sealed record Named(Guid Id, string Name, string NameEn);

    public sealed record Item(
        BookingId Id, Named Instrument, BookingStatus Status, Instant StartsAt, Instant EndsAt, ServiceMode ServiceMode, string Purpose, bool Mine, string Person, Money? Estimate, int Version, Approver? WaitsFor, SeriesId? SeriesId, BookingId? MainId, IReadOnlyList<AlongName> Along);

    /// <param name="Late">What cancelling at this moment would be for who holds it; null while it would not be late.</param>
    public sealed record Detail(
        BookingId Id, Named Instrument, BookingStatus Status, Instant StartsAt, Instant EndsAt, ServiceMode ServiceMode, string Purpose, Guid? FundId, bool Mine, string Person, int Unit, Money? Estimate,
        string? OverrideReason, Instant? DecidedAt, string? DecisionReason, Instant? CancelledAt, string? CancelReason, Instant CancelUntil, Instant CreatedAt, int Version, IReadOnlyList<ApprovalStep> Approvals, SeriesId? SeriesId, bool CancelledLate, int? MinutesLate, PersonId? CancelledBy, BookingId? TakenOverBy, Instant? TakenOverAt, LateCancellation? Late, BookingId? MainId);

    internal static async Task<IResult> ListAsync(HttpRequest http, BookingQueries queries, ProblemAnswers answers, CancellationToken cancel)
    {
        var list = ListQuery.Read(http, "mine", "instrument", "from", "to", "status", "decidable");
        var filter = Read(list);
        if (list.Problems.Count > 0) return answers.Of(list.Problems);
        var page = await queries.ListAsync(filter, cancel);
        return TypedResults.Ok(new PageOf<Item>(page.Items.Select(Show).ToList(), page.NextCursor, page.Total));
    }

    internal static async Task<IResult> OneAsync(Guid id, HttpResponse response, BookingQueries queries, QuoteLateCancellation late, Caller caller, ProblemAnswers answers, CancellationToken cancel)
    {
        if (await queries.FindAsync(new BookingId(id), cancel) is not var (b, instrument, person)) return answers.Of(Problem.NotFound());
        response.SetETag(b.Version);
        return TypedResults.Ok(new Detail(
            b.Id, new Named(instrument.Id.Value, instrument.Name, instrument.NameEn), b.Status, b.StartsAt, b.EndsAt, b.ServiceMode, b.Purpose, b.FundId, BookingDoor.IsOwn(caller, b), person, b.Unit, b.Estimate,
            b.OverrideReason, b.DecidedAt, b.DecisionReason, b.CancelledAt, b.CancelReason, CancellationRules.Until(instrument, b.StartsAt, b.Audience), b.CreatedAt, b.Version, b.Approvals, b.SeriesId, b.CancelledLate, b.MinutesLate, b.CancelledBy, b.TakenOverBy, b.TakenOverAt, await late.OfAsync(b, instrument, cancel), b.MainId));
    }

    private static Item Show(BookingRow row) => new(
        row.Id, new Named(row.InstrumentId.Value, row.InstrumentName, row.InstrumentNameEn), row.Status, row.StartsAt, row.EndsAt, row.ServiceMode, row.Purpose, row.Mine, row.Person, row.Estimate, row.Version, row.WaitsFor, row.SeriesId, row.MainId, row.Along);

    private static BookingFilter Read(ListQuery list)
    {
        var (mine, decidable) = (Flag(list, "mine"), Flag(list, "decidable"));
        InstrumentId? instrument = null;
        if (list["instrument"] is { } text)
        {
            if (Guid.TryParse(text, out var id)) instrument = new InstrumentId(id);
            else list.Problems.Add(Problem.Invalid("booking.id-unreadable", "instrument", ("value", text)));
        }

        BookingStatus? status = null;
        if (list["status"] is { } word)
        {
            if (Word.TryParse<BookingStatus>(word, out var known)) status = known;
            else list.Problems.Add(Problem.Invalid("booking.status-unknown", "status", ("value", word), ("known", string.Join(", ", Word.All<BookingStatus>()))));
        }

        if (list.Cursor is { } cursor && BookingQueries.ReadKey(cursor) is null) list.Problems.Add(Problem.Invalid("request.cursor", "cursor", ("value", list["cursor"])));
        return new BookingFilter(mine, instrument, BookingInput.QueryTime(list["from"], "from", list.Problems), BookingInput.QueryTime(list["to"], "to", list.Problems), decidable ? BookingStatus.Requested : status, list.Cursor, list.Limit, decidable);
    }

    private static bool Flag(ListQuery list, string filter) => list[filter] switch { null or "false" => false, "true" => true, _ => Wrong(list, filter) };

    private static bool Wrong(ListQuery list, string filter)
    {
        list.Problems.Add(Problem.Invalid("booking.filter-value", filter, ("value", list[filter]), ("known", "true, false")));
        return false;
    }
}
