using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Usage.Verdicts;

/// <summary>A judgement as it is answered.</summary>
public sealed record VerdictAnswer(
    Guid Id, Guid BookingId, Instant JudgedAt, IReadOnlyList<string> Verdicts, int MinutesLate, int MinutesOver, int MinutesEarly, IReadOnlyList<Guid> UsageIds,
    bool Excused, string? ExcuseReason, Instant? ExcusedAt, Guid? SupersededBy)
{
    public static VerdictAnswer Of(Verdict v) => new(
        v.Id.Value, v.BookingId.Value, v.JudgedAt, v.Found, v.MinutesLate, v.MinutesOver, v.MinutesEarly, v.UsageIds, v.IsExcused, v.ExcuseReason, v.ExcusedAt, v.SupersededBy?.Value);
}

/// <param name="History">The one that stands first, then those it took the place of.</param>
public sealed record VerdictHistory(IReadOnlyList<Verdict> History, InstrumentRules Instrument, bool IsOwn, bool MayExcuse);

public sealed class VerdictQueries(AppDb db, InstrumentRulesQuery instruments, Caller caller) : IBookingMarks
{
    private const int Most = 100;

    /// <summary>All judgements of a booking, the latest first; null when the booking is not the caller's to know.</summary>
    public async Task<VerdictHistory?> OfAsync(BookingId id, CancellationToken cancel)
    {
        var booking = await db.Set<Booking>().AsNoTracking().SingleOrDefaultAsync(b => b.Id == id, cancel);
        if (booking is null || await instruments.OfAsync(booking.InstrumentId, cancel: cancel) is not { } instrument) return null;
        var isOwn = BookingDoor.IsOwn(caller, booking);
        if (!isOwn && !caller.May(UsagePermissions.View, instrument.Scope) && !BookingDoor.MaySee(caller, booking, instrument)) return null;
        var history = await db.Set<Verdict>().AsNoTracking().Where(v => v.BookingId == id).OrderByDescending(v => v.Id).Take(Most).ToListAsync(cancel);
        var mayExcuse = !isOwn && caller.May(UsagePermissions.Excuse, instrument.Scope) && history is [var now, ..] && !now.IsExcused && now.Verdicts.Any(v => v != BookingVerdict.AsBooked);
        return new VerdictHistory(history, instrument, isOwn, mayExcuse);
    }

    public async Task<IReadOnlyDictionary<BookingId, IReadOnlyList<BookingMark>>> OfAsync(IReadOnlyCollection<BookingId> ids, CancellationToken cancel)
    {
        if (ids.Count == 0) return new Dictionary<BookingId, IReadOnlyList<BookingMark>>();
        var found = await db.Set<Verdict>().AsNoTracking().Where(v => ids.Contains(v.BookingId) && v.SupersededBy == null).Select(v => new { v.BookingId, v.Found, v.ExcuseReason }).ToListAsync(cancel);
        return found.ToDictionary(v => v.BookingId, v => VerdictLook.Of(v.Found, v.ExcuseReason is not null));
    }
}

/// <summary>How a judgement looks: a word each, or that it is excused.</summary>
public static class VerdictLook
{
    public static IReadOnlyList<BookingMark> Of(IReadOnlyList<string> found, bool excused) =>
        excused ? [new BookingMark("state-quiet", "shield-check", "verdict.excused")] : [.. found.Select(Of)];

    private static BookingMark Of(string word) => Word.Parse<BookingVerdict>(word) switch
    {
        BookingVerdict.AsBooked => new BookingMark("state-good", "check", "bookingVerdict.asBooked"),
        BookingVerdict.NoShow => new BookingMark("state-bad", "user-off", "bookingVerdict.noShow"),
        _ => new BookingMark("state-warn", "clock", "bookingVerdict." + word),
    };
}
