using InstrumentShare.Access;
using InstrumentShare.Bookings.Qualifications;
using InstrumentShare.Catalog;
using InstrumentShare.Catalog.Groups;
using NodaTime;

namespace InstrumentShare.Tests.Support;

public sealed partial class Given
{
    /// <summary>A group with these instruments; the rules of the instruments are not told.</summary>
    public async Task<InstrumentGroup> InstrumentGroupAsync(Institution institution, params Instrument[] instruments)
    {
        var number = Next();
        var group = await SaveAsync(new InstrumentGroup { InstitutionId = institution.Id, Name = $"仪器组{number}", NameEn = $"Instrument group {number}", CreatedAt = Now });
        foreach (var instrument in instruments) await SaveAsync(new InstrumentGroupMember { InstrumentId = instrument.Id, GroupId = group.Id, InstitutionId = institution.Id });
        return group;
    }

    /// <summary>What the instrument, or without one the group, requires: independent use, certificates for a year.</summary>
    public Task<Qualification> QualificationAsync(
        Institution institution, Instrument? instrument = null, InstrumentGroup? group = null, QualificationLevel requiredLevel = QualificationLevel.Independent, int? validMonths = 12, bool bookBeforeTraining = false)
    {
        var number = Next();
        return SaveAsync(new Qualification
        {
            InstitutionId = institution.Id, InstrumentId = instrument?.Id, GroupId = group?.Id, Name = $"上岗资质{number}", NameEn = $"Operator {number}", RequiredLevel = requiredLevel, ValidMonths = validMonths,
            BookBeforeTraining = bookBeforeTraining, CreatedAt = Now,
        });
    }

    /// <summary>A certificate granted directly, from 2025 without an end unless one is named.</summary>
    public Task<Certificate> CertificateAsync(Qualification qualification, Person person, QualificationLevel level = QualificationLevel.Independent, LocalDate? validTo = null, LocalDate? validFrom = null) => SaveAsync(new Certificate
    {
        QualificationId = qualification.Id, PersonId = new PersonId(person.Id), Level = level, ValidFrom = validFrom ?? LongAgo, ValidTo = validTo, Reason = "纸质证书", IssuedBy = new PersonId(person.Id), IssuedAt = Now,
    });

    /// <summary>A training of two hours that holds no instrument; in three days unless named otherwise.</summary>
    public Task<TrainingSession> TrainingAsync(Qualification qualification, Person trainer, int seats = 10, Instant? startsAt = null, Instant? signUpUntil = null, Instant? leaveUntil = null, QualificationLevel level = QualificationLevel.Independent)
    {
        var start = startsAt ?? Now + Duration.FromDays(3);
        return SaveAsync(new TrainingSession
        {
            QualificationId = qualification.Id, TrainerId = new PersonId(trainer.Id), Level = level, StartsAt = start, EndsAt = start + Duration.FromHours(2), Place = "实验楼 101", Seats = seats,
            SignUpUntil = signUpUntil ?? start, LeaveUntil = leaveUntil ?? start, CreatedBy = new PersonId(trainer.Id), CreatedAt = Now,
        });
    }
}
