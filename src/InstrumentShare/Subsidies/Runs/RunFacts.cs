using InstrumentShare.Subsidies.Engine;

namespace InstrumentShare.Subsidies;

/// <summary>A run's facts by place, with the records they came from in parallel.</summary>
public sealed class RunFacts
{
    public required Facts Facts { get; init; }
    public required Guid[] ChargeIds { get; init; }

    /// <summary>The references of the claims, by the number that the facts use.</summary>
    public required IReadOnlyList<string> Claims { get; init; }
    public required IReadOnlyList<InstrumentRecord> Instruments { get; init; }
    public required IReadOnlyList<InstitutionRecord> Institutions { get; init; }
    public required IReadOnlyList<RunParty> Users { get; init; }

    public string InstitutionKey(int place) => Institutions[place].NaturalKey;

    public string UserKey(int place) => Users[place].NaturalKey;

    public string InstrumentKey(int place) => $"{Institutions[Facts.Instruments[place].Institution].NaturalKey}/{Instruments[place].InnerId}";

    public BeneficiaryNames Names => new(InstitutionKey, UserKey);
}

/// <param name="Institution">The using institution; null for a person by themselves.</param>
public sealed record RunParty(Guid Id, string NaturalKey, InstitutionRecord? Institution);
