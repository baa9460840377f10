using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Billing;

/// <summary>
/// Writes tags, evidence, claim and invoice on an issued charge, or one invoice on several of one payer. What stood before is
/// kept in the audit trail. What is left out of a change stays.
/// </summary>
public sealed class AnnotateCharges(AppDb db, Caller caller, InstrumentRulesQuery instruments, IClock clock)
{
    public const int Most = 200;

    /// <summary>Null keeps what is there; an empty text clears it.</summary>
    public sealed record Change(IReadOnlyList<string>? Tags, IReadOnlyList<string>? Evidence, string? ClaimReference, string? InvoiceNumber, LocalDate? InvoicedOn, string? Reason);

    /// <param name="ifVersion">The version that the change was made on, of the one charge; null for any.</param>
    public async Task<Outcome<IReadOnlyList<Charge>>> RunAsync(IReadOnlyList<ChargeId> ids, Change change, long? ifVersion, CancellationToken cancel)
    {
        if (ids.Count is 0 or > Most) return Problem.Invalid("charge.how-many", "chargeIds", ("most", Most));
        await using var transaction = await db.BeginAsync(cancel);
        var keys = ids.Select(i => i.Value).Distinct().Order().ToArray();
        var charges = await db.Set<Charge>().FromSql($"SELECT * FROM charges WHERE id = ANY({keys}) ORDER BY id FOR UPDATE").ToListAsync(cancel);
        if (charges.Count != keys.Length) return Problem.NotFound();
        foreach (var charge in charges)
            if (await RefusalAsync(charge, cancel) is { } refusal) return refusal;

        if (ifVersion is { } seen && charges.Any(c => c.Version != seen)) return Problem.Stale();
        var statement = charges.Count > 1 ? Guid.CreateVersion7() : charges[0].StatementId;
        var notes = charges.Select(c => Merge(c, change)).ToList();
        var problems = notes.SelectMany(ChargeNotesRules.Wrong).DistinctBy(p => (p.Code, p.Field)).ToList();
        if (problems.Count == 0) problems = ChargeNotesRules.Against(charges);
        if (problems.Count > 0) return problems;

        var now = clock.GetCurrentInstant();
        foreach (var (charge, note) in charges.Zip(notes))
        {
            var before = Facts(charge);
            charge.Annotate(note, charges.Count > 1 || note.InvoiceNumber == charge.InvoiceNumber ? statement : null);
            caller.Audit(db, now, "charge.annotate", "charge", charge.Id.Value.ToString(), before, Facts(charge), change.Reason, charge.InstitutionId);
        }

        if (await db.TrySaveAsync(cancel) is { } problem) return problem;
        await transaction.CommitAsync(cancel);
        return charges;
    }

    private async Task<Problem?> RefusalAsync(Charge charge, CancellationToken cancel)
    {
        var instrument = (await instruments.OfAsync(charge.InstrumentId, cancel: cancel))!;
        if (caller.May(BillingPermissions.Annotate, instrument.Scope)) return null;
        return charge.PersonId == caller.PersonId || caller.May(BillingPermissions.View, instrument.Scope) ? Problem.Forbidden() : Problem.NotFound();
    }

    private static ChargeNotes Merge(Charge charge, Change change)
    {
        var invoice = change.InvoiceNumber is null ? charge.InvoiceNumber : Text(change.InvoiceNumber);
        return new ChargeNotes(
            change.Tags?.Distinct(StringComparer.Ordinal).ToList() ?? charge.Tags, change.Evidence?.Distinct(StringComparer.Ordinal).ToList() ?? charge.Evidence,
            change.ClaimReference is null ? charge.ClaimReference : Text(change.ClaimReference), invoice, invoice is null && change.InvoiceNumber is not null ? change.InvoicedOn : change.InvoicedOn ?? charge.InvoicedOn);
    }

    private static string? Text(string text) => text.Trim() is { Length: > 0 } trimmed ? trimmed : null;

    private static object Facts(Charge c) => new { c.Tags, c.Evidence, c.ClaimReference, c.InvoiceNumber, c.InvoicedOn, c.StatementId };
}
