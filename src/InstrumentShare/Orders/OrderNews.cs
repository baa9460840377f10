using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Orders;

/// <summary>What is told of an order: its event, and mail to its customer or to the lab's staff.</summary>
public sealed class OrderNews(AppDb db)
{
    private const int MostStaff = 20;

    private sealed record Payload(long Number, OrderStatus Status);

    private sealed record Reader(Guid Id, string Name, string Email, string Language);

    private sealed record MailData(string Person, long Number, string Lab, string LabEn, string Purpose, string? Reason, LocalDate? Until, Money? Amount, string TimeZone, Guid OrderId, string? File, int? Count);

    /// <summary>Figures of a mail besides the order's own.</summary>
    public sealed record More(string? Reason = null, LocalDate? Until = null, Money? Amount = null, string? File = null, int? Count = null);

    public void Event(string name, Order order, Instant now) =>
        db.AddEvent(name, now, order.Id.Value, order.InstrumentId?.Value, order.InstitutionId.Value, order.PersonId.Value, new Payload(order.Number, order.Status));

    /// <summary>Event and mail to who ordered.</summary>
    public Task TellCustomerAsync(string name, Order order, Instant now, More? more = null, CancellationToken cancel = default) => TellCustomersAsync(name, [(order, more)], now, cancel);

    /// <summary>The same for many orders at once.</summary>
    public async Task TellCustomersAsync(string name, IReadOnlyList<(Order Order, More? More)> told, Instant now, CancellationToken cancel)
    {
        foreach (var (order, _) in told) Event(name, order, now);
        var ids = told.Select(t => t.Order.PersonId.Value).Distinct().ToList();
        var people = await db.Set<Person>().AsNoTracking().Where(p => ids.Contains(p.Id) && p.Email != null).Select(p => new Reader(p.Id, p.Name, p.Email!, p.Language)).ToDictionaryAsync(p => p.Id, cancel);
        await MailAsync(name, told.Where(t => people.ContainsKey(t.Order.PersonId.Value)).Select(t => (t.Order, people[t.Order.PersonId.Value], t.More)).ToList(), now, cancel);
    }

    /// <summary>Event and mail to those who quote and manage: of the instrument, or of its institution where it has none of its own.</summary>
    public async Task TellStaffAsync(string name, Order order, Instant now, More? more = null, CancellationToken cancel = default)
    {
        Event(name, order, now);
        var (instrument, institution, self) = (order.InstrumentId?.Value ?? Guid.Empty, order.InstitutionId.Value, order.PersonId.Value);
        var staff = await db.Database.SqlQuery<Reader>($"""
            SELECT DISTINCT p.id AS "Id", p.name AS "Name", p.email AS "Email", p.language AS "Language" FROM people p JOIN role_grants g ON g.person_id = p.id
            WHERE g.role = 'labManager' AND g.revoked_at IS NULL AND p.is_active AND p.email IS NOT NULL AND p.id <> {self}
              AND (g.scope_kind = 'instrument' AND g.scope_id = {instrument}
                OR g.scope_kind = 'institution' AND g.scope_id = {institution} AND NOT EXISTS (
                    SELECT 1 FROM role_grants own WHERE own.scope_kind = 'instrument' AND own.scope_id = {instrument} AND own.role = 'labManager' AND own.revoked_at IS NULL))
            ORDER BY p.id LIMIT {MostStaff}
            """).ToListAsync(cancel);
        await MailAsync(name, staff.ConvertAll(to => (order, to, more)), now, cancel);
    }

    private async Task MailAsync(string kind, IReadOnlyList<(Order Order, Reader To, More? More)> mails, Instant now, CancellationToken cancel)
    {
        if (mails.Count == 0) return;
        var institutionIds = mails.Select(m => m.Order.InstitutionId).Distinct().ToList();
        var instrumentIds = mails.Where(m => m.Order.InstrumentId is not null).Select(m => m.Order.InstrumentId!.Value).Distinct().ToList();
        var institutions = await db.Set<Institution>().AsNoTracking().Where(i => institutionIds.Contains(i.Id)).ToDictionaryAsync(i => i.Id, i => (i.Name, i.NameEn, i.TimeZone), cancel);
        var instruments = await db.Set<Instrument>().AsNoTracking().Where(i => instrumentIds.Contains(i.Id)).Select(i => new { i.Id, i.Name, i.NameEn }).ToDictionaryAsync(i => i.Id, i => (i.Name, i.NameEn), cancel);
        foreach (var (order, to, more) in mails)
        {
            var (name, nameEn, zone) = institutions[order.InstitutionId];
            if (order.InstrumentId is { } id) (name, nameEn) = instruments[id];
            db.AddMail(kind, to.Email, to.Id, to.Language, new MailData(to.Name, order.Number, name, nameEn, order.Purpose, more?.Reason, more?.Until, more?.Amount, zone, order.Id.Value, more?.File, more?.Count), now);
        }
    }
}
