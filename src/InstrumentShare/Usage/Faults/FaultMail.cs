using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Usage.Faults;

/// <summary>Mail about faults: to who looks after the instrument, and to who reported. Saved with the change itself.</summary>
public sealed class FaultMail(AppDb db, Caller caller)
{
    private const int MostStaff = 50;

    private sealed record Told(Guid Id, string Name, string? Email, string Language);

    public async Task TellStaffAsync(Fault fault, InstrumentRules instrument, Instant now, CancellationToken cancel)
    {
        var staff = await db.Database.SqlQuery<Told>($"""
            SELECT DISTINCT p.id AS "Id", p.name AS "Name", p.email AS "Email", p.language AS "Language" FROM role_grants g JOIN people p ON p.id = g.person_id AND p.is_active
            WHERE g.revoked_at IS NULL AND g.role IN ('technician', 'labManager') AND g.person_id <> {fault.ReportedBy.Value}
              AND ((g.scope_kind = 'instrument' AND g.scope_id = {instrument.Id.Value}) OR (g.scope_kind = 'institution' AND g.scope_id = {instrument.InstitutionId.Value}))
            ORDER BY p.id LIMIT {MostStaff}
            """).ToListAsync(cancel);
        foreach (var person in staff.Where(p => !string.IsNullOrEmpty(p.Email)))
            db.AddMail("fault.reported", person.Email!, person.Id, person.Language, Data(fault, instrument, person.Name, fault.Text), now);
    }

    public async Task TellReporterAsync(Fault fault, InstrumentRules instrument, Instant now, CancellationToken cancel)
    {
        if (fault.ReportedBy == caller.PersonId) return;
        var person = await db.Set<Person>().AsNoTracking().Where(p => p.Id == fault.ReportedBy.Value).Select(p => new Told(p.Id, p.Name, p.Email, p.Language)).SingleAsync(cancel);
        if (string.IsNullOrEmpty(person.Email)) return;
        if (fault.Status == FaultStatus.Resolved) db.AddMail("fault.resolved", person.Email, person.Id, person.Language, Data(fault, instrument, person.Name, fault.Resolution!), now);
        else db.AddMail("fault.acknowledged", person.Email, person.Id, person.Language, Data(fault, instrument, person.Name, fault.Notice!), now);
    }

    private object Data(Fault fault, InstrumentRules instrument, string person, string words) =>
        new { person, instrument = instrument.Name, instrumentEn = instrument.NameEn, reporter = caller.Name, said = words, faultId = fault.Id.Value };
}
