using InstrumentShare.Access;
using InstrumentShare.Bookings.Companions;
using InstrumentShare.Bookings.Technicians;
using InstrumentShare.Catalog;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>
/// At the home institution: the dual-beam microscope, which prepares samples, takes a preparation room along, and where the lab does the
/// work also an electron microscope for the first look. The technician of the sign-in page works on weekdays.
/// </summary>
internal sealed class DemoCompanions
{
    public List<Room> Rooms { get; } = [];

    public List<InstrumentLink> Links { get; } = [];

    public List<TechnicianHours> Hours { get; } = [];

    public static DemoCompanions Make(DemoRandom random, DemoPeople people, IReadOnlyList<DemoInstrument> instruments, LocalDate anchor, Instant founded)
    {
        var made = new DemoCompanions();
        var home = instruments.Where(i => i.Owner.Key == DemoInstitutions.Home && i.IsBooked && i.Entity.IsVisible).ToList();
        var (technician, manager) = (people.Named("technician").Id, people.Named("manager").Id);
        for (short day = 1; day <= 5; day++)
            foreach (var (opens, closes) in new[] { ((short)(8 * 60), (short)(12 * 60)), ((short)(13 * 60), (short)(18 * 60)) })
                made.Hours.Add(new TechnicianHours { Id = random.Id(founded), PersonId = technician, Weekday = day, OpensMinute = opens, ClosesMinute = closes, ValidFrom = anchor.PlusMonths(-1) });
        if (home.FirstOrDefault(i => i.Entity.Name.Contains("双束", StringComparison.Ordinal)) is not { } prepares || home.FirstOrDefault(i => i.Entity.Name.Contains("透射电子显微镜", StringComparison.Ordinal)) is not { } looks) return made;
        var room = new Room
        {
            Id = new RoomId(random.Id(founded)), InstitutionId = prepares.Entity.InstitutionId, Name = "电镜制样间", NameEn = "Microscopy preparation room", Place = "分析测试中心 107", Capacity = 2, CountsIn = RoomCount.Groups, CreatedAt = founded,
        };
        made.Rooms.Add(room);
        made.Links.Add(Link(null, room.Id, [], 30, 0));
        made.Links.Add(Link(looks.Entity.Id, null, [ServiceMode.Entrusted], 0, 60));
        return made;

        InstrumentLink Link(InstrumentId? instrument, RoomId? roomId, IReadOnlyList<ServiceMode> modes, int before, int after) => new()
        {
            Id = new InstrumentLinkId(random.Id(founded)), InstrumentId = prepares.Entity.Id, LinkedInstrumentId = instrument, RoomId = roomId, Modes = modes, BeforeMinutes = before, AfterMinutes = after,
            ValidFrom = anchor.PlusMonths(-1), CreatedBy = manager, CreatedAt = founded,
        };
    }
}
