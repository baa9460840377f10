using InstrumentShare.Kernel;

namespace InstrumentShare.Billing;

public static class ChargeNotesRules
{
    /// <summary>Facts of a service that policies ask for; those that the program derives itself (same entity, out of region) are not entered.</summary>
    public static readonly IReadOnlyList<string> Tags =
    [
        "relatedParty", "statutoryCertification", "enforcementInspection", "tradeInspection", "commercialFilming", "medicalService", "telecomBilling", "batchTesting", "statutoryDuty",
        "alreadyFunded", "duplicateClaim", "project:research", "project:city",
    ];

    public static readonly IReadOnlyList<string> Evidence = ["contract", "invoice", "report", "payment", "projectBook"];

    public const int MaxInvoiceNumber = 50;

    public const int MaxClaimReference = 100;

    /// <summary>What is wrong with the notes by themselves.</summary>
    public static List<Problem> Wrong(ChargeNotes notes)
    {
        var problems = new List<Problem>();
        if (notes.Tags.FirstOrDefault(t => !Tags.Contains(t)) is { } tag) problems.Add(Problem.Invalid("charge.tag-unknown", "tags", ("tag", tag), ("known", string.Join(", ", Tags))));
        if (notes.Evidence.FirstOrDefault(e => !Evidence.Contains(e)) is { } evidence) problems.Add(Problem.Invalid("charge.evidence-unknown", "evidence", ("evidence", evidence), ("known", string.Join(", ", Evidence))));
        if (notes.InvoiceNumber?.Length > MaxInvoiceNumber) problems.Add(Problem.Invalid("charge.invoice-length", "invoiceNumber", ("most", MaxInvoiceNumber)));
        if (notes.ClaimReference?.Length > MaxClaimReference) problems.Add(Problem.Invalid("charge.claim-length", "claimReference", ("most", MaxClaimReference)));
        if (notes.InvoiceNumber is null != notes.InvoicedOn is null) problems.Add(Problem.Invalid("charge.invoice-incomplete", notes.InvoiceNumber is null ? "invoiceNumber" : "invoicedOn"));
        return problems;
    }

    /// <summary>What stands against writing them on these charges: each must be issued and undisputed, and one invoice has one payer.</summary>
    public static List<Problem> Against(IReadOnlyList<Charge> charges)
    {
        var problems = new List<Problem>();
        if (charges.Any(c => c.Kind != ChargeKind.Charge || c.Status != ChargeStatus.Issued)) problems.Add(Problem.Refused("charge.not-issued"));
        if (charges.Any(c => c.IsDisputed)) problems.Add(Problem.Refused("charge.disputed"));
        if (charges.Select(c => (c.InstitutionId, c.UserInstitutionId, Person: c.UserInstitutionId is null ? c.PersonId : default)).Distinct().Count() > 1)
            problems.Add(Problem.Refused("charge.several-payers"));
        return problems;
    }
}
