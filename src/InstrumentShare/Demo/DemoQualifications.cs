using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Bookings.Qualifications;
using InstrumentShare.Catalog;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>
/// What some instruments of the home institution require. Everybody with a booking there is certified, the earlier ones until soon;
/// only the second researcher of the sign-in page is not: supervised on the first instrument, nothing on the others. The manager,
/// who trains, needs no certificate.
/// </summary>
internal sealed class DemoQualifications(DemoPeople people, LocalDate anchor)
{
    private const int Instruments = 4;
    private const int PerSession = 12;

    public List<Qualification> Qualifications { get; } = [];

    public List<TrainingSession> Sessions { get; } = [];

    public List<TrainingAttendee> Attendees { get; } = [];

    public List<Certificate> Certificates { get; } = [];

    public static DemoQualifications Make(DemoRandom random, DemoPeople people, IReadOnlyList<DemoInstrument> instruments, IReadOnlyList<DemoInstrumentGroup> groups, IReadOnlyList<DemoBooking> bookings, LocalDate anchor, Instant founded)
    {
        var made = new DemoQualifications(people, anchor);
        var home = instruments.Where(i => i.Owner.Key == DemoInstitutions.Home && i.IsBooked && i.Entity.IsVisible).ToList();
        var trained = home.Where(i => i.Style.Key == "trained").DistinctBy(i => i.Entity.Name).Take(Instruments).ToList();
        foreach (var instrument in trained)
            made.Add(random.Fork(instrument.Entity.InnerId), NewOf(random, instrument.Entity.InstitutionId, instrument.Entity.Name, instrument.Entity.NameEn, founded, instrument.Entity.Id, null), [instrument], bookings);
        if (groups.FirstOrDefault(g => g.Instruments[0].Owner.Key == DemoInstitutions.Home && !g.Instruments.Intersect(trained).Any()) is { } group)
            made.Add(random.Fork("group"), NewOf(random, group.Entity.InstitutionId, group.Entity.Name, group.Entity.NameEn, founded, null, group.Entity.Id), group.Instruments, bookings);
        return made;
    }

    private static Qualification NewOf(DemoRandom random, InstitutionId institution, string name, string nameEn, Instant founded, InstrumentId? instrument, InstrumentGroupId? group) => new()
    {
        Id = new QualificationId(random.Id(founded)), InstitutionId = institution, InstrumentId = instrument, GroupId = group, Name = name + (group is null ? "上岗资质" : "安全培训"), NameEn = nameEn + (group is null ? " operator" : " safety course"),
        Description = group is null ? "理论讲解一小时，上机操作一小时，现场考核。" : "用前必修，终身有效；可先预约，上机前须完成。", ValidMonths = group is null ? 12 : null, BookBeforeTraining = group is not null, CreatedAt = founded,
    };

    private void Add(DemoRandom random, Qualification qualification, IReadOnlyList<DemoInstrument> instruments, IReadOnlyList<DemoBooking> bookings)
    {
        Qualifications.Add(qualification);
        var (outsider, researcher, now) = (people.Named("researcher2"), people.Named("researcher"), At(anchor, 0));
        var isFirst = Qualifications.Count == 1;
        var booked = bookings.Where(b => instruments.Contains(b.Instrument) && b.Slot.EndsAt > now && b.ServiceMode != ServiceMode.Entrusted).Select(b => b.Person);
        var holders = random.Shuffled(booked.Concat(people.All.Where(p => p.Weight > 0 && p.Institution?.Key == DemoInstitutions.Home)).Distinct().Where(p => p != outsider && p != researcher && p != people.Named("manager")));
        // The later the longer: the first training was held almost a year ago, and its certificates end within weeks. One trainer, one training a day.
        var (n, isEarly) = (Qualifications.Count, Qualifications.Count == 3);
        List<DemoPerson> recent = [.. isEarly ? [] : new[] { researcher }, .. isFirst ? [outsider] : Array.Empty<DemoPerson>(), .. holders.Skip(3)];
        Held(random, qualification, anchor.PlusDays(-346 + n), [.. holders.Take(3), .. isEarly ? [researcher] : Array.Empty<DemoPerson>()], outsider);
        for (var at = 0; at * PerSession < recent.Count; at++) Held(random, qualification, anchor.PlusDays(-120 + (n * 5) + at), [.. recent.Skip(at * PerSession).Take(PerSession)], outsider);
        Coming(random, qualification, anchor.PlusDays(3 + n), 6, random.Shuffled(people.All.Where(p => p.Weight > 0 && p != outsider && p != researcher && p != people.Named("manager"))).Take(4));
        Coming(random, qualification, anchor.PlusDays(10 + n), 10, []);
    }

    // One attendee comes too late and fails, one does not come at all; the others pass.
    private void Held(DemoRandom random, Qualification qualification, LocalDate on, IReadOnlyList<DemoPerson> passed, DemoPerson supervised)
    {
        var session = Session(random, qualification, on, passed.Count + 4);
        var (trainer, recorded) = (session.TrainerId, session.EndsAt + Duration.FromMinutes(20));
        foreach (var person in passed)
        {
            var certificate = new Certificate
            {
                Id = new CertificateId(random.Id(recorded)), QualificationId = qualification.Id, PersonId = person.Id, Level = person == supervised ? QualificationLevel.Supervised : QualificationLevel.Independent,
                ValidFrom = on, ValidTo = qualification.ValidTo(on), SessionId = session.Id, IssuedBy = trainer, IssuedAt = recorded,
            };
            Certificates.Add(certificate);
            Attendees.Add(AttendeeOf(session, person).Record(TrainingResult.Passed, certificate.Level, person == supervised ? "还需在指导下练习" : string.Empty, certificate.Id, trainer, recorded));
        }

        var others = random.Shuffled(people.All.Where(p => p.Weight > 0 && !passed.Contains(p) && p != supervised && p.Id != trainer)).Take(2).ToList();
        if (others.Count > 0) Attendees.Add(AttendeeOf(session, others[0]).Record(TrainingResult.Failed, null, "考核未通过，请再参加一次", null, trainer, recorded));
        if (others.Count > 1) Attendees.Add(AttendeeOf(session, others[1]).Record(TrainingResult.Absent, null, string.Empty, null, trainer, recorded));
        Sessions.Add(session.WithTaken(passed.Count + others.Count));
    }

    private void Coming(DemoRandom random, Qualification qualification, LocalDate on, int seats, IEnumerable<DemoPerson> signedUp)
    {
        var session = Session(random, qualification, on, seats);
        var attendees = signedUp.Select(p => AttendeeOf(session, p)).ToList();
        Attendees.AddRange(attendees);
        Sessions.Add(session.WithTaken(attendees.Count));
    }

    private TrainingSession Session(DemoRandom random, Qualification qualification, LocalDate on, int seats)
    {
        var (start, planned) = (At(on, 14), At(on.PlusDays(-20), 9));
        var manager = people.Named("manager").Id;
        return new TrainingSession
        {
            Id = new TrainingSessionId(random.Id(planned)), QualificationId = qualification.Id, TrainerId = manager, Level = QualificationLevel.Independent, StartsAt = start, EndsAt = start + Duration.FromHours(2),
            Place = "分析测试中心 201 培训室", Note = "请提前十分钟到场并携带校园卡。", Seats = seats, SignUpUntil = start - Duration.FromDays(1), LeaveUntil = start - Duration.FromDays(1), CreatedBy = manager, CreatedAt = planned,
        };
    }

    private static TrainingAttendee AttendeeOf(TrainingSession session, DemoPerson person) => new() { SessionId = session.Id, PersonId = person.Id, SignedUpAt = session.CreatedAt + Duration.FromHours(5) };

    private static Instant At(LocalDate date, int hour) => date.At(new LocalTime(hour, 0)).InZoneLeniently(DemoInstrument.Zone).ToInstant();
}
