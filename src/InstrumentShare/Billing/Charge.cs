using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Orders;
using InstrumentShare.Pricing;
using InstrumentShare.Usage;
using NodaTime;

namespace InstrumentShare.Billing;

public readonly record struct ChargeId(Guid Value) : ITypedId<ChargeId>
{
    public static ChargeId From(Guid value) => new(value);
}

public enum ChargeKind
{
    Charge,

    /// <summary>Takes a charge back: the same amount below zero.</summary>
    Reversal,
}

public enum ChargeStatus
{
    /// <summary>Computed, but somebody must look at the use first.</summary>
    Estimated,
    Issued,
    Reversed,
}

/// <summary>What a charge was computed from, kept as it was: a use and its price list, or the accepted quote of an order.</summary>
public sealed record ChargeInputs(
    UserClass UserClass, Instant? BookedStartsAt, Instant? BookedEndsAt, Instant? UsedStartsAt, Instant? UsedEndsAt, int Samples, LocalDate PricedOn, ChargeFor? ChargeFor = null, LocalDate? PriceValidFrom = null,
    Money? RatePerHour = null, Money? RatePerSample = null, Money? StartUpFee = null, Money? MinimumFee = null, int? QuoteNumber = null);

/// <summary>
/// What one use costs. Once issued its figures never change: it is reversed by a row of its own and entered again. Only what is
/// written on it afterwards (tags, evidence, claim, invoice) may be set.
/// </summary>
public sealed class Charge
{
    public ChargeId Id { get; init; } = ChargeId.From(Guid.CreateVersion7());

    public required InstrumentId InstrumentId { get; init; }

    public required ChargeKind Kind { get; init; }

    public ChargeId? ReversesId { get; init; }

    public UsageId? UsageId { get; init; }

    public BookingId? BookingId { get; init; }

    /// <summary>The delivered order that it is for; then it is of no single use.</summary>
    public OrderId? OrderId { get; init; }

    public required PersonId PersonId { get; init; }

    public GroupId? GroupId { get; init; }

    /// <summary>The institution that owns the instrument and is paid.</summary>
    public required InstitutionId InstitutionId { get; init; }

    /// <summary>The user's institution at the time of use.</summary>
    public InstitutionId? UserInstitutionId { get; init; }

    public required UserClass UserClass { get; init; }

    public required ServiceMode ServiceMode { get; init; }

    public ChargeStatus Status { get; private set; }

    public required Money Amount { get; init; }

    public PricePolicyId? PricePolicyId { get; init; }

    /// <summary>The local date of the start in the owning institution's zone: the date of price and accrual.</summary>
    public required LocalDate ServedOn { get; init; }

    /// <summary>The time charged for; 0 on a reversal.</summary>
    public long Seconds { get; init; }

    public int Samples { get; init; }

    public ChargeInputs? Inputs { get; init; }

    public Explanation Explanation { get; init; } = Explanation.Empty;

    public List<string> Tags { get; private set; } = [];

    public List<string> Evidence { get; private set; } = [];

    public string? ClaimReference { get; private set; }

    public string? InvoiceNumber { get; private set; }

    public LocalDate? InvoicedOn { get; private set; }

    /// <summary>Joins the charges that one invoice covers.</summary>
    public Guid? StatementId { get; private set; }

    /// <summary>Not collected and not claimed until somebody has decided.</summary>
    public bool IsDisputed { get; private set; }

    public string? Reason { get; init; }

    public PersonId? CreatedBy { get; init; }

    public required Instant CreatedAt { get; init; }

    public Instant? IssuedAt { get; private set; }

    /// <summary>Grows with every note and with reversal: the ETag.</summary>
    public int Version { get; private set; } = 1;

    public Charge Issue(Instant now)
    {
        if (Status != ChargeStatus.Estimated) throw new InvalidOperationException("Only an estimated charge is issued.");
        (Status, IssuedAt) = (ChargeStatus.Issued, now);
        return this;
    }

    /// <summary>Takes the charge back. An issued one is answered by a reversal; one never issued by nothing.</summary>
    public Charge? Reverse(string reason, PersonId? by, Instant now)
    {
        var wasIssued = Status == ChargeStatus.Issued;
        if (Status == ChargeStatus.Reversed || Kind == ChargeKind.Reversal) throw new InvalidOperationException("A charge is reversed once.");
        Status = ChargeStatus.Reversed;
        Version++;
        return wasIssued ? Opposite(reason, by, now).Issue(now) : null;
    }

    /// <summary>What is known of the same service goes with its charge when that is entered again; an invoice does not, for it named the old amount.</summary>
    public Charge WithFactsOf(Charge earlier)
    {
        (Tags, Evidence, ClaimReference) = ([.. earlier.Tags], [.. earlier.Evidence], earlier.ClaimReference);
        return this;
    }

    public void Annotate(ChargeNotes notes, Guid? statement)
    {
        (Tags, Evidence, ClaimReference) = ([.. notes.Tags], [.. notes.Evidence], notes.ClaimReference);
        (InvoiceNumber, InvoicedOn, StatementId) = (notes.InvoiceNumber, notes.InvoicedOn, statement);
        Version++;
    }

    public void Dispute(bool isDisputed)
    {
        IsDisputed = isDisputed;
        Version++;
    }

    /// <summary>The same service at another amount, entered after this one was taken back.</summary>
    public Charge Again(Money amount, string reason, PersonId? by, Instant now) => Answer(ChargeKind.Charge, amount,
        [.. Explanation.Steps, Step("charge.adjusted", $"{Amount} − {Amount - amount}", amount)], reason, by, now).WithFactsOf(this);

    private Charge Opposite(string reason, PersonId? by, Instant now) => Answer(ChargeKind.Reversal, -Amount, [Step("charge.reversal", $"0.00 − {Amount}", -Amount)], reason, by, now);

    private ExplanationStep Step(string code, string operation, Money result) =>
        new(code, new Dictionary<string, string>(StringComparer.Ordinal) { ["amount"] = Amount.ToString() }, operation, result.ToString());

    // Of the same service, for the same payer, by the same price list. A reversal serves nobody again: it has no time and no samples.
    private Charge Answer(ChargeKind kind, Money amount, List<ExplanationStep> steps, string reason, PersonId? by, Instant now) => new()
    {
        InstrumentId = InstrumentId,
        Kind = kind,
        ReversesId = kind == ChargeKind.Reversal ? Id : null,
        UsageId = UsageId,
        BookingId = BookingId,
        OrderId = OrderId,
        PersonId = PersonId,
        GroupId = GroupId,
        InstitutionId = InstitutionId,
        UserInstitutionId = UserInstitutionId,
        UserClass = UserClass,
        ServiceMode = ServiceMode,
        Amount = amount,
        PricePolicyId = PricePolicyId,
        ServedOn = ServedOn,
        Seconds = kind == ChargeKind.Reversal ? 0 : Seconds,
        Samples = kind == ChargeKind.Reversal ? 0 : Samples,
        Inputs = Inputs,
        Explanation = new Explanation(steps),
        Reason = reason,
        CreatedBy = by,
        CreatedAt = now,
    };
}

/// <summary>What is written on an issued charge: facts of the service, its evidence, the claim and the invoice.</summary>
public sealed record ChargeNotes(IReadOnlyList<string> Tags, IReadOnlyList<string> Evidence, string? ClaimReference, string? InvoiceNumber, LocalDate? InvoicedOn);
