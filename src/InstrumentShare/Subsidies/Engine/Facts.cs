using InstrumentShare.Kernel;
using InstrumentShare.Subsidies.Language;
using NodaTime;

namespace InstrumentShare.Subsidies.Engine;

/// <summary>
/// What a policy is applied to. Things refer to one another by their place in these lists, so that millions of services
/// stay small and quick; the caller keeps their ids in parallel.
/// </summary>
public sealed record Facts(
    ServiceFact[] Services,
    InstrumentFact[] Instruments,
    InstitutionFact[] Institutions,
    UserFact[] Users);

/// <param name="Institution">The institution that rendered it.</param>
/// <param name="AmountFen">What was charged, in fen, not negative.</param>
/// <param name="Claim">The application it was handed in with: a number that means the same claim of the same user; −1 without one.</param>
public readonly record struct ServiceFact(
    int Institution,
    int User,
    int Instrument,
    long AmountFen,
    LocalDate ServedOn,
    LocalDate? InvoicedOn,
    int Claim,
    Tag Tags,
    Evidence Evidence);

/// <param name="ValueFen">Original value in fen.</param>
public sealed record InstrumentFact(int Institution, long ValueFen, bool IsSet, Funding Funding, LocalDate EnrolledOn, LocalDate? AcceptedOn = null, bool AlreadyPaid = false);

public sealed record InstitutionFact(Region Region, Grade? Grade, Tag Tags);

public sealed record UserFact(UserKind Kind, Region Region, Tag Tags);

/// <summary>The accrual window, both days included.</summary>
public readonly record struct AccrualWindow(LocalDate From, LocalDate To)
{
    public bool Contains(LocalDate day) => From <= day && day <= To;
}
