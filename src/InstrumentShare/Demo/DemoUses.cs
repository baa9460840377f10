using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Usage;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>One use of the demo with the booking it followed.</summary>
internal sealed record DemoUse(UsageRecord Record, DemoBooking Booking, DemoUse? Corrects)
{
    /// <summary>The slot to charge by; null when nothing was booked.</summary>
    public TimeSlot? Booked => Booking.IsWalkIn ? null : Booking.Slot;
}

/// <summary>
/// What became of the year's bookings: mostly as booked, some late, some too long, some ended early, some never begun, some
/// forgotten and corrected.
/// </summary>
internal sealed class DemoUses(DemoPeople people, LocalDate anchor)
{
    private static readonly string[] Feedback = ["", "", "", "仪器状态正常", "数据良好", "探头需要清洁", "All fine", "下次建议延长时间"];

    private readonly Instant now = anchor.AtStartOfDayInZone(DemoInstrument.Zone).ToInstant();

    public List<DemoUse> Make(DemoRandom random, IReadOnlyList<DemoBooking> bookings)
    {
        var uses = new List<DemoUse>();
        foreach (var unit in bookings.Where(b => b.Status == BookingStatus.Completed).GroupBy(b => (b.Instrument, b.Unit)))
        {
            var (draw, list) = (random.Fork($"{unit.Key.Instrument.Entity.Id}/{unit.Key.Unit}"), unit.OrderBy(b => b.Slot.StartsAt).ToList());
            var free = Instant.MinValue;
            for (var i = 0; i < list.Count; i++)
            {
                if (draw.Chance(25) && !list[i].IsWalkIn) continue;
                var next = i + 1 < list.Count ? list[i + 1].Slot.StartsAt : now;
                var slot = SlotOf(draw, list[i].Slot, free, Instant.Min(next, now));
                free = slot.EndsAt;
                uses.AddRange(Records(draw, list[i], slot));
            }
        }

        return uses;
    }

    // Whole seconds, after the use before and not past the next booking's start.
    private static TimeSlot SlotOf(DemoRandom random, TimeSlot booked, Instant free, Instant next)
    {
        var seconds = (int)Math.Min(booked.Length.TotalSeconds, 36_000);
        var (late, change) = random.Weighted(700, 90, 80, 130) switch
        {
            0 => (random.Between(0, 300), -random.Between(0, 420)),
            1 => (random.Between(900, Math.Max(901, seconds / 3)), 0),
            2 => (random.Between(0, 240), random.Between(600, 3000)),
            _ => (random.Between(0, 240), -random.Between(seconds / 4, seconds / 2)),
        };
        var start = Instant.Max(booked.StartsAt + Duration.FromSeconds(Math.Min(late, seconds / 3)), free);
        var end = Instant.Min(booked.EndsAt + Duration.FromSeconds(change), next);
        return new TimeSlot(start, Instant.Max(end, start + Duration.FromSeconds(60)));
    }

    private IEnumerable<DemoUse> Records(DemoRandom random, DemoBooking booking, TimeSlot slot)
    {
        var manager = people.ManagerOf(booking.Instrument.Owner).Id;
        var samples = booking.Instrument.Style.Key == "samples" ? random.Between(1, 16) : random.Chance(600) ? random.Between(1, 5) : 0;
        var feedback = random.Pick(Feedback);
        var forgotten = !booking.IsWalkIn && random.Chance(14);
        var (source, reason) = booking.IsWalkIn
            ? random.Chance(800) ? (UsageSource.Manual, "临时送样，未预约") : (UsageSource.Import, "由电源记录仪导入")
            : (UsageSource.CheckIn, null);
        var by = booking.IsWalkIn ? manager : booking.Person.Id;
        var entered = booking.IsWalkIn ? slot.EndsAt + Duration.FromHours(2) : slot.StartsAt;
        if (!forgotten)
        {
            yield return new DemoUse(Record(random.Id(slot.StartsAt), entered, by, source, reason, null).Close(slot.EndsAt, samples, feedback, Instant.Max(entered, slot.EndsAt)), booking, null);
            yield break;
        }

        var closed = slot.EndsAt + Duration.FromSeconds(random.Between(3_600, 36_000));
        var first = new DemoUse(Record(random.Id(slot.StartsAt), entered, by, source, null, null).Close(closed, samples, feedback, closed), booking, null);
        first.Record.Supersede();
        var later = closed + Duration.FromHours(random.Between(2, 60));
        var second = Record(random.Id(later), later, manager, source, "忘记签退，按通电记录更正", first.Record.Id).Close(slot.EndsAt, samples, feedback, later);
        yield return first;
        yield return new DemoUse(second, booking, first);

        UsageRecord Record(Guid id, Instant at, PersonId enteredBy, UsageSource from, string? why, UsageId? corrects) => new()
        {
            Id = new UsageId(id), InstrumentId = booking.Instrument.Entity.Id, Unit = booking.Unit, BookingId = booking.IsWalkIn ? null : new BookingId(booking.Id), PersonId = booking.Person.Id,
            GroupId = booking.Person.Group?.Id, InstitutionId = booking.Person.Institution?.Entity.Id, ServiceMode = booking.ServiceMode, Purpose = booking.Purpose, Source = from,
            StartedAt = slot.StartsAt, Reason = why, CorrectsId = corrects, EnteredBy = enteredBy, CreatedAt = at,
        };
    }
}
