using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Pricing;
using NodaTime;

namespace InstrumentShare.Tests.Support;

public sealed partial class Given
{
    /// <summary>A booking that stands, without the rules having been asked: one hour from tomorrow 10:00 in Shanghai, confirmed.</summary>
    public Task<Booking> BookingAsync(
        Instrument instrument, Person person, Instant? startsAt = null, int minutes = 60, BookingStatus status = BookingStatus.Confirmed, short unit = 1, GroupId? groupId = null, int coolingMinutes = 0,
        params ApprovalRule[] steps)
    {
        var start = startsAt ?? FixedClock.Start + Duration.FromHours(25);
        var slot = new TimeSlot(start, start + Duration.FromMinutes(minutes));
        var booking = new Booking
        {
            InstrumentId = instrument.Id, PersonId = new PersonId(person.Id), GroupId = groupId, InstitutionId = person.InstitutionId, ServiceMode = ServiceMode.SelfOperated,
            UserClass = UserClass.Internal, CreatedBy = new PersonId(person.Id), CreatedAt = Now,
        }.At(slot, slot.Widen(Duration.Zero, Duration.FromMinutes(coolingMinutes)), unit, status, instrument.RulesVersion);
        return SaveAsync(steps.Length > 0 ? booking.Ask(steps, Now) : booking);
    }
}
