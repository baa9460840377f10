using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Subsidies;
using InstrumentShare.Subsidies.Language;
using NodaTime;

namespace InstrumentShare.Tests.Subsidies;

public sealed class RecordMapperTests
{
    [Theory]
    [InlineData("CN-3401", "CN-34", "A", "B", Tag.None)]
    [InlineData("CN-3401", "CN-3702", "A", "B", Tag.OutOfRegion)]
    [InlineData("CN-3401", "CN-3401", "A", "A", Tag.SameEntity)]
    [InlineData("CN-3401", "CN-3401", null, null, Tag.None)]
    public void Same_entity_and_out_of_region_follow_from_the_records(string ownerRegion, string userRegion, string? ownerCode, string? userCode, Tag expected) =>
        RecordMapper.Tags(Tag.None, Institution(ownerRegion, ownerCode), Institution(userRegion, userCode)).ShouldBe(expected);

    [Fact]
    public void Entered_tags_stay_and_tags_of_users_are_not_taken_from_a_charge()
    {
        var tags = RecordMapper.Tags(Tag.MedicalService | Tag.ProjectCity | Tag.HighTech, Institution("CN-34", "A"), null);
        tags.ShouldBe(Tag.MedicalService | Tag.ProjectCity);
    }

    [Theory]
    [InlineData(InstitutionKind.Enterprise, UserKind.Enterprise)]
    [InlineData(InstitutionKind.StudentTeam, UserKind.StudentTeam)]
    [InlineData(InstitutionKind.University, UserKind.Research)]
    [InlineData(InstitutionKind.Hospital, UserKind.Research)]
    [InlineData(null, UserKind.Individual)]
    public void The_kind_of_user_follows_from_the_kind_of_institution(InstitutionKind? institution, UserKind expected) => RecordMapper.KindOf(institution).ShouldBe(expected);

    [Fact]
    public void A_service_is_a_charge_to_another_institution_or_to_a_person_without_one()
    {
        var (owner, other, person) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        RecordMapper.IsService(Charge(owner, owner, person)).ShouldBeFalse();
        RecordMapper.IsService(Charge(owner, other, person)).ShouldBeTrue();
        RecordMapper.IsService(Charge(owner, null, person)).ShouldBeTrue();
        RecordMapper.UserOf(Charge(owner, other, person)).ShouldBe(other);
        RecordMapper.UserOf(Charge(owner, null, person)).ShouldBe(person);
    }

    [Fact]
    public void An_instrument_that_is_not_enrolled_never_counts() =>
        RecordMapper.Instrument(new InstrumentRecord(Guid.CreateVersion7(), Guid.CreateVersion7(), "A", 1, false, Funding.Public, null), 0, false).EnrolledOn.ShouldBe(LocalDate.MaxIsoValue);

    private static InstitutionRecord Institution(string region, string? code) => new(Guid.CreateVersion7(), code ?? "name", InstitutionKind.University, new Region(region), Tag.None, code);

    private static ChargeRecord Charge(Guid owner, Guid? user, Guid person) => new(
        Guid.CreateVersion7(), Guid.CreateVersion7(), owner, user, person, 100, new LocalDate(2025, 1, 1), null, null, Tag.None, Evidence.None);
}
