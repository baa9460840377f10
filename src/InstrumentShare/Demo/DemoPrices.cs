using InstrumentShare.Access;
using InstrumentShare.Pricing;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>Three price lists for each instrument; for most, new prices began in the middle of the demo's year.</summary>
internal static class DemoPrices
{
    public static void Fill(DemoRandom random, DemoInstrument instrument, DemoPerson manager, LocalDate anchor, Instant founded)
    {
        var chargeFor = random.Pick(instrument.Style.Charges);
        var startUp = instrument.Style.Approval ? 20_000L : random.Pick([0L, 0L, 0L, 5_000L]);
        var hasMinimum = random.Chance(400);
        var from = anchor.PlusYears(-3);
        LocalDate? changed = random.Chance(620) ? StartOfMonth(anchor.PlusMonths(-6)) : null;
        var percent = random.Pick([105, 110, 120, 90]);
        foreach (var (userClass, share) in new[] { (UserClass.Internal, 50), (UserClass.Academic, 100), (UserClass.Enterprise, 180) })
        {
            if (changed is { } day)
            {
                instrument.Prices.Add(Policy(from, userClass, share, "首期价格").EndingOn(day.PlusDays(-1)));
                instrument.Prices.Add(Policy(day, userClass, share * percent / 100, "调价"));
            }
            else
            {
                instrument.Prices.Add(Policy(from, userClass, share, string.Empty));
            }
        }

        PricePolicy Policy(LocalDate validFrom, UserClass userClass, int share, string note)
        {
            var bySample = chargeFor == ChargeFor.Samples;
            var hourly = instrument.Kind.HourlyYuan * share;
            return new PricePolicy
            {
                Id = new PricePolicyId(random.Id(founded)), InstrumentId = instrument.Entity.Id, UserClass = userClass, ValidFrom = validFrom, ChargeFor = chargeFor,
                RatePerHourFen = bySample ? 0 : hourly, RatePerSampleFen = bySample ? instrument.Kind.SampleYuan * share : 0,
                StartUpFeeFen = userClass == UserClass.Internal ? 0 : startUp, MinimumFeeFen = hasMinimum ? hourly / 2 : 0, Note = note, CreatedBy = manager.Id, CreatedAt = founded,
            };
        }
    }

    private static LocalDate StartOfMonth(LocalDate date) => new(date.Year, date.Month, 1);
}
