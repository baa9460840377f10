using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Tests.Catalog;

public sealed class InstrumentRulesQueryTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly FixedClock clock = new();

    private Given Given => new(database, clock);

    private InstrumentRulesQuery NewQuery() => new(database.DataSource, new MemoryCache(new MemoryCacheOptions()), clock);

    [Fact]
    public async Task All_that_a_booking_decision_needs_is_read()
    {
        var instrument = await Given.InstrumentAsync(capacity: 10, rules: r => r with { PersonDayMinutes = 240, ApprovalRequired = true });
        await Given.ClosureAsync(instrument, clock.Now + Duration.FromHours(1), clock.Now + Duration.FromHours(2));
        var rules = (await NewQuery().OfAsync(instrument.Id))!;
        rules.Capacity.ShouldBe(10);
        rules.InstitutionId.ShouldBe(instrument.InstitutionId);
        rules.InstitutionRegion.ShouldBe(new Region("CN-3401"));
        rules.OpeningHours.Count.ShouldBe(7);
        rules.Closures.Single().Title.ShouldBe("停电检修");
        rules.RulesOn(new LocalDate(2026, 3, 2))!.PersonDayMinutes.ShouldBe(240);
        rules.RulesOn(new LocalDate(2024, 12, 31)).ShouldBeNull();
        rules.RulesVersion.ShouldBe(1);
    }

    [Fact]
    public async Task Closures_that_are_over_or_withdrawn_are_left_out()
    {
        var instrument = await Given.InstrumentAsync();
        await Given.ClosureAsync(instrument, clock.Now - Duration.FromHours(2), clock.Now);
        var withdrawn = await Given.ClosureAsync(instrument, clock.Now, clock.Now + Duration.FromHours(2));
        await database.ExecuteAsync("UPDATE closures SET cancelled_at = now() WHERE id = @id", ("id", withdrawn.Id.Value));
        (await NewQuery().OfAsync(instrument.Id))!.Closures.ShouldBeEmpty();
    }

    [Fact]
    public async Task Kept_rules_are_read_again_when_a_later_version_is_known()
    {
        var instrument = await Given.InstrumentAsync();
        var query = NewQuery();
        await query.OfAsync(instrument.Id);
        await database.ExecuteAsync("UPDATE instruments SET rules_version = 2, capacity = 5 WHERE id = @id", ("id", instrument.Id.Value));
        (await query.OfAsync(instrument.Id))!.Capacity.ShouldBe(1);
        (await query.OfAsync(instrument.Id, minVersion: 2))!.Capacity.ShouldBe(5);
    }

    [Fact]
    public async Task Forgotten_rules_are_read_again()
    {
        var instrument = await Given.InstrumentAsync();
        var query = NewQuery();
        await query.OfAsync(instrument.Id);
        await database.ExecuteAsync("UPDATE instruments SET capacity = 5 WHERE id = @id", ("id", instrument.Id.Value));
        query.Forget(instrument.Id);
        (await query.OfAsync(instrument.Id))!.Capacity.ShouldBe(5);
    }

    [Fact]
    public async Task An_unknown_instrument_has_no_rules() => (await NewQuery().OfAsync(InstrumentId.From(Guid.CreateVersion7()))).ShouldBeNull();

    [Theory]
    [InlineData(540, 600, "opening-hours.overlap")]
    [InlineData(1199, 1201, "opening-hours.overlap")]
    [InlineData(1200, 1260, null)]
    public async Task Overlapping_opening_hours_are_refused_by_the_database(int opens, int closes, string? code)
    {
        var instrument = await Given.InstrumentAsync();
        await using var db = database.NewDb();
        db.Add(OpeningHours.Of(instrument.Id, IsoDayOfWeek.Monday, opens, closes, new LocalDate(2026, 1, 1)));
        (await CodeOfAsync(db)).ShouldBe(code);
    }

    [Fact]
    public async Task Overlapping_rule_sets_are_refused_by_the_database()
    {
        var instrument = await Given.InstrumentAsync();
        await using var db = database.NewDb();
        db.Add(new BookingRuleSet { InstrumentId = instrument.Id, ValidFrom = new LocalDate(2026, 5, 1), CreatedAt = clock.Now });
        (await CodeOfAsync(db)).ShouldBe("booking-rules.overlap");
    }

    private static async Task<string?> CodeOfAsync(DbContext db)
    {
        try
        {
            await db.SaveChangesAsync();
            return null;
        }
        catch (DbUpdateException failure)
        {
            return (failure.InnerException as PostgresException)?.ConstraintName;
        }
    }
}
