using InstrumentShare.Access;
using InstrumentShare.Pricing;

namespace InstrumentShare.Tests.Pricing;

public sealed class UserClassRulesTests
{
    private static readonly InstitutionId Owner = new(Guid.CreateVersion7());

    [Theory]
    [InlineData(InstitutionKind.University, UserClass.Academic)]
    [InlineData(InstitutionKind.Institute, UserClass.Academic)]
    [InlineData(InstitutionKind.Hospital, UserClass.Academic)]
    [InlineData(InstitutionKind.PublicBody, UserClass.Academic)]
    [InlineData(InstitutionKind.StudentTeam, UserClass.Academic)]
    [InlineData(InstitutionKind.Enterprise, UserClass.Enterprise)]
    [InlineData(InstitutionKind.Other, UserClass.Enterprise)]
    public void The_class_follows_from_the_users_institution(InstitutionKind kind, UserClass expected) =>
        UserClassRules.Of(Owner, new InstitutionId(Guid.CreateVersion7()), kind).ShouldBe(expected);

    [Fact]
    public void The_owners_people_are_internal_whatever_it_is() => UserClassRules.Of(Owner, Owner, InstitutionKind.Enterprise).ShouldBe(UserClass.Internal);

    [Fact]
    public void A_person_without_an_institution_pays_as_enterprise() => UserClassRules.Of(Owner, null, null).ShouldBe(UserClass.Enterprise);
}
