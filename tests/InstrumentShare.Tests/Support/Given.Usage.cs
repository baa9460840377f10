using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Pricing;
using InstrumentShare.Usage;
using NodaTime;

namespace InstrumentShare.Tests.Support;

public sealed partial class Given
{
    /// <summary>A booking that stands, written straight to the table; by default confirmed, for an hour from now.</summary>
    public Task<Booking> BookedAsync(
        Instrument instrument, Person person, Instant? startsAt = null, int minutes = 60, BookingStatus status = BookingStatus.Confirmed, UserClass userClass = UserClass.Academic, short unit = 1)
    {
        var start = startsAt ?? Now;
        var slot = new TimeSlot(start, start + Duration.FromMinutes(minutes));
        return SaveAsync(new Booking
        {
            InstrumentId = instrument.Id, PersonId = new PersonId(person.Id), InstitutionId = person.InstitutionId, ServiceMode = ServiceMode.SelfOperated, UserClass = userClass,
            CreatedBy = new PersonId(person.Id), CreatedAt = Now,
        }.At(slot, slot, unit, status, 1));
    }

    /// <summary>A closed use without a booking, written straight to the table: no charge follows from it.</summary>
    public Task<UsageRecord> UsedAsync(Instrument instrument, Person person, Instant startsAt, int minutes = 60, int samples = 0) => SaveAsync(new UsageRecord
    {
        InstrumentId = instrument.Id, PersonId = new PersonId(person.Id), InstitutionId = person.InstitutionId, ServiceMode = ServiceMode.SelfOperated, Source = UsageSource.Manual,
        StartedAt = startsAt, EnteredBy = new PersonId(person.Id), CreatedAt = Now,
    }.Close(startsAt + Duration.FromMinutes(minutes), samples, string.Empty, Now));
}
