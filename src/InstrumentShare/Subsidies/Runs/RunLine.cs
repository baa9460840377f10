using InstrumentShare.Access;
using InstrumentShare.Subsidies.Language;
using NodaTime;

namespace InstrumentShare.Subsidies;

/// <summary>One line of a run, before caps and budget, with the figures it was computed from, where it stands in its block.</summary>
public sealed class RunLine(RunBlock block, int at, SubsidyPolicy policy)
{
    private readonly int service = at / block.Items.Length;

    public SubsidyRunId RunId => block.RunId;

    public int Number => block.FirstNumber + at;

    public PayItem Item => policy.Items[block.Items[at % block.Items.Length]];

    /// <summary>The charge; null where an instrument itself is paid.</summary>
    public Guid? ChargeId => block.ChargeIds?[service];

    public Guid InstrumentId => block.InstrumentIds[service];

    public InstitutionId InstitutionId => block.InstitutionId;

    /// <summary>The using institution, or the person where there is none.</summary>
    public Guid? UserId => block.UserIds?[service];

    public BeneficiaryKind BeneficiaryKind => Item.To;

    public Guid BeneficiaryId => BeneficiaryKind == BeneficiaryKind.Institution ? InstitutionId.Value : UserId ?? default;

    public Payer Payer => Item.Payer;

    public LocalDate? AccruedOn => block.AccruedOn is { } days ? LocalDate.FromDateOnly(days[service]) : null;

    public long IncomeFen => block.IncomeFen?[service] ?? 0;

    public string? Claim => block.Claims?[service];

    public Tag Tags => (Tag)(block.Tags?[service] ?? 0);

    public Evidence Evidence => (Evidence)(block.Evidence?[service] ?? 0);

    /// <summary>None when it counts.</summary>
    public Reasons Reasons => (Reasons)Math.Max(0, -block.Outcomes[at]);

    public long AmountFen => Math.Max(0, block.Outcomes[at]);

    /// <summary>The amounts of the same service by the items before this one.</summary>
    public IReadOnlyList<long> Earlier => [.. block.Outcomes[(at - (at % block.Items.Length))..at].Select(o => Math.Max(0, o))];
}
