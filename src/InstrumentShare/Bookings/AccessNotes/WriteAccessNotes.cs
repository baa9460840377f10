using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.AccessNotes;

/// <summary>Writes how to connect to an instrument, or withdraws it. The audit trail says who and when, and never what.</summary>
public sealed class WriteAccessNotes(AppDb db, AccessNoteSeal seal, Caller caller, IClock clock)
{
    /// <param name="text">Empty to withdraw what holds.</param>
    /// <param name="ifNumber">The version the caller saw, 0 for none; null to write over whatever holds.</param>
    public async Task<Outcome<Done>> RunAsync(InstrumentId id, string? text, long? ifNumber, CancellationToken cancel = default)
    {
        var found = await db.FindManagedInstrumentAsync(id, caller, cancel);
        if (!found.IsOk) return Outcome<Done>.Refuse(found.Problems);
        var problems = new List<Problem>();
        var kept = BookingText.Check(problems, text?.ReplaceLineEndings("\n"), "text", max: AccessNoteRules.MaxText);
        if (problems.Count > 0) return problems;
        var last = await db.Set<AccessNote>().AsNoTracking().Where(n => n.InstrumentId == id).OrderByDescending(n => n.Number).FirstOrDefaultAsync(cancel);
        if (ETags.Stale(ifNumber, last?.Number ?? 0) is { } stale) return stale;
        if (kept == seal.Open(last?.SealedText) && (kept is not null || last?.SealedText is null)) return new Done();

        var now = clock.GetCurrentInstant();
        var made = new AccessNote { InstrumentId = id, Number = (last?.Number ?? 0) + 1, SealedText = kept is null ? null : seal.Seal(kept), WrittenBy = caller.PersonId!.Value, WrittenAt = now };
        db.Add(made);
        caller.Audit(db, now, kept is null ? "access-notes.withdraw" : "access-notes.write", "instrument", id.Value.ToString(), after: new { made.Number }, institutionId: found.Value.InstitutionId);
        return await db.TrySaveAsync(cancel) is { } refused ? refused : new Done();
    }
}
