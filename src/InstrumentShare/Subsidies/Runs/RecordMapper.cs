using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Subsidies.Engine;
using InstrumentShare.Subsidies.Language;
using NodaTime;

namespace InstrumentShare.Subsidies;

public sealed record InstitutionRecord(Guid Id, string NaturalKey, InstitutionKind Kind, Region Region, Tag Tags, string? SocialCreditCode);

public sealed record InstrumentRecord(Guid Id, Guid InstitutionId, string InnerId, long ValueFen, bool IsSet, Funding Funding, LocalDate? EnrolledOn);

/// <summary>An issued charge that no reversal took back.</summary>
public readonly record struct ChargeRecord(
    Guid Id,
    Guid InstrumentId,
    Guid InstitutionId,
    Guid? UserInstitutionId,
    Guid PersonId,
    long AmountFen,
    LocalDate ServedOn,
    LocalDate? InvoicedOn,
    string? Claim,
    Tag Tags,
    Evidence Evidence);

/// <summary>
/// The one place where records become facts. A service is a charge to a user of another institution; the user is the using
/// institution, or the person where there is none. <c>sameEntity</c> and <c>outOfRegion</c> follow from the records; every
/// other tag is entered on the charge or stands with the institution.
/// </summary>
public static class RecordMapper
{
    public static bool IsService(in ChargeRecord charge) => charge.UserInstitutionId != charge.InstitutionId;

    public static Guid UserOf(in ChargeRecord charge) => charge.UserInstitutionId ?? charge.PersonId;

    public static UserKind KindOf(InstitutionKind? institution) => institution switch
    {
        null => UserKind.Individual,
        InstitutionKind.Enterprise => UserKind.Enterprise,
        InstitutionKind.StudentTeam => UserKind.StudentTeam,
        _ => UserKind.Research,
    };

    /// <summary>A person without an institution has no registered region: no policy that asks for one is met.</summary>
    public static UserFact User(InstitutionRecord? institution) => institution is null
        ? new UserFact(UserKind.Individual, new Region("CN-00"), Tag.None)
        : new UserFact(KindOf(institution.Kind), institution.Region, institution.Tags & Lexicon.OfUsers);

    public static InstitutionFact Institution(InstitutionRecord institution) => new(institution.Region, null, Tag.None);

    /// <summary>An instrument that is not enrolled never counts.</summary>
    public static InstrumentFact Instrument(InstrumentRecord instrument, int institution, bool alreadyPaid) => new(
        institution, instrument.ValueFen, instrument.IsSet, instrument.Funding, instrument.EnrolledOn ?? LocalDate.MaxIsoValue, null, alreadyPaid);

    /// <summary>The tags of a service: those entered, and those that follow from who owns and who uses.</summary>
    public static Tag Tags(Tag entered, InstitutionRecord owner, InstitutionRecord? user)
    {
        var tags = entered & (Lexicon.Excluding | Lexicon.OfServices);
        if (user is null) return tags;
        if (user.Id == owner.Id || (user.SocialCreditCode is { } code && code == owner.SocialCreditCode)) tags |= Tag.SameEntity;
        if (ProvinceOf(user.Region) != ProvinceOf(owner.Region)) tags |= Tag.OutOfRegion;
        return tags;
    }

    private static string ProvinceOf(Region region) => region.Code[..5];
}
