using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Tests.Bookings;

/// <summary>An instrument's rules made in memory: open 8:00–20:00 every day, 15 minutes to 8 hours, 30 days ahead.</summary>
internal static class RulesOf
{
    public static readonly InstrumentId Id = new(Guid.Parse("01980000-0000-7000-8000-000000000001"));
    public static readonly InstitutionId Owner = new(Guid.Parse("01980000-0000-7000-8000-000000000002"));

    /// <summary>Monday 2 March 2026, 09:00 in Shanghai.</summary>
    public static readonly Instant Now = Instant.FromUtc(2026, 3, 2, 1, 0);

    public static readonly Booker Insider = new(Owner);

    /// <summary>The person's time on this instrument.</summary>
    public static Neighbours Own(params IEnumerable<TimeSlot> slots) => Neighbours.None with { Own = slots.Select(s => new OwnTime(s, Id)).ToList() };

    public static InstrumentRules Instrument(
        Func<BookingRuleSet, BookingRuleSet>? rules = null, string zone = "Asia/Shanghai", int opensHour = 8, int closesHour = 20, int capacity = 1, Sharing sharing = Sharing.External,
        bool takesBookings = true, InstrumentStatus status = InstrumentStatus.Normal, IEnumerable<TimeSlot>? closures = null, bool withRules = true)
    {
        var set = new BookingRuleSet { InstrumentId = Id, ValidFrom = new LocalDate(2020, 1, 1), CreatedAt = Now };
        return new InstrumentRules
        {
            Id = Id, InstitutionId = Owner, InstitutionRegion = new Region("CN-3401"), InstitutionZone = DateTimeZoneProviders.Tzdb["Asia/Shanghai"], Name = "透射电镜", NameEn = "TEM",
            Zone = DateTimeZoneProviders.Tzdb[zone], Capacity = capacity, IsVisible = true, TakesBookings = takesBookings, Sharing = sharing, Status = status, RulesVersion = 1,
            OpeningHours = Enum.GetValues<IsoDayOfWeek>().Where(d => d != IsoDayOfWeek.None).Select(d => OpeningHours.Of(Id, d, opensHour * 60, closesHour * 60, new LocalDate(2020, 1, 1))).ToList(),
            Closures = (closures ?? []).Select(c => new ClosedSpan(ClosureId.From(Guid.CreateVersion7()), ClosureKind.Closure, c, "停电检修")).ToList(),
            RuleSets = withRules ? [rules is null ? set : rules(set)] : [],
        };
    }
}
