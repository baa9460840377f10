using InstrumentShare.Bookings;
using InstrumentShare.Usage.Verdicts;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>What became of the year's bookings, by the program's own rules; now and then a manager has excused.</summary>
internal static class DemoVerdicts
{
    private static readonly string[] Reasons = ["前一位使用者未及时清场", "仪器自检未通过，推迟开机", "已提前与管理员电话说明"];

    public static List<Verdict> Make(DemoRandom random, DemoPeople people, IReadOnlyList<DemoBooking> bookings, IReadOnlyList<DemoUse> uses)
    {
        var current = uses.Where(u => u.Record.IsCurrent).ToLookup(u => u.Booking.Instrument);
        var verdicts = new List<Verdict>();
        foreach (var booking in bookings.Where(b => b.Status == BookingStatus.Completed && !b.IsWalkIn))
        {
            var verdict = Verdict.Of(booking.ToRecord(), VerdictRules.Judge(booking.Slot, Around(booking, current[booking.Instrument]), VerdictTerms.Default), null, At(booking, 1), new VerdictId(random.Id(At(booking, 1))));
            verdicts.Add(verdict);
            if (verdict.Verdicts.All(v => v == BookingVerdict.AsBooked) || !random.Chance(60)) continue;
            if (people.ManagerOf(booking.Instrument.Owner).Id is var manager && manager == booking.Person.Id) continue;
            var excused = verdict.Excused(random.Pick(Reasons), manager, At(booking, 20), new VerdictId(random.Id(At(booking, 20))));
            verdict.SupersedeBy(excused);
            verdicts.Add(excused);
        }

        return verdicts;
    }

    private static Instant At(DemoBooking booking, int hours) => booking.Slot.EndsAt + Duration.FromHours(hours);

    private static List<UseSpan> Around(DemoBooking booking, IEnumerable<DemoUse> uses) =>
    [
        .. uses.Where(u => u.Record.BookingId?.Value == booking.Id || ((u.Record.Unit == booking.Unit || u.Record.PersonId == booking.Person.Id) && u.Record.StartedAt < booking.Slot.EndsAt && u.Record.EndedAt > booking.Slot.StartsAt))
            .Select(u => new UseSpan(u.Record.Id.Value, u.Record.StartedAt, u.Record.EndedAt, u.Record.BookingId?.Value == booking.Id, u.Record.PersonId == booking.Person.Id)),
    ];
}
