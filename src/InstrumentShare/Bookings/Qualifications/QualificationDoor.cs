using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Catalog.Groups;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>Who may do what with a qualification and all that hangs on it: those whose role covers its instrument or institution.</summary>
internal static class QualificationDoor
{
    /// <summary>404 where the caller may not even see it, 403 where only the permission lacks.</summary>
    public static async Task<Outcome<Qualification>> FindQualificationAsync(this AppDb db, QualificationId id, string permission, Caller caller, CancellationToken cancel)
    {
        var found = await db.Set<Qualification>().SingleOrDefaultAsync(q => q.Id == id, cancel);
        if (found is null) return Problem.NotFound();
        if (caller.May(permission, found.Scope)) return found;
        return caller.May(QualificationPermissions.View, found.Scope) ? Problem.Forbidden() : Problem.NotFound();
    }

    /// <summary>A training with its row locked until the transaction ends, and what it teaches.</summary>
    public static async Task<(TrainingSession Session, Qualification Qualification)?> LockTrainingAsync(this AppDb db, TrainingSessionId id, CancellationToken cancel)
    {
        var session = await db.Set<TrainingSession>().FromSql($"SELECT * FROM training_sessions WHERE id = {id.Value} FOR UPDATE").SingleOrDefaultAsync(cancel);
        return session is null ? null : (session, await db.Set<Qualification>().AsNoTracking().SingleAsync(q => q.Id == session.QualificationId, cancel));
    }

    public static async Task<DateTimeZone> ZoneOfAsync(this AppDb db, InstitutionId institution, CancellationToken cancel) =>
        DateTimeZoneProviders.Tzdb[await db.Set<Institution>().Where(i => i.Id == institution).Select(i => i.TimeZone).SingleAsync(cancel)];

    /// <summary>An active person by address; null when nobody has it.</summary>
    public static Task<Person?> PersonByEmailAsync(this AppDb db, string? email, CancellationToken cancel)
    {
        var normal = email?.Trim().ToUpperInvariant() ?? string.Empty;
        return db.Set<Person>().AsNoTracking().SingleOrDefaultAsync(p => p.NormalizedEmail == normal && p.IsActive, cancel);
    }

    /// <summary>The instruments that a qualification is for.</summary>
    public static async Task<List<Guid>> InstrumentsOfAsync(this AppDb db, InstrumentId? instrument, InstrumentGroupId? group, CancellationToken cancel) => instrument is { } one
        ? [one.Value]
        : await db.Set<InstrumentGroupMember>().Where(m => m.GroupId == group).Select(m => (Guid)(object)m.InstrumentId).ToListAsync(cancel);
}
