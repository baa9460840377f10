using System.Text.Json;
using InstrumentShare.Persistence;
using InstrumentShare.Usage;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>What the audit trail would have kept of the demo's year: roles granted, uses corrected.</summary>
internal static class DemoTrail
{
    public static List<AuditEntry> Make(DemoRandom random, DemoPeople people, IReadOnlyList<DemoUse> uses)
    {
        var admin = people.Named("admin");
        var entries = new List<AuditEntry>();
        foreach (var grant in people.Grants)
        {
            var after = new { role = Word.Of(grant.Role), scopeKind = Word.Of(grant.ScopeKind), grant.ScopeId, grant.ScopeRegion };
            entries.Add(Entry(admin, grant.GrantedAt, "role.granted", "person", grant.PersonId.Value, null, after, null, people.All.Single(p => p.Id == grant.PersonId).Institution));
        }

        foreach (var use in uses.Where(u => u.Corrects is not null))
        {
            var manager = people.All.Single(p => p.Id == use.Record.EnteredBy);
            var first = use.Corrects!.Record;
            entries.Add(Entry(manager, use.Record.CreatedAt, "usage.correct", "usage", first.Id.Value, Times(first), Times(use.Record), use.Record.Reason, use.Booking.Instrument.Owner));
        }

        return entries;

        AuditEntry Entry(DemoPerson who, Instant at, string action, string kind, Guid subject, object? before, object? after, string? reason, DemoInstitution? institution) => new()
        {
            Id = random.Id(at), OccurredAt = at, PersonId = who.Entity.Id, Actor = who.Entity.Name, Action = action, SubjectKind = kind, SubjectId = subject.ToString(), InstitutionId = institution?.Entity.Id.Value,
            Reason = reason, Before = before is null ? null : JsonSerializer.Serialize(before, Json.Options), After = after is null ? null : JsonSerializer.Serialize(after, Json.Options),
        };
    }

    private static object Times(UsageRecord record) => new { record.Status, record.StartedAt, record.EndedAt, record.Samples, record.Unit, record.BookingId, record.CorrectsId, record.Problem };
}
