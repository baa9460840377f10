using InstrumentShare.Access;
using InstrumentShare.Bookings.Approvals;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Pricing;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings;

/// <param name="Against">Empty when it is possible.</param>
public sealed record Extension(int Minutes, Instant EndsAt, IReadOnlyList<Problem> Against);

/// <param name="Latest">Until when it could go on; null when not at all.</param>
public sealed record Extensions(IReadOnlyList<Extension> Options, Instant? Latest);

/// <summary>
/// Lets a booking end later on its own unit, under the rules and gates of a booking of that length. Unlike a move it is possible
/// while the booking is in use, and gives nothing back.
/// </summary>
public sealed class ExtendBooking(BookingChange change, BookingQueries queries, InstrumentRulesQuery rules, [FromKeyedServices(Databases.KeptPlans)] NpgsqlDataSource database, PricePolicies prices, BookingGates gates, PersonAccessQuery people, Caller caller, IClock clock)
{
    /// <summary>Which of these lengths are possible, and why the others are not. Nothing is held by looking.</summary>
    public async Task<Outcome<Extensions>> OptionsAsync(BookingId id, IReadOnlyList<int> minutes, CancellationToken cancel)
    {
        if (await queries.FindAsync(id, cancel) is not var (booking, known, _)) return Problem.NotFound();
        await using var connection = await database.OpenConnectionAsync(cancel);
        var instrument = await rules.OfAsync(known.Id, await BookingReads.RulesVersionAsync(connection, known.Id, cancel), cancel) ?? known;
        if (AtTheDoor(booking, instrument, minutes) is { Count: > 0 } problems) return problems.In(instrument);
        return await JudgeAsync(connection, booking, instrument, minutes, cancel);
    }

    public Task<Outcome<Booking>> RunAsync(BookingId id, int? minutes, CancellationToken cancel) => change.RunAsync(id, null, async open =>
    {
        var (db, booking, instrument) = open;
        if (AtTheDoor(booking, instrument, [minutes ?? 0]) is { Count: > 0 } problems) return problems;
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var connection = (NpgsqlConnection)Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.GetDbConnection(db.Database);
        await BookingReads.LockAsync(connection, new NeighbourNeeds(Own: true, OnInstrument: true, booking.Slot), instrument.Id, booking.PersonId, cancel);
        if (!await BookingLocks.HoldRulesAsync(db, instrument, cancel)) return null;
        var wish = (await JudgeAsync(connection, booking, instrument, [minutes!.Value], cancel)).Options[0];
        if (wish.Against.Count > 0) return Outcome<Booking>.Refuse(wish.Against);

        var (now, before) = (clock.GetCurrentInstant(), booking.EndsAt);
        var held = BookingRules.Held(instrument, new TimeSlot(booking.StartsAt, wish.EndsAt), booking.Audience);
        if (booking.Extend(wish.EndsAt, held, instrument.RulesVersion) is { } refused) return refused;
        await booking.PriceAsync(prices, instrument, cancel);
        db.AddBookingNews("booking.rescheduled", booking, BookingNews.Place.Of(instrument), await BookingPeople.OfAsync(db, booking.PersonId, cancel), now);
        caller.Audit(db, now, "booking.extend", "booking", id.Value.ToString(), new { endsAt = before }, new { booking.EndsAt, device = caller.Device?.Id }, institutionId: instrument.InstitutionId);
        var problem = await db.TrySaveAsync(cancel);
        // Somebody booked the time or spent the fund between the look and the write: look again, the next answer has the figures.
        if (problem?.Code is "booking.overlap" or "fund.short") return null;
        if (problem is not null) return problem;
        await transaction.CommitAsync(cancel);
        return booking;
    }, cancel);

    private List<Problem> AtTheDoor(Booking booking, InstrumentRules instrument, IReadOnlyList<int> minutes)
    {
        if (!BookingDoor.IsOwn(caller, booking) && !BookingDoor.MayManage(caller, booking, instrument)) return [Problem.Forbidden()];
        if (booking.MainId is { } main) return [Problem.Refused("booking.companion", null, ("link", $"/bookings/{main.Value}"))];
        return [.. minutes.SelectMany(m => ExtensionRules.Ask(booking.Status, m)).DistinctBy(p => p.Code)];
    }

    private async Task<Extensions> JudgeAsync(NpgsqlConnection connection, Booking booking, InstrumentRules instrument, IReadOnlyList<int> minutes, CancellationToken cancel)
    {
        var (now, booker) = (clock.GetCurrentInstant(), await people.BookerAsync(caller, booking, instrument, staff: false, cancel));
        var reach = new TimeSlot(booking.StartsAt, booking.EndsAt + Duration.FromMinutes(ExtensionRules.MaxMinutes));
        var around = await BookingReads.AroundAsync(connection, instrument, NeighbourNeeds.Of(instrument, booker, reach, now), booking.PersonId, booker, [booking.Id], cancel);
        var taken = (await BookingReads.HeldAsync(connection, instrument.Id, reach.Widen(Duration.FromDays(1), Duration.FromDays(1)), [booking.Id], cancel)).Where(h => h.Unit == booking.Unit).Select(h => h.Held).ToList();
        List<Problem> Judge(Instant endsAt) => ExtensionRules.Judge(instrument, booking.Slot, endsAt, booker, around, taken, now);

        var step = instrument.RulesFor(booking.Audience, instrument.DateOf(booking.StartsAt))?.GranularityMinutes ?? BookingTerms.DefaultGranularityMinutes;
        var latest = ExtensionRules.Latest(booking.Slot, step, end => Judge(end).Count == 0 || end <= now);
        var ends = minutes.Select(m => booking.EndsAt + Duration.FromMinutes(m)).ToList();
        List<TimeSlot> slots = [.. ends.Append(latest ?? booking.EndsAt).Select(end => new TimeSlot(booking.StartsAt, end))];
        var against = slots.ConvertAll(s => Judge(s.EndsAt));
        var atTheGates = await gates.AnswerAllAsync(new GateRequest(booking.PersonId, booking.InstitutionId, instrument, slots[^1], booking.ServiceMode, IsStanding: true, booking.Funding), [.. slots], cancel);
        for (var i = 0; i < slots.Count; i++)
        {
            against[i].AddRange(atTheGates[i].Problems);
            var price = await prices.EstimateAsync(instrument, booking.UserClass, slots[i], cancel);
            // What it takes along would still end as before.
            if (booking.TakesAlong) against[i].Add(Problem.Refused("booking.extension-along", "minutes"));
            // What somebody approved is not made longer without them.
            if (ApprovalRules.AgainstChange(ApprovalRules.Needed(instrument, booker, slots[i], booking.ServiceMode, price.Value?.Amount), atTheGates[i].Conditions) is { } unasked) against[i].Add(unasked with { Overridable = false });
        }

        return new Extensions([.. minutes.Select((m, i) => new Extension(m, ends[i], against[i].In(instrument)))], against[^1].Count == 0 && latest > now ? latest : null);
    }
}
