using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Usage.Kiosks;

/// <summary>Registers a tablet for instruments, gives it a one-time code, makes a device of it, and ends it.</summary>
public sealed class ChangeKiosks(AppDb db, Caller caller, InstrumentRulesQuery instruments, IClock clock)
{
    /// <param name="Code">In this answer and nowhere else.</param>
    public sealed record Coded(Kiosk Kiosk, string Code);

    /// <param name="Secret">For the device's cookie.</param>
    public sealed record Enrolled(Kiosk Kiosk, string Secret);

    public async Task<Outcome<Coded>> RegisterAsync(string? name, IReadOnlyList<Guid>? instrumentIds, CancellationToken cancel)
    {
        var ids = (instrumentIds ?? []).Distinct().Select(i => new InstrumentId(i)).ToList();
        var problems = KioskRules.Register(name, ids.Count);
        if (problems.Count > 0) return problems;
        var places = await instruments.ManyAsync(ids, cancel);
        foreach (var id in ids.Where(i => !places.TryGetValue(i, out var place) || !caller.May(KioskPermissions.Kiosks, place.Scope)))
            problems.Add(Problem.Refused("kiosk.not-yours", "instrumentIds", ("instrument", places.TryGetValue(id, out var known) && known.IsVisible ? known.Name : id.Value.ToString())));
        if (places.Values.Select(p => p.InstitutionId).Distinct().Count() > 1) problems.Add(Problem.Invalid("kiosk.institutions", "instrumentIds"));
        if (problems.Count > 0) return problems;

        var (now, code) = (clock.GetCurrentInstant(), KioskSecret.Code());
        var kiosk = new Kiosk { InstitutionId = places[ids[0]].InstitutionId, Name = name!.Trim(), CreatedBy = caller.PersonId, CreatedAt = now };
        kiosk.AwaitDevice(KioskSecret.Hash(code), now);
        await using var transaction = await db.BeginAsync(cancel);
        db.Add(kiosk);
        await db.SaveChangesAsync(cancel); // before the rows that lean on it
        db.AddRange(ids.Select(i => new KioskInstrument { KioskId = kiosk.Id, InstrumentId = i }));
        caller.Audit(db, now, "kiosk.register", "kiosk", kiosk.Id.ToString(), after: new { kiosk.Name, instruments = ids.Select(i => i.Value) }, institutionId: kiosk.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return new Coded(kiosk, code);
    }

    /// <summary>A new code for another device, or the same one again; whatever device it was is none from now on.</summary>
    public async Task<Outcome<Coded>> NewCodeAsync(Guid id, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var found = await OpenAsync(id, cancel);
        if (!found.IsOk) return Outcome<Coded>.Refuse(found.Problems);
        var (kiosk, now, code) = (found.Value, clock.GetCurrentInstant(), KioskSecret.Code());
        kiosk.AwaitDevice(KioskSecret.Hash(code), now);
        caller.Audit(db, now, "kiosk.new-code", "kiosk", id.ToString(), institutionId: kiosk.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return new Coded(kiosk, code);
    }

    public async Task<Outcome<Kiosk>> RevokeAsync(Guid id, string? reason, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var found = await OpenAsync(id, cancel);
        if (!found.IsOk) return found;
        var problems = new List<Problem>();
        if (BookingText.Check(problems, reason, "reason", required: true) is not { } kept || problems.Count > 0) return problems;
        var now = clock.GetCurrentInstant();
        found.Value.Revoke(caller.PersonId!.Value, kept, now);
        caller.Audit(db, now, "kiosk.revoke", "kiosk", id.ToString(), reason: kept, institutionId: found.Value.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return found.Value;
    }

    /// <summary>Exchanges a code for a device's secret, once. Whoever has the device does it, signed in or not.</summary>
    public async Task<Outcome<Enrolled>> EnrolAsync(string? code, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var (hash, now) = (KioskSecret.Hash(KioskSecret.Typed(code)), clock.GetCurrentInstant());
        var kiosk = await db.Set<Kiosk>().FromSql($"SELECT * FROM kiosks WHERE code_hash = {hash} AND revoked_at IS NULL FOR UPDATE").SingleOrDefaultAsync(cancel);
        if (kiosk is null || kiosk.CodeExpiresAt <= now) return Problem.Refused("kiosk.code", "code");
        var secret = KioskSecret.Secret();
        kiosk.Enrol(KioskSecret.Hash(secret), now);
        caller.Audit(db, now, "kiosk.enrol", "kiosk", kiosk.Id.ToString(), institutionId: kiosk.InstitutionId);
        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return new Enrolled(kiosk, secret);
    }

    // Who may change a kiosk may register one for every instrument of it.
    private async Task<Outcome<Kiosk>> OpenAsync(Guid id, CancellationToken cancel)
    {
        var kiosk = await db.Set<Kiosk>().FromSql($"SELECT * FROM kiosks WHERE id = {id} FOR UPDATE").SingleOrDefaultAsync(cancel);
        if (kiosk is null) return Problem.NotFound();
        var of = await db.Set<KioskInstrument>().Where(i => i.KioskId == id).Select(i => i.InstrumentId).ToListAsync(cancel);
        if (!(await instruments.ManyAsync(of, cancel)).Values.All(i => caller.May(KioskPermissions.Kiosks, i.Scope))) return Problem.NotFound();
        return kiosk.RevokedAt is null ? kiosk : Problem.Refused("kiosk.revoked");
    }
}
