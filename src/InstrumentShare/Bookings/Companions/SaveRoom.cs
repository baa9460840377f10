using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Companions;

/// <summary>Makes a room of an institution or changes it. What is held already stays held.</summary>
public sealed class SaveRoom(AppDb db, Caller caller, InstrumentRulesQuery rules, IClock clock)
{
    /// <summary>The whole record; <paramref name="InstitutionId"/> is the caller's own where it is absent.</summary>
    public sealed record Request(Guid? InstitutionId, string? Name, string? NameEn, string? Place, int? Capacity, string? CountsIn, string? Opens, string? Closes, bool? ClosedOnHolidays, bool? IsActive);

    public async Task<Outcome<Room>> CreateAsync(Request request, CancellationToken cancel)
    {
        var institution = request.InstitutionId is { } given ? new InstitutionId(given) : caller.InstitutionId;
        if (institution is not { } owner || !await db.Set<Institution>().AnyAsync(i => i.Id == owner, cancel)) return Problem.Invalid("instrument.unknown-institution", "institutionId", ("value", institution?.Value));
        if (!caller.May(CompanionPermissions.ManageRooms, new Scope(InstitutionId: owner.Value))) return Problem.Forbidden();
        var room = new Room { InstitutionId = owner, Name = string.Empty, NameEn = string.Empty, Capacity = 1, CountsIn = RoomCount.Groups, CreatedAt = clock.GetCurrentInstant() };
        if (Apply(request, room) is { Count: > 0 } problems) return problems;
        db.Add(room);
        return await SaveAsync(room, "room.create", null, cancel);
    }

    /// <param name="seenVersion">The version the change was made upon; null to change whatever stands.</param>
    public async Task<Outcome<Room>> ChangeAsync(RoomId id, Request request, long? seenVersion, CancellationToken cancel)
    {
        var room = await db.Set<Room>().SingleOrDefaultAsync(r => r.Id == id, cancel);
        if (room is null || !caller.May(CompanionPermissions.ViewRooms, room.Scope)) return Problem.NotFound();
        if (!caller.May(CompanionPermissions.ManageRooms, room.Scope)) return Problem.Forbidden();
        if (ETags.Stale(seenVersion, room.Version) is { } stale) return stale;
        var before = Shown(room);
        if (Apply(request, room) is { Count: > 0 } problems) return problems;
        room.Version++;
        return await SaveAsync(room, "room.change", before, cancel);
    }

    private static List<Problem> Apply(Request request, Room room)
    {
        var count = Word.TryParse(request.CountsIn, out RoomCount read) ? read : (RoomCount?)null;
        var problems = LinkRules.CheckRoom(request.Name, request.NameEn, request.Place, request.Capacity, count, request.Opens, request.Closes);
        if (problems.Count > 0) return problems;
        (room.Name, room.NameEn, room.Place, room.Capacity, room.CountsIn) = (request.Name!.Trim(), request.NameEn!.Trim(), request.Place?.Trim() ?? string.Empty, request.Capacity!.Value, count!.Value);
        (room.OpensMinute, room.ClosesMinute) = (OpeningHoursRules.Minute(request.Opens), OpeningHoursRules.Minute(request.Closes));
        (room.ClosedOnHolidays, room.IsActive) = (request.ClosedOnHolidays ?? room.ClosedOnHolidays, request.IsActive ?? room.IsActive);
        return problems;
    }

    private async Task<Outcome<Room>> SaveAsync(Room room, string action, object? before, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var concerned = await db.Set<InstrumentLink>().Where(l => l.RoomId == room.Id).Select(l => (Guid)(object)l.InstrumentId).Distinct().ToListAsync(cancel);
        await RulesVersions.RaiseAsync(db, concerned, cancel);
        caller.Audit(db, clock.GetCurrentInstant(), action, "room", room.Id.Value.ToString(), before, Shown(room), institutionId: room.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } refused) return refused.Kind == ProblemKind.Stale ? refused : refused with { Field = "name" };
        await transaction.CommitAsync(cancel);
        rules.Forget(concerned);
        return room;
    }

    private static object Shown(Room r) => new { r.Name, r.NameEn, r.Place, r.Capacity, r.CountsIn, r.OpensMinute, r.ClosesMinute, r.ClosedOnHolidays, r.IsActive };
}
