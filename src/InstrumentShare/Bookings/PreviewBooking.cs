using InstrumentShare.Access;
using InstrumentShare.Bookings.Approvals;
using InstrumentShare.Bookings.Conditions;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Pricing;
using InstrumentShare.Persistence;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings;

/// <summary>What would come of booking a time, before anything is written.</summary>
/// <param name="Price">Null where no price is in force.</param>
/// <param name="Conditions">What is said of it though it may be made, as far as nobody's reason sets it aside.</param>
public sealed record BookingPreview(InstrumentRules Instrument, TimeSlot Slot, Price? Price, bool NeedsApproval, Instant CancelUntil, IReadOnlyList<Problem> Overridden, IReadOnlyList<BookingCondition> Conditions);

/// <summary>Judges a time as <see cref="BookInstrument"/> would, and says what it would cost. Nothing is held by looking.</summary>
public sealed class PreviewBooking(InstrumentRulesQuery rules, PricePolicies prices, JudgeBooking judge, Companions.Companions companions, [FromKeyedServices(Databases.KeptPlans)] NpgsqlDataSource database, Caller caller, IClock clock)
{
    public async Task<Outcome<BookingPreview>> RunAsync(BookInstrument.Request request, CancellationToken cancel = default)
    {
        if (caller.PersonId is not { } person) return Problem.Forbidden("access.sign-in-needed");
        await using var connection = await database.OpenConnectionAsync(cancel);
        var newest = await BookingReads.RulesVersionAsync(connection, request.InstrumentId, cancel);
        if (await rules.OfAsync(request.InstrumentId, newest, cancel) is not { } instrument || !judge.MaySee(instrument)) return Problem.NotFound();
        var problems = new List<Problem>();
        BookingText.Check(problems, request.Purpose, "purpose");
        var reason = BookingText.Check(problems, request.OverrideReason, "overrideReason");
        var wanted = new WantedTime(request.StartsAt, request.EndsAt);
        var booker = judge.BookerOf(instrument, request.GroupId);
        var around = judge.NeedsOf(instrument, booker, wanted) is { } needs ? await BookingReads.AroundAsync(connection, instrument, needs, person, booker, [], cancel) : Neighbours.None;
        var funding = await judge.FundingAsync(instrument, booker, request.FundId, request.StartsAt, cancel);
        var atTheGates = await judge.AskGatesAsync(instrument, wanted, person, request.ServiceMode, funding, cancel);
        var judged = judge.Judge(instrument, wanted, booker, around, request.GroupId, atTheGates);
        CustomsRules.Add(judged, instrument, request.UsePlace, request.CustomsNotice);
        var asks = atTheGates.Conditions.Where(c => c.Effect == ConditionEffect.NeedsApproval).ToList();
        var overridden = judge.MayOverride(instrument, [.. judged, .. asks.Select(c => c.Said)], reason);
        if (!overridden) problems.AddRange(judged);
        if (JudgeBooking.SlotOf(wanted) is not { } slot) return problems.In(instrument);
        var along = await companions.OfAsync(instrument, request.ServiceMode, request.TechnicianId, cancel: cancel);
        problems.AddRange((await OverlapSearch.RunAsync(connection, instrument, slot, booker, person, null, clock.GetCurrentInstant(), along, cancel)).Problems);
        if (problems.Count > 0) return problems.In(instrument);

        var price = await prices.EstimateAsync(instrument, booker.UserClass!.Value, slot, cancel);
        var needed = ApprovalRules.Needed(instrument, booker, slot, request.ServiceMode, price.Value?.Amount);
        var standing = overridden ? [.. atTheGates.Conditions.Except(asks)] : atTheGates.Conditions;
        return new BookingPreview(instrument, slot, price.Value, ApprovalRules.With(needed, standing).Count > 0, CancellationRules.Until(instrument, slot.StartsAt, booker.Audience), overridden ? [.. judged, .. asks.Select(c => c.Said)] : [], standing);
    }
}
