using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Bookings.Standby;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>Who waits for what in the demo: a line before some taken times, and one time that is held for the researcher until they answer.</summary>
internal sealed class DemoStandby(DemoPeople people, IReadOnlyList<DemoBooking> bookings, LocalDate anchor)
{
    private const int Lines = 5;
    private static readonly string[] Accounts = ["researcher", "researcher2", "company"];

    private readonly Instant now = anchor.AtStartOfDayInZone(DemoInstrument.Zone).ToInstant();

    public List<StandbyRequest> Requests { get; } = [];

    public List<StandbyOffer> Offers { get; } = [];

    /// <summary>What holds the offered time.</summary>
    public List<Booking> Holds { get; } = [];

    public static DemoStandby Make(DemoRandom random, DemoPeople people, IReadOnlyList<DemoInstrument> instruments, DemoQualifications qualifications, IReadOnlyList<DemoInstrumentGroup> groups, IReadOnlyList<DemoBooking> bookings, LocalDate anchor)
    {
        var made = new DemoStandby(people, bookings, anchor);
        var trained = qualifications.Qualifications.Select(q => q.InstrumentId).OfType<InstrumentId>().Concat(groups.SelectMany(g => g.Instruments.Select(i => i.Entity.Id))).ToHashSet();
        var open = instruments.Where(i => i.Owner.Key == DemoInstitutions.Home && i.IsBooked && i.Entity is { IsVisible: true, Capacity: 1, Sharing: Sharing.External } && !i.Style.Approval && !trained.Contains(i.Entity.Id))
            .OrderByDescending(i => i.WeeklyPermille).ThenBy(i => i.Entity.InnerId, StringComparer.Ordinal).ToList();
        made.AddLines(random.Fork("lines"), [.. open.Select(i => i.Entity.Id)]);
        made.AddOffer(random.Fork("offer"), open);
        return made;
    }

    private void AddLines(DemoRandom random, HashSet<InstrumentId> open)
    {
        var accounts = Accounts.Select(people.Named).ToList();
        var taken = bookings.Where(b => b.Status == BookingStatus.Confirmed && open.Contains(b.Instrument.Entity.Id) && b.Slot.StartsAt > now + Duration.FromDays(2) && !accounts.Contains(b.Person))
            .OrderBy(b => b.Slot.StartsAt).ThenBy(b => b.Id).DistinctBy(b => b.Instrument.Entity.Id).Take(Lines);
        foreach (var booking in taken)
        {
            foreach (var (person, number) in random.Shuffled(accounts).Take(random.Between(1, accounts.Count)).Select((p, n) => (p, n)))
                Requests.Add(Wait(random, booking.Instrument, person, booking.Slot, now - Duration.FromHours(20 - (4 * number))));
        }
    }

    private void AddOffer(DemoRandom random, IReadOnlyList<DemoInstrument> instruments)
    {
        var researcher = people.Named("researcher");
        // A day off on both sides, so that no limit of theirs stands in the way.
        var own = bookings.Where(b => b.Person == researcher).Select(b => b.Slot.Widen(Duration.FromDays(1), Duration.FromDays(1))).ToList();
        foreach (var instrument in instruments)
        {
            var held = bookings.Where(b => b.Instrument == instrument && b.Status is BookingStatus.Confirmed or BookingStatus.Requested).Select(b => b.Held).Concat(own).ToList();
            var spans = OpeningCalendar.Without(instrument.BookableSpans(anchor.PlusDays(4), anchor.PlusDays(20)), held);
            if (instrument.RuleSets.FirstOrDefault(r => r.HoldsOn(anchor.PlusDays(4))) is not { } set || BookingTerms.Of([set]) is not { BlockSlots.Count: 0 } terms) continue;
            var length = Duration.FromMinutes(Math.Max(60, terms.MinMinutes));
            var (before, after) = (Duration.FromMinutes(terms.SetupMinutes), Duration.FromMinutes(terms.CoolingMinutes));
            foreach (var start in spans.Select(s => Hour(s.StartsAt + before)).Where(s => spans.Any(span => span.Contains(new TimeSlot(s, s + length).Widen(before, after)))))
            {
                Hold(random, instrument, researcher, new TimeSlot(start, start + length), before, after);
                return;
            }
        }
    }

    private void Hold(DemoRandom random, DemoInstrument instrument, DemoPerson person, TimeSlot slot, Duration before, Duration after)
    {
        var request = Wait(random, instrument, person, slot, now - Duration.FromDays(1));
        var offer = new StandbyOffer
        {
            Id = new StandbyOfferId(random.Id(now)), RequestId = request.Id, InstrumentId = instrument.Entity.Id, BookingId = new BookingId(random.Id(now)), StartsAt = slot.StartsAt, EndsAt = slot.EndsAt,
            OfferedAt = now, AnswerBy = now + Duration.FromDays(2),
        };
        request.Offered();
        Requests.Add(request);
        Offers.Add(offer);
        Holds.Add(new Booking
        {
            Id = offer.BookingId, InstrumentId = instrument.Entity.Id, PersonId = person.Id, GroupId = person.Group?.Id, InstitutionId = person.Institution?.Entity.Id, ServiceMode = request.ServiceMode, Purpose = request.Purpose,
            UserClass = UserClassRules.Of(instrument.Owner.Entity.Id, person.Institution?.Entity.Id, person.Institution?.Entity.Kind), CreatedBy = person.Id, CreatedAt = now,
        }.At(slot, slot.Widen(before, after), 1, BookingStatus.Requested, 1).Offer(offer.AnswerBy));
    }

    private static StandbyRequest Wait(DemoRandom random, DemoInstrument instrument, DemoPerson person, TimeSlot slot, Instant since) => new()
    {
        Id = new StandbyId(random.Id(since)), InstrumentId = instrument.Entity.Id, PersonId = person.Id, GroupId = person.Group?.Id, ServiceMode = ServiceMode.SelfOperated, Purpose = "样品急测（演示）",
        StartsAt = slot.StartsAt, EndsAt = slot.EndsAt, Minutes = (int)slot.Length.TotalMinutes, CreatedAt = since, LookedAt = since,
    };

    private static Instant Hour(Instant instant) => Instant.FromUnixTimeSeconds((instant.ToUnixTimeSeconds() + 3599) / 3600 * 3600);
}
