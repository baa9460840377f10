using InstrumentShare.Access;
using InstrumentShare.Kernel;

namespace InstrumentShare.Catalog;

/// <summary>Where and for whom a set of booking rules holds, as it was sent: one place, and at most one audience.</summary>
public sealed record RuleTarget(
    InstrumentId? InstrumentId = null, InstrumentGroupId? InstrumentGroupId = null, InstitutionId? InstitutionId = null, Region? Region = null,
    UserClass? UserClass = null, InstitutionId? UserInstitutionId = null, GroupId? UserGroupId = null)
{
    public static RuleTarget Of(BookingRuleSet set) =>
        new(set.InstrumentId, set.InstrumentGroupId, set.InstitutionId, set.Region, set.UserClass, set.UserInstitutionId, set.UserGroupId);

    public bool IsForEveryone => UserClass is null && UserInstitutionId is null && UserGroupId is null;

    /// <summary>What is wrong with the choice itself.</summary>
    public IEnumerable<Problem> Check()
    {
        var places = new object?[] { InstrumentId, InstrumentGroupId, InstitutionId, Region }.Count(p => p is not null);
        var audiences = new object?[] { UserClass, UserInstitutionId, UserGroupId }.Count(a => a is not null);
        if (places != 1) yield return Problem.Invalid("booking-rules.one-place", "instrumentId", ("count", places));
        if (audiences > 1) yield return Problem.Invalid("booking-rules.one-audience", "userClass", ("count", audiences));
        if (Region is { } region && !RegionCatalog.Instance.Knows(region)) yield return Problem.Invalid("booking-rules.region-unknown", "region", ("value", region.Code));
    }
}
