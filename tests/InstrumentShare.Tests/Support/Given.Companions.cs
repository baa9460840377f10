using InstrumentShare.Access;
using InstrumentShare.Bookings.Companions;
using InstrumentShare.Bookings.Technicians;
using InstrumentShare.Catalog;
using NodaTime;

namespace InstrumentShare.Tests.Support;

public sealed partial class Given
{
    /// <summary>A technician of the instruments, at work every day from 8 to 18 unless named otherwise.</summary>
    public async Task<Person> TechnicianAsync(Institution institution, IEnumerable<Instrument> instruments, int opensHour = 8, int closesHour = 18, bool withHours = true)
    {
        var person = await PersonAsync(institution, name: "马丽");
        foreach (var instrument in instruments) await GrantAsync(person, Role.Technician, instrument.Id.Value, ScopeKind.Instrument);
        for (short day = 1; withHours && day <= 7; day++)
            await SaveAsync(new TechnicianHours { PersonId = new PersonId(person.Id), Weekday = day, OpensMinute = (short)(opensHour * 60), ClosesMinute = (short)(closesHour * 60), ValidFrom = LongAgo });
        return person;
    }

    /// <summary>A link in force since 2025 for every service mode, to an instrument or a room.</summary>
    public Task<InstrumentLink> LinkAsync(Instrument instrument, Instrument? to = null, Room? room = null, int before = 0, int after = 0, int people = 1, params ServiceMode[] modes) => SaveAsync(new InstrumentLink
    {
        InstrumentId = instrument.Id, LinkedInstrumentId = to?.Id, RoomId = room?.Id, BeforeMinutes = before, AfterMinutes = after, People = people, Modes = modes, ValidFrom = LongAgo, CreatedBy = new PersonId(OneOf(instrument)), CreatedAt = Now,
    });

    public Task<Room> RoomAsync(Institution institution, int capacity = 1, RoomCount countsIn = RoomCount.Groups, int? opensHour = null, int? closesHour = null)
    {
        var number = Next();
        return SaveAsync(new Room
        {
            InstitutionId = institution.Id, Name = $"制样间{number}", NameEn = $"Preparation room {number}", Place = "3 楼", Capacity = capacity, CountsIn = countsIn, OpensMinute = opensHour * 60, ClosesMinute = closesHour * 60, CreatedAt = Now,
        });
    }

    // Somebody of the instrument's institution, who made the link.
    private Guid OneOf(Instrument instrument)
    {
        using var db = database.NewDb();
        return db.Set<Person>().Where(p => p.InstitutionId == instrument.InstitutionId).OrderBy(p => p.Id).Select(p => p.Id).First();
    }
}
