using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using NodaTime;

namespace InstrumentShare.Bookings.AccessNotes;

/// <summary>How to connect, for those who keep it.</summary>
/// <param name="Number">Of the version that holds; 0 before the first.</param>
/// <param name="IsUnreadable">Something was written whose keys are gone.</param>
public sealed record KeptAccess(string? Text, int Number, bool IsUnreadable);

/// <summary>A version without what it says.</summary>
public sealed record AccessNoteVersion(int Number, Instant WrittenAt, string WrittenBy, bool Withdraws);

/// <summary>How to connect, for the holder of a booking.</summary>
/// <param name="Until">From when it is shown no more.</param>
public sealed record BookingAccess(string Text, Instant WrittenAt, Instant Until);

/// <summary>Reads how to connect: whole for those who keep it, and for the one who holds a booking of the remote mode.</summary>
public sealed class AccessNoteQueries(AppDb db, AccessNoteSeal seal, IOptions<BookingOptions> options, Caller caller, IClock clock)
{
    private const int Shown = 50;

    public async Task<KeptAccess> OfInstrumentAsync(InstrumentId id, CancellationToken cancel)
    {
        var last = await NewestAsync(id, cancel);
        var text = seal.Open(last?.SealedText);
        return new KeptAccess(text, last?.Number ?? 0, last?.SealedText is not null && text is null);
    }

    /// <summary>When it was written and by whom, the newest first.</summary>
    public Task<List<AccessNoteVersion>> VersionsAsync(InstrumentId id, CancellationToken cancel) => db.Set<AccessNote>().AsNoTracking().Where(n => n.InstrumentId == id).OrderByDescending(n => n.Number).Take(Shown)
        .Select(n => new AccessNoteVersion(n.Number, n.WrittenAt, db.Set<Person>().Where(p => p.Id == (Guid)(object)n.WrittenBy).Select(p => p.Name).Single(), n.SealedText == null)).ToListAsync(cancel);

    /// <summary>Null for everybody but the holder, and for them outside of the time that <see cref="AccessNoteRules.MayRead"/> says.</summary>
    public async Task<BookingAccess?> OfBookingAsync(BookingId id, CancellationToken cancel)
    {
        var booking = await db.Set<Booking>().AsNoTracking().Where(b => b.Id == id && b.PersonId == caller.PersonId).Select(b => new { b.InstrumentId, b.ServiceMode, b.Status, b.EndsAt }).SingleOrDefaultAsync(cancel);
        var grace = Duration.FromMinutes(options.Value.AccessMinutesAfter);
        if (booking is null || !AccessNoteRules.MayRead(booking.ServiceMode, booking.Status, booking.EndsAt, isHolder: true, clock.GetCurrentInstant(), grace)) return null;
        return await NewestAsync(booking.InstrumentId, cancel) is { } note && seal.Open(note.SealedText) is { } text ? new BookingAccess(text, note.WrittenAt, booking.EndsAt + grace) : null;
    }

    private Task<AccessNote?> NewestAsync(InstrumentId id, CancellationToken cancel) => db.Set<AccessNote>().AsNoTracking().Where(n => n.InstrumentId == id).OrderByDescending(n => n.Number).FirstOrDefaultAsync(cancel);
}
