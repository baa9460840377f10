using InstrumentShare.Access;
using InstrumentShare.Billing;
using InstrumentShare.Billing.Disputes;
using InstrumentShare.Persistence;
using InstrumentShare.Usage.Verdicts;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>The whole demo region as made from a seed and the day its year ends.</summary>
internal sealed class DemoRegion
{
    public required LocalDate Anchor { get; init; }

    public required IReadOnlyList<DemoInstitution> Institutions { get; init; }

    public required DemoPeople People { get; init; }

    public required IReadOnlyList<DemoInstrument> Instruments { get; init; }

    public required IReadOnlyList<DemoInstrumentGroup> InstrumentGroups { get; init; }

    public required DemoQualifications Qualifications { get; init; }

    public required DemoRules Rules { get; init; }

    public required DemoHouseRules HouseRules { get; init; }

    public required DemoCompanions Companions { get; init; }

    public required IReadOnlyList<DemoBooking> Bookings { get; init; }

    public required DemoStandby Standby { get; init; }

    public required IReadOnlyList<DemoUse> Uses { get; init; }

    public required DemoChain Chain { get; init; }

    public required IReadOnlyList<Verdict> Verdicts { get; init; }

    public required IReadOnlyList<Charge> Charges { get; init; }

    public required DemoFunds Funds { get; init; }

    public required IReadOnlyList<ChargeDispute> Disputes { get; init; }

    public required DemoLedger Ledger { get; init; }

    public required IReadOnlyList<AuditEntry> Trail { get; init; }

    public static DemoRegion Make(int seed, LocalDate anchor)
    {
        var random = new DemoRandom(unchecked((ulong)seed));
        var founded = anchor.PlusYears(-3).AtStartOfDayInZone(DemoInstrument.Zone).ToInstant();
        var institutions = DemoInstitutions.Make(random.Fork("institutions"), founded);
        var people = DemoPeople.Make(random.Fork("people"), institutions, anchor, founded);
        var instruments = DemoInstruments.Make(random.Fork("instruments"), institutions, people, anchor, founded);
        var technician = people.Named("technician");
        foreach (var instrument in instruments.Where(i => i.Owner.Key == DemoInstitutions.Home && i.IsBooked).OrderByDescending(i => i.WeeklyPermille).Take(15))
            people.Grant(random, technician, Role.Technician, ScopeKind.Instrument, instrument.Entity.Id.Value, null, founded);
        var bookings = new DemoBookings(people, anchor).Make(random.Fork("bookings"), instruments);
        var uses = new DemoUses(people, anchor).Make(random.Fork("uses"), bookings);
        var groups = DemoInstrumentGroups.Make(random.Fork("instrument-groups"), instruments, founded);
        var qualifications = DemoQualifications.Make(random.Fork("qualifications"), people, instruments, groups, bookings, anchor, founded);
        var charges = new DemoCharges(people, anchor).Make(random.Fork("charges"), uses);
        var funds = DemoFunds.Make(random.Fork("funds"), institutions, people, anchor, founded);
        return new DemoRegion
        {
            Anchor = anchor,
            Institutions = institutions,
            People = people,
            Instruments = instruments,
            InstrumentGroups = groups,
            Rules = DemoRules.Make(random.Fork("rules"), people, instruments, anchor, founded),
            HouseRules = DemoHouseRules.Make(random.Fork("house-rules"), institutions, people, anchor, founded),
            Qualifications = qualifications,
            Companions = DemoCompanions.Make(random.Fork("companions"), people, instruments, anchor, founded),
            Bookings = bookings,
            Standby = DemoStandby.Make(random.Fork("standby"), people, instruments, qualifications, groups, bookings, anchor),
            Uses = uses,
            Chain = DemoChain.Make(uses, anchor),
            Verdicts = DemoVerdicts.Make(random.Fork("verdicts"), people, bookings, uses),
            Charges = charges,
            Funds = funds,
            Disputes = DemoDisputes.Make(random.Fork("disputes"), institutions, people, charges, anchor),
            Ledger = new DemoLedger(random.Fork("ledger"), funds, founded, anchor).Fill(charges, bookings),
            Trail = DemoTrail.Make(random.Fork("trail"), people, uses),
        };
    }
}
