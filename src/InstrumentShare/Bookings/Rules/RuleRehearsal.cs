using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings.Rules;

/// <summary>
/// Tries draft rules on the bookings of a period that is over, each as of the moment it was made, and tells which the present rules
/// let pass and the draft would not. Nothing is written.
/// </summary>
public sealed class RuleRehearsal(ChangeBookingRuleSet change, InstrumentRulesQuery rules, NpgsqlDataSource database, IClock clock)
{
    /// <summary>A quarter of a year.</summary>
    public const int Days = 91;

    public const int MostBookings = 100_000;

    /// <summary>A booking that the draft would have refused, with what the draft says against it.</summary>
    public sealed record Refused(Guid BookingId, InstrumentId InstrumentId, string Instrument, string InstrumentEn, Guid PersonId, string Person, TimeSlot Slot, string Zone, IReadOnlyList<Problem> Problems);

    /// <param name="Judged">The bookings of the period.</param>
    /// <param name="RefusedNow">Those that the present rules too would refuse today: staff let them pass, or the rules have changed since.</param>
    public sealed record Result(LocalDate From, LocalDate To, int Judged, int RefusedNow, IReadOnlyList<Refused> Refused)
    {
        /// <summary>How many of each person's bookings, the most first.</summary>
        public IEnumerable<(string Person, int Count)> People => Refused.GroupBy(r => r.PersonId).Select(g => (g.First().Person, g.Count())).OrderByDescending(p => p.Item2);

        public IEnumerable<(string Code, int Count)> Codes => Refused.SelectMany(r => r.Problems.Select(p => p.Code).Distinct()).GroupBy(c => c).Select(g => (g.Key, g.Count())).OrderByDescending(c => c.Item2);
    }

    private sealed record Past(Guid Id, InstrumentId InstrumentId, Guid PersonId, string Person, GroupId? GroupId, InstitutionId? InstitutionId, UserClass UserClass, TimeSlot Slot, Instant CreatedAt, bool IsMeant);

    public async Task<Outcome<Result>> RunAsync(RuleTarget target, BookingRulesInput input, CancellationToken cancel)
    {
        var drafted = await change.DraftAsync(target, input, cancel);
        if (!drafted.IsOk) return Outcome<Result>.Refuse(drafted.Problems);
        var today = clock.GetCurrentInstant().InZone(drafted.Value.Zone).Date;
        var (first, last) = (today.PlusDays(-Days), today.PlusDays(-1));
        var period = new TimeSlot(drafted.Value.Zone.AtStartOfDay(first).ToInstant(), drafted.Value.Zone.AtStartOfDay(today).ToInstant());
        var past = await PastAsync(target, period.Widen(LimitWindows.RollingMonth * 2, LimitWindows.RollingMonth * 2), cancel);
        if (past.Count > MostBookings) return Problem.Refused("booking-rules.rehearsal-too-large", null, ("count", past.Count), ("max", MostBookings));

        var instruments = await rules.ManyAsync(past.Where(p => p.IsMeant).Select(p => p.InstrumentId), cancel);
        var draft = drafted.Value.Set with { ValidFrom = first.PlusDays(-400) };
        draft.EndingOn(null);
        var byPerson = past.ToLookup(p => p.PersonId);
        var byInstrument = past.ToLookup(p => p.InstrumentId);
        var (judged, refusedNow, refused) = (0, 0, new List<Refused>());
        foreach (var booking in past.Where(p => period.Contains(p.Slot.StartsAt) && IsMeant(target, p)))
        {
            var present = instruments[booking.InstrumentId];
            judged++;
            var now = Judge(present, booking, byPerson, byInstrument);
            if (now.Count > 0) refusedNow++;
            var then = Judge(present with { RuleSets = [.. present.RuleSets.Where(s => RuleTarget.Of(s) != target), draft] }, booking, byPerson, byInstrument);
            var added = then.Where(p => now.All(n => n.Code != p.Code)).ToList();
            if (added.Count > 0) refused.Add(new Refused(booking.Id, present.Id, present.Name, present.NameEn, booking.PersonId, booking.Person, booking.Slot, present.Zone.Id, added.In(present)));
        }

        return new Result(first, last, judged, refusedNow, refused);
    }

    private static bool IsMeant(RuleTarget target, Past p) => p.IsMeant
        && (target.UserClass is null || target.UserClass == p.UserClass) && (target.UserInstitutionId is null || target.UserInstitutionId == p.InstitutionId) && (target.UserGroupId is null || target.UserGroupId == p.GroupId);

    // As it stood when the booking was made: what was booked later does not count against it.
    private static List<Problem> Judge(InstrumentRules instrument, Past booking, ILookup<Guid, Past> byPerson, ILookup<InstrumentId, Past> byInstrument)
    {
        var booker = new Booker(booking.InstitutionId, UserClass: booking.UserClass, Groups: booking.GroupId is { } group ? [group] : []);
        var needs = NeighbourNeeds.Of(instrument, booker, booking.Slot, booking.CreatedAt);
        var own = needs.Own ? Before(byPerson[booking.PersonId]).Select(p => new OwnTime(p.Slot, p.InstrumentId)).ToList() : [];
        var here = needs.OnInstrument ? Before(byInstrument[booking.InstrumentId]).ToList() : [];
        var around = new Neighbours(own, Slots(p => p.GroupId is not null && p.GroupId == booking.GroupId), Slots(p => p.InstitutionId is not null && p.InstitutionId == booking.InstitutionId), Slots(p => p.InstitutionId == instrument.InstitutionId));
        return BookingRules.Judge(instrument, WantedTime.Of(booking.Slot), booker, around, booking.CreatedAt);

        IEnumerable<Past> Before(IEnumerable<Past> all) => all.Where(p => p.CreatedAt < booking.CreatedAt && p.Slot.Overlaps(needs.Reach));
        List<TimeSlot> Slots(Func<Past, bool> which) => here.Where(which).Select(p => p.Slot).ToList();
    }

    private async Task<List<Past>> PastAsync(RuleTarget target, TimeSlot range, CancellationToken cancel)
    {
        // The instruments that the draft is for, and whatever else their users had booked then: a person's limits count everywhere.
        await using var command = database.CreateCommand("""
            WITH meant AS (
                SELECT i.id FROM instruments i JOIN institutions n ON n.id = i.institution_id
                WHERE i.id = $1 OR i.institution_id = $2 OR starts_with(n.region, $3) OR i.id IN (SELECT instrument_id FROM instrument_group_members WHERE group_id = $4)
            ), here AS (
                SELECT b.* FROM bookings b WHERE b.instrument_id IN (SELECT id FROM meant) AND b.starts_at >= $5 AND b.starts_at < $6 AND b.status IN ('requested', 'confirmed', 'inUse', 'completed')
            )
            SELECT b.id, b.instrument_id, b.person_id, p.name, b.group_id, b.institution_id, b.user_class, b.starts_at, b.ends_at, b.created_at, b.instrument_id IN (SELECT id FROM meant)
            FROM (SELECT * FROM here UNION SELECT b.* FROM bookings b WHERE b.person_id IN (SELECT person_id FROM here) AND b.starts_at >= $5 AND b.starts_at < $6 AND b.status IN ('requested', 'confirmed', 'inUse', 'completed')) b
            JOIN people p ON p.id = b.person_id ORDER BY b.created_at, b.id LIMIT $7
            """);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = target.InstrumentId.GetValueOrDefault().Value });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = target.InstitutionId.GetValueOrDefault().Value });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = target.Region?.Code ?? "-" });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = target.InstrumentGroupId.GetValueOrDefault().Value });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = range.StartsAt.ToDateTimeUtc() });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = range.EndsAt.ToDateTimeUtc() });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MostBookings + 1 });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var past = new List<Past>();
        while (await reader.ReadAsync(cancel))
            past.Add(new Past(
                reader.GetGuid(0), new InstrumentId(reader.GetGuid(1)), reader.GetGuid(2), reader.GetString(3), reader.IsDBNull(4) ? null : new GroupId(reader.GetGuid(4)),
                reader.IsDBNull(5) ? null : new InstitutionId(reader.GetGuid(5)), Word.Parse<UserClass>(reader.GetString(6)),
                new TimeSlot(Instant.FromDateTimeUtc(reader.GetFieldValue<DateTime>(7)), Instant.FromDateTimeUtc(reader.GetFieldValue<DateTime>(8))), Instant.FromDateTimeUtc(reader.GetFieldValue<DateTime>(9)), reader.GetBoolean(10)));
        return past;
    }
}
