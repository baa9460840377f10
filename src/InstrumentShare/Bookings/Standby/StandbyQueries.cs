using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Access.Accounts;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Standby;

/// <summary>An open offer as lists show it.</summary>
public sealed record OfferRow(StandbyOfferId Id, Instant StartsAt, Instant EndsAt, Instant OfferedAt, Instant AnswerBy);

/// <summary>A place on a waiting list as lists show it.</summary>
/// <param name="Place">From 1, among those who wait for overlapping time; null when it is over.</param>
public sealed record StandbyRow(
    StandbyId Id, InstrumentId InstrumentId, string InstrumentName, string InstrumentNameEn, string TimeZone, string Person, Instant StartsAt, Instant EndsAt, int Minutes, StandbyStatus Status, ServiceMode ServiceMode,
    string Purpose, Instant CreatedAt, BookingId? BookingId, int Version, int? Place, OfferRow? Offer)
{
    public bool IsOpen => StandbyRequest.OpenStates.Contains(Status);

    public bool IsFixed => EndsAt - StartsAt == Duration.FromMinutes(Minutes);
}

/// <summary>What was offered to whom.</summary>
public sealed record OfferedRow(StandbyOfferId Id, StandbyId RequestId, string Person, Instant StartsAt, Instant EndsAt, Instant OfferedAt, Instant AnswerBy, StandbyOfferState State, Instant? AnsweredAt);

/// <param name="Line">In its order, with names; null for who may not see them.</param>
/// <param name="Offers">The latest first.</param>
public sealed record InstrumentLine(InstrumentRules Instrument, int Waiting, int Offered, IReadOnlyList<StandbyRow>? Line, IReadOnlyList<OfferedRow> Offers);

/// <summary>Reads of the waiting list: one's own places, and an instrument's line for its staff.</summary>
public sealed class StandbyQueries(AppDb db, InstrumentRulesQuery rules, Caller caller) : IPersonalDataSource
{
    public const int MostShown = 200;

    private const int OffersShown = 50;

    private sealed record Row(
        Guid Id, Guid InstrumentId, string Name, string NameEn, string TimeZone, string Person, DateTime StartsAt, DateTime EndsAt, int Minutes, string Status, string ServiceMode, string Purpose, DateTime CreatedAt,
        Guid? BookingId, int Version, int? Place, Guid? OfferId, DateTime? OfferStartsAt, DateTime? OfferEndsAt, DateTime? OfferedAt, DateTime? AnswerBy)
    {
        public StandbyRow Show() => new(
            new StandbyId(Id), new InstrumentId(InstrumentId), Name, NameEn, TimeZone, Person, At(StartsAt), At(EndsAt), Minutes, Word.Parse<StandbyStatus>(Status), Word.Parse<ServiceMode>(ServiceMode), Purpose, At(CreatedAt),
            BookingId is { } booking ? new BookingId(booking) : null, Version, Place,
            OfferId is { } offer ? new OfferRow(new StandbyOfferId(offer), At(OfferStartsAt!.Value), At(OfferEndsAt!.Value), At(OfferedAt!.Value), At(AnswerBy!.Value)) : null);

        private static Instant At(DateTime utc) => Instant.FromDateTimeUtc(utc);
    }

    string IPersonalDataSource.Name => "standby";

    /// <summary>The caller's own, the newest first.</summary>
    public async Task<PageOf<StandbyRow>> MineAsync(bool onlyOpen, string? cursor, int limit, CancellationToken cancel)
    {
        var (me, after) = (caller.PersonId?.Value ?? Guid.Empty, cursor is null ? null : ReadKey(cursor));
        var (at, id) = (after?.At.ToDateTimeUtc() ?? DateTime.MaxValue.ToUniversalTime(), after?.Id ?? Guid.Empty);
        var first = after is null;
        var rows = await Rows($"""
            SELECT * FROM standby_requests WHERE person_id = {me} AND (NOT {onlyOpen} OR status IN ('waiting', 'offered')) AND ({first} OR (created_at, id) < ({at}, {id})) ORDER BY created_at DESC, id DESC LIMIT {limit + 1}
            """).ToListAsync(cancel);
        var shown = rows.ConvertAll(r => r.Show()).OrderByDescending(r => r.CreatedAt).ThenByDescending(r => r.Id.Value).ToList();
        var more = shown.Count > limit;
        if (more) shown.RemoveAt(shown.Count - 1);
        var total = await db.Set<StandbyRequest>().Where(r => r.PersonId == new PersonId(me) && (!onlyOpen || r.Status == StandbyStatus.Waiting || r.Status == StandbyStatus.Offered)).OrderBy(r => r.CreatedAt).CountUpToAsync(cancel);
        return new PageOf<StandbyRow>(shown, more ? ListQuery.Encode(KeyOf(shown[^1])) : null, PageOf<int>.TotalOf(total));
    }

    /// <summary>The caller's open offers, the most urgent first.</summary>
    public async Task<IReadOnlyList<StandbyRow>> OffersAsync(CancellationToken cancel)
    {
        if (caller.PersonId is not { } me) return [];
        var rows = await Rows($"SELECT * FROM standby_requests WHERE person_id = {me.Value} AND status = 'offered' ORDER BY created_at, id LIMIT {MostShown}").ToListAsync(cancel);
        return [.. rows.ConvertAll(r => r.Show()).Where(r => r.Offer is not null).OrderBy(r => r.Offer!.AnswerBy)];
    }

    /// <summary>One of the caller's own.</summary>
    public async Task<StandbyRow?> FindAsync(StandbyId id, CancellationToken cancel)
    {
        var me = caller.PersonId?.Value ?? Guid.Empty;
        return (await Rows($"SELECT * FROM standby_requests WHERE person_id = {me} AND id = {id.Value}").ToListAsync(cancel)).SingleOrDefault()?.Show();
    }

    /// <summary>An offer of the caller's with what it stands on; null when there is none of theirs.</summary>
    public async Task<(StandbyRequest Request, StandbyOffer Offer, InstrumentRules Instrument)?> FindAsync(StandbyOfferId id, CancellationToken cancel)
    {
        var offer = await db.Set<StandbyOffer>().AsNoTracking().SingleOrDefaultAsync(o => o.Id == id, cancel);
        var request = offer is null ? null : await db.Set<StandbyRequest>().AsNoTracking().SingleOrDefaultAsync(r => r.Id == offer.RequestId && r.PersonId == caller.PersonId, cancel);
        return request is not null && await rules.OfAsync(request.InstrumentId, cancel: cancel) is { } instrument ? (request, offer!, instrument) : null;
    }

    /// <summary>Who waits for an instrument: the line for those who see its bookings' names, figures for everyone else.</summary>
    public async Task<InstrumentLine?> OfAsync(InstrumentId id, CancellationToken cancel)
    {
        if (await rules.OfAsync(id, cancel: cancel) is not { } instrument || !CalendarQuery.MaySee(caller, instrument)) return null;
        var open = db.Set<StandbyRequest>().AsNoTracking().Where(r => r.InstrumentId == id);
        var (waiting, offered) = (await open.CountAsync(r => r.Status == StandbyStatus.Waiting, cancel), await open.CountAsync(r => r.Status == StandbyStatus.Offered, cancel));
        if (!caller.May(BookingPermissions.View, instrument.Scope) && !caller.May(BookingPermissions.Manage, instrument.Scope)) return new InstrumentLine(instrument, waiting, offered, null, []);
        var line = await Rows($"SELECT * FROM standby_requests WHERE instrument_id = {id.Value} AND status IN ('waiting', 'offered') ORDER BY created_at, id LIMIT {MostShown}").ToListAsync(cancel);
        var offers = await db.Set<StandbyOffer>().AsNoTracking().Where(o => o.InstrumentId == id).OrderByDescending(o => o.OfferedAt).ThenBy(o => o.Id).Take(OffersShown)
            .Join(db.Set<StandbyRequest>(), o => o.RequestId, r => r.Id, (o, r) => new { Offer = o, r.PersonId }).ToListAsync(cancel);
        var people = await BookingPeople.OfAsync(db, offers.Select(o => o.PersonId), cancel);
        return new InstrumentLine(instrument, waiting, offered, [.. line.ConvertAll(r => r.Show()).OrderBy(r => r.CreatedAt).ThenBy(r => r.Id.Value)],
            [.. offers.OrderByDescending(o => o.Offer.OfferedAt).Select(o => new OfferedRow(o.Offer.Id, o.Offer.RequestId, people[o.PersonId].Name, o.Offer.StartsAt, o.Offer.EndsAt, o.Offer.OfferedAt, o.Offer.AnswerBy, o.Offer.State, o.Offer.AnsweredAt))]);
    }

    async Task<object> IPersonalDataSource.OfAsync(PersonId personId, CancellationToken cancel) => await db.Set<StandbyRequest>().AsNoTracking().Where(r => r.PersonId == personId).OrderByDescending(r => r.CreatedAt).ThenBy(r => r.Id).Take(1000)
        .Select(r => new { r.Id, r.InstrumentId, r.StartsAt, r.EndsAt, r.Minutes, r.ServiceMode, r.Purpose, r.Status, r.BookingId, r.CreatedAt, r.ClosedAt }).ToListAsync(cancel);

    /// <summary>The position that a cursor names; null when it is not one of ours.</summary>
    public static (Instant At, Guid Id)? ReadKey(string cursor) =>
        cursor.Split('|') is [var at, var id] && InstantJsonConverter.Parse(at) is { } instant && Guid.TryParse(id, out var guid) ? (instant, guid) : null;

    private static string KeyOf(StandbyRow row) => string.Create(CultureInfo.InvariantCulture, $"{NodaTime.Text.InstantPattern.ExtendedIso.Format(row.CreatedAt)}|{row.Id.Value}");

    // The line before an entry: those who wait longer for time that overlaps its own.
    private IQueryable<Row> Rows(FormattableString requests)
    {
        var sql = $$"""
            SELECT r.id AS "Id", r.instrument_id AS "InstrumentId", i.name AS "Name", i.name_en AS "NameEn", i.time_zone AS "TimeZone", p.name AS "Person", r.starts_at AS "StartsAt", r.ends_at AS "EndsAt", r.minutes AS "Minutes",
                   r.status AS "Status", r.service_mode AS "ServiceMode", r.purpose AS "Purpose", r.created_at AS "CreatedAt", r.booking_id AS "BookingId", r.version AS "Version",
                   CASE WHEN r.status IN ('waiting', 'offered') THEN 1 + (SELECT count(*)::integer FROM standby_requests o WHERE o.instrument_id = r.instrument_id AND o.status IN ('waiting', 'offered')
                     AND (o.created_at, o.id) < (r.created_at, r.id) AND o.starts_at < r.ends_at AND o.ends_at > r.starts_at) END AS "Place",
                   f.id AS "OfferId", f.starts_at AS "OfferStartsAt", f.ends_at AS "OfferEndsAt", f.offered_at AS "OfferedAt", f.answer_by AS "AnswerBy"
            FROM ({{requests.Format}}) r JOIN instruments i ON i.id = r.instrument_id JOIN people p ON p.id = r.person_id LEFT JOIN standby_offers f ON f.request_id = r.id AND f.state = 'open'
            """;
        return db.Database.SqlQuery<Row>(System.Runtime.CompilerServices.FormattableStringFactory.Create(sql, requests.GetArguments()));
    }
}
