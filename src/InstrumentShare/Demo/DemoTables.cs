using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Pricing;
using NodaTime;
using NpgsqlTypes;

namespace InstrumentShare.Demo;

/// <summary>The demo region as rows, in an order that satisfies every reference.</summary>
internal static class DemoTables
{
    public static IReadOnlyList<CopyTable> Of(AppDb db, DemoRegion region) =>
    [
        CopyTable.Of(db, region.Institutions.Select(i => i.Entity)),
        CopyTable.Of(db, region.People.All.Select(p => p.Entity)),
        CopyTable.Of(db, region.People.Groups),
        CopyTable.Of(db, region.People.Memberships),
        CopyTable.Of(db, region.People.Grants),
        CopyTable.Of(db, region.Instruments.Select(i => i.Entity)),
        CopyTable.Of<OpeningHours>(db, region.Instruments.SelectMany(i => i.Hours)),
        CopyTable.Of<Closure>(db, region.Instruments.SelectMany(i => i.Closures)),
        CopyTable.Of<BookingRuleSet>(db, region.Instruments.SelectMany(i => i.RuleSets)),
        CopyTable.Of<PricePolicy>(db, region.Instruments.SelectMany(i => i.Prices)),
        Bookings(region),
    ];

    private static CopyTable Bookings(DemoRegion region) => new("bookings",
        [
            ("instrument_id", "uuid"), ("id", "uuid"), ("unit", "smallint"), ("person_id", "uuid"), ("group_id", "uuid"), ("institution_id", "uuid"), ("service_mode", "text"), ("purpose", "text"),
            ("status", "text"), ("starts_at", "timestamptz"), ("ends_at", "timestamptz"), ("held", "tstzrange"), ("user_class", "text"), ("price_policy_id", "uuid"), ("estimate_fen", "bigint"),
            ("estimate_currency", "text"), ("rules_version", "bigint"), ("decided_by", "uuid"), ("decided_at", "timestamptz"), ("decision_reason", "text"), ("cancelled_at", "timestamptz"),
            ("cancel_reason", "text"), ("created_by", "uuid"), ("created_at", "timestamptz"),
        ],
        [.. region.Bookings.Where(b => !b.IsWalkIn).Select(Row)]);

    private static object?[] Row(DemoBooking b)
    {
        var policy = b.Policy;
        var estimate = ChargeCalculator.Compute(policy, ChargeBasis.Estimate(b.Slot)).Value!.Amount;
        PersonId? decider = b.Instrument.Style.Approval && b.Status is "confirmed" or "completed" or "rejected" ? b.Instrument.RuleSets[0].CreatedBy : null;
        var later = b.CreatedAt + ((b.Slot.StartsAt - b.CreatedAt) / 3);
        var isCancelled = b.Status == "cancelled";
        return
        [
            b.Instrument.Entity.Id.Value, b.Id, b.Unit, b.Person.Entity.Id, b.Person.Group?.Id.Value, b.Person.Institution?.Entity.Id.Value, b.ServiceMode, b.Purpose,
            b.Status, b.Slot.StartsAt.ToDateTimeUtc(), b.Slot.EndsAt.ToDateTimeUtc(), new NpgsqlRange<DateTime>(b.Held.StartsAt.ToDateTimeUtc(), true, b.Held.EndsAt.ToDateTimeUtc(), false),
            Word.Of(b.UserClass), policy.Id.Value, estimate.Fen,
            estimate.Currency, 1L, decider?.Value, decider is not null ? later.ToDateTimeUtc() : null, b.Status == "rejected" ? "样品信息不全，请补充后重新预约" : null,
            isCancelled ? later.ToDateTimeUtc() : null, isCancelled ? "实验计划调整" : null, b.Person.Entity.Id, b.CreatedAt.ToDateTimeUtc(),
        ];
    }
}
