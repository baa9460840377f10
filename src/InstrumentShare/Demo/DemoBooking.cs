using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Bookings.Approvals;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Pricing;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>One booking of the demo, or a use without a booking (<paramref name="IsWalkIn"/>).</summary>
internal sealed record DemoBooking(
    Guid Id, DemoInstrument Instrument, short Unit, DemoPerson Person, UserClass UserClass, TimeSlot Slot, TimeSlot Held, BookingStatus Status,
    ServiceMode ServiceMode, string Purpose, Instant CreatedAt, bool IsWalkIn)
{
    /// <summary>How late it was given back, in minutes after the notice; null where it was in time.</summary>
    public int? MinutesLate { get; init; }

    public PricePolicy Policy => Instrument.Prices.First(p => p.UserClass == UserClass && p.HoldsOn(Slot.StartsAt.InZone(DemoInstrument.Zone).Date));

    private Instant NoticeEndsAt => Slot.StartsAt - Duration.FromMinutes(Instrument.RuleSets.First(r => r.HoldsOn(Slot.StartsAt.InZone(DemoInstrument.Zone).Date)).CancelLeadMinutes ?? 0);

    /// <summary>The record, led by its own methods to the state that it is in.</summary>
    public Booking ToRecord()
    {
        var needsApproval = Instrument.Style.Approval;
        var estimate = ChargeCalculator.Compute(Policy, ChargeBasis.Estimate(Slot)).Value!.Amount;
        var booking = new Booking
        {
            Id = new BookingId(Id), InstrumentId = Instrument.Entity.Id, PersonId = Person.Id, GroupId = Person.Group?.Id, FundId = Person.FundId, InstitutionId = Person.Institution?.Entity.Id, ServiceMode = ServiceMode,
            Purpose = Purpose, UserClass = UserClass, CreatedBy = Person.Id, CreatedAt = CreatedAt,
        }.At(Slot, Held, Unit, needsApproval ? BookingStatus.Requested : BookingStatus.Confirmed, 1).Priced(Policy.Id, estimate);

        var later = CreatedAt + Duration.FromSeconds((long)(Slot.StartsAt - CreatedAt).TotalSeconds / 3);
        var manager = new ApprovalActor(Instrument.Manager.Id, Instrument.Manager.Entity.Name);
        if (Status is BookingStatus.Rejected) booking.Decide(ApprovalState.Rejected, manager, "样品信息不全，请补充后重新预约", later);
        else if (needsApproval && Status is BookingStatus.Confirmed or BookingStatus.Completed) booking.Decide(ApprovalState.Approved, manager, null, later);
        if (Status is BookingStatus.Cancelled && MinutesLate is { } late) booking.Cancel("样品未备好", NoticeEndsAt + Duration.FromMinutes(late), Person.Id, late);
        else if (Status is BookingStatus.Cancelled) booking.Cancel("实验计划调整", later, Person.Id);
        if (Status is BookingStatus.Expired) booking.Expire();
        if (Status is BookingStatus.Completed) booking.Complete();
        return booking.Status == Status ? booking : throw new InvalidOperationException($"A demo booking came to be {booking.Status}, not {Status}.");
    }
}
