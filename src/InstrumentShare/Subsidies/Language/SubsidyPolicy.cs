using InstrumentShare.Access;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Subsidies.Language;

/// <summary>A subsidy document in the words of the engine: who is paid what by whom, from which base, under which caps.</summary>
public sealed record SubsidyPolicy
{
    public required string Id { get; init; }
    public required string Version { get; init; }
    public required BilingualText Title { get; init; }
    public required BilingualText Issuer { get; init; }

    /// <summary>The document's number or name, as it is cited.</summary>
    public required string Document { get; init; }
    public required IReadOnlyList<string> Sources { get; init; }
    public required Region Region { get; init; }

    /// <summary>First day in force; null when the text that was read does not say.</summary>
    public LocalDate? ValidFrom { get; init; }

    /// <summary>Last day in force; null when open.</summary>
    public LocalDate? ValidTo { get; init; }
    public required Trust Trust { get; init; }
    public required AccrualBasis Accrual { get; init; }
    public required IReadOnlyList<ClaimWindow> ClaimWindows { get; init; }
    public required RoundingStep Rounding { get; init; }
    public required Apportionment Apportionment { get; init; }
    public required IReadOnlyList<Exclusion> Exclusions { get; init; }
    public required Counting Counting { get; init; }
    public required IReadOnlyList<PayItem> Items { get; init; }
    public required IReadOnlyList<Cap> Caps { get; init; }

    /// <summary>Whose records a run takes; an evaluation takes what it is given. Null for every institution of the region.</summary>
    public Applicability? AppliesTo { get; init; }

    /// <summary>Set when an instrument is paid once and never again; runs remember, an evaluation does not.</summary>
    public Clause? OneOff { get; init; }

    /// <summary>Every clause and figure, in the order of the text.</summary>
    public required IReadOnlyList<Clause> Clauses { get; init; }

    /// <summary>Figures that nobody has read: neither a run nor an evaluation can go on.</summary>
    public required IReadOnlyList<Figure> Blanks { get; init; }

    public IEnumerable<Clause> ToConfirm => Clauses.Where(c => c.Trust != Trust.Verified && c.Unsettled is null);

    public IEnumerable<Clause> Unsettled => Clauses.Where(c => c.Unsettled is not null);

    public Tag ExcludingTags => Exclusions.Aggregate(Lexicon.AlwaysExcluding, (tags, e) => tags | e.Tags);

    public bool IsInForce(LocalDate from, LocalDate to) => (ValidFrom is null || ValidFrom <= from) && (ValidTo is null || to <= ValidTo);
}

/// <param name="Kinds">Kinds of institution; empty for all.</param>
/// <param name="Regions">Where they are; empty for the policy's whole region.</param>
public sealed record Applicability(IReadOnlySet<InstitutionKind> Kinds, IReadOnlyList<Region> Regions, Clause Clause)
{
    public bool IsMetBy(InstitutionKind kind, Region region) =>
        (Kinds.Count == 0 || Kinds.Contains(kind)) && (Regions.Count == 0 || Regions.Any(r => r.Covers(region)));
}

/// <summary>Days of each year on which claims are taken, both included.</summary>
public sealed record ClaimWindow(AnnualDate From, AnnualDate To);

/// <param name="StepFen">Amounts are whole multiples of this many fen.</param>
public sealed record RoundingStep(long StepFen, RoundingMode Mode)
{
    public long Apply(decimal exactFen)
    {
        var steps = exactFen / StepFen;
        return (long)(Mode == RoundingMode.HalfUp ? Kernel.Rounding.HalfUp(steps) : decimal.Floor(steps)) * StepFen;
    }
}

public sealed record Exclusion(Tag Tags, Clause Clause);

/// <summary>What a service or an instrument needs before anything is paid for it, on any side.</summary>
public sealed record Counting(
    Clause Enrolled,
    IReadOnlyList<ValueThreshold> Thresholds,
    FundingNeed? Funding,
    UserNeed? Users);

/// <summary>The smallest original value that counts, in fen, for single instruments, for sets, or for both.</summary>
public sealed record ValueThreshold(ThresholdScope Scope, Figure Minimum)
{
    public bool Concerns(bool isSet) => Scope == ThresholdScope.Any || (Scope == ThresholdScope.Set) == isSet;
}

public sealed record FundingNeed(Funding Funding, Clause Clause);

/// <summary>Which users count: by kind, by region, or both.</summary>
public sealed record UserNeed(IReadOnlySet<UserKind> Kinds, Region? Region, Clause Clause)
{
    public bool IsMetBy(UserKind kind, Region region) => Kinds.Contains(kind) && (Region is not { } r || r.Covers(region));
}

/// <summary>One payment rule: to whom, by whom, for what, and how much.</summary>
public sealed record PayItem(string Id, PayUnit Unit, BeneficiaryKind To, Payer Payer, UserNeed? Users, IPayShape Shape);

/// <summary>A limit on what one payer pays to one kind of beneficiary.</summary>
/// <param name="Users">The kinds of user it holds for; empty for all, and for institutions.</param>
public sealed record Cap(
    string Id,
    CapLevel Level,
    CapPeriod Period,
    BeneficiaryKind? To,
    Payer? Payer,
    IReadOnlySet<UserKind> Users,
    Figure Amount);
