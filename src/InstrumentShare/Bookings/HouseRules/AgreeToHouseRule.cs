using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.HouseRules;

/// <summary>Keeps that the caller has read a version and agrees to it; the first time counts, again changes nothing.</summary>
public sealed class AgreeToHouseRule(AppDb db, Caller caller, IClock clock)
{
    public async Task<Outcome<Instant>> RunAsync(HouseRuleId id, int number, CancellationToken cancel)
    {
        if (caller.PersonId is not { } person) return Problem.Forbidden("access.sign-in-needed");
        if (!await db.Set<HouseRuleVersion>().AnyAsync(v => v.HouseRuleId == id && v.Number == number, cancel)) return Problem.NotFound();
        var now = clock.GetCurrentInstant().ToDateTimeUtc();
        await db.Database.ExecuteSqlAsync($"INSERT INTO house_rule_readings (house_rule_id, number, person_id, read_at) VALUES ({id.Value}, {number}, {person.Value}, {now}) ON CONFLICT DO NOTHING", cancel);
        return await db.Set<HouseRuleReading>().Where(r => r.HouseRuleId == id && r.Number == number && r.PersonId == person).Select(r => r.ReadAt).SingleAsync(cancel);
    }
}
