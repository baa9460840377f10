using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Bookings.Classes;

/// <summary>How a booking of a class says so in its purpose.</summary>
internal static class ClassText
{
    public const string Purpose = "教学 Teaching: ";
}

/// <summary>Who may do what with a class: who teaches or made it, and those whose role covers its institution or one of its instruments.</summary>
internal static class ClassDoor
{
    public static Task<bool> MaySeeClassAsync(this AppDb db, ClassSession session, Caller caller, CancellationToken cancel) => MayAsync(db, session, caller, ClassPermissions.View, cancel);

    /// <summary>Who teaches it may move, cancel and record it, like those who plan.</summary>
    public static Task<bool> MayChangeClassAsync(this AppDb db, ClassSession session, Caller caller, CancellationToken cancel) => MayAsync(db, session, caller, ClassPermissions.Plan, cancel);

    private static async Task<bool> MayAsync(AppDb db, ClassSession session, Caller caller, string permission, CancellationToken cancel)
    {
        if (caller.PersonId == session.TeacherId || caller.PersonId == session.CreatedBy) return true;
        var region = await db.Set<Institution>().Where(i => i.Id == session.InstitutionId).Select(i => i.Region).SingleAsync(cancel);
        if (caller.May(permission, new Scope(null, session.InstitutionId.Value, Region: region))) return true;
        var instruments = await db.Set<ClassBooking>().Where(b => b.SessionId == session.Id).Select(b => b.InstrumentId).Distinct().ToListAsync(cancel);
        return instruments.Exists(i => caller.May(permission, new Scope(i.Value)));
    }
}
