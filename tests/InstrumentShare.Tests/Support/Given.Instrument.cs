using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Tests.Support;

public sealed partial class Given
{
    private static readonly LocalDate LongAgo = new(2025, 1, 1);

    /// <summary>An instrument that can be booked: open 8:00–20:00 every day in Shanghai, 15 minutes to 8 hours, 30 days ahead, no approval.</summary>
    public async Task<Instrument> InstrumentAsync(
        Institution? institution = null, string? name = null, string? nameEn = null, string model = "JEM-2100", string classification = "010101", string? innerId = null,
        int capacity = 1, string timeZone = "Asia/Shanghai", long originalValueYuan = 1_000_000, Sharing sharing = Sharing.External, bool isVisible = true, bool takesBookings = true,
        int opensHour = 8, int closesHour = 20, Func<BookingRuleSet, BookingRuleSet>? rules = null, bool withHours = true, bool withRules = true)
    {
        institution ??= await InstitutionAsync();
        var number = Next();
        var instrument = new Instrument
        {
            InstitutionId = institution.Id, InnerId = innerId ?? $"EQ{number}", Name = name ?? $"透射电镜{number}", NameEn = nameEn ?? $"Transmission electron microscope {number}",
            Model = model, Manufacturer = "JEOL", Classification = classification, Region = institution.Region, OriginalValue = new Money(originalValueYuan * 100),
            Capacity = (short)capacity, TimeZone = timeZone, Sharing = sharing, IsVisible = isVisible, TakesBookings = takesBookings, CreatedAt = Now, UpdatedAt = Now,
        };
        await SaveAsync(instrument);
        if (withHours)
            foreach (var day in Enum.GetValues<IsoDayOfWeek>().Where(d => d != IsoDayOfWeek.None))
                await SaveAsync(OpeningHours.Of(instrument.Id, day, opensHour * 60, closesHour * 60, LongAgo));
        var set = new BookingRuleSet { InstrumentId = instrument.Id, ValidFrom = LongAgo, CreatedAt = Now };
        if (withRules) await SaveAsync(rules is null ? set : rules(set));
        return instrument;
    }

    public Task<Closure> ClosureAsync(Instrument instrument, Instant startsAt, Instant endsAt, ClosureKind kind = ClosureKind.Closure, string title = "停电检修") => SaveAsync(new Closure
    {
        InstrumentId = instrument.Id, StartsAt = startsAt, EndsAt = endsAt, Kind = kind, Title = title, CreatedAt = Now,
    });
}
