using InstrumentShare.Access;
using InstrumentShare.Bookings.Approvals;
using InstrumentShare.Bookings.Companions;
using InstrumentShare.Bookings.Conditions;
using InstrumentShare.Bookings.Series;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Pricing;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings;

/// <summary>
/// Books an instrument's time. Rules and prices come from memory; one statement writes the booking if the rules are still those
/// and the unit is still free. When it writes nothing, a look tells why: newer rules are read and decided by again, a taken slot is
/// answered with the nearest free ones.
/// </summary>
public sealed class BookInstrument(InstrumentRulesQuery rules, PricePolicies prices, JudgeBooking judge, Companions.Companions companions, [FromKeyedServices(Databases.KeptPlans)] NpgsqlDataSource database, AppDb db, Caller caller, IClock clock)
{
    private const int Tries = 10;

    /// <param name="ForTraining">The lab's own training: nobody needs to approve it.</param>
    public sealed record Request(InstrumentId InstrumentId, Instant StartsAt, Instant EndsAt, ServiceMode ServiceMode, string? Purpose = null, Guid? FundId = null, string? OverrideReason = null, GroupId? GroupId = null, string? UsePlace = null, string? CustomsNotice = null, bool ForTraining = false, SeriesId? SeriesId = null, PersonId? TechnicianId = null);

    public async Task<Outcome<Booking>> RunAsync(Request request, CancellationToken cancel = default)
    {
        if (caller.PersonId is not { } person) return Problem.Forbidden("access.sign-in-needed");
        var texts = new List<Problem>();
        request = request with
        {
            Purpose = BookingText.Check(texts, request.Purpose, "purpose"), OverrideReason = BookingText.Check(texts, request.OverrideReason, "overrideReason"),
            UsePlace = BookingText.Check(texts, request.UsePlace, "usePlace", max: 100), CustomsNotice = BookingText.Check(texts, request.CustomsNotice, "customsNotice", max: 50),
        };
        if (texts.Count > 0) return texts;

        var (version, unit) = (0L, (short)0);
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var instrument = await rules.OfAsync(request.InstrumentId, version, cancel);
            if (instrument is null || !judge.MaySee(instrument)) return Problem.NotFound() with { Field = "instrumentId" };
            var outcome = await TryAsync(request, instrument, person, unit, cancel);
            if (outcome.Done is { } done) return done;
            (version, unit) = (outcome.NewerRules, outcome.FreeUnit);
        }

        return Problem.Refused("request.try-again");
    }

    /// <param name="Done">Null to be tried again, with rules of at least this version or on this unit.</param>
    private readonly record struct Attempt(Outcome<Booking>? Done, long NewerRules = 0, short FreeUnit = 0);

    private async Task<Attempt> TryAsync(Request request, InstrumentRules instrument, PersonId person, short unit, CancellationToken cancel)
    {
        var (now, wanted) = (clock.GetCurrentInstant(), new WantedTime(request.StartsAt, request.EndsAt));
        var booker = judge.BookerOf(instrument, request.GroupId);
        var needs = judge.NeedsOf(instrument, booker, wanted);
        var along = request.ForTraining ? null : await companions.OfAsync(instrument, request.ServiceMode, request.TechnicianId, cancel: cancel);
        var funding = request.ForTraining ? null : await judge.FundingAsync(instrument, booker, request.FundId, request.StartsAt, cancel);
        if (funding is not null) request = request with { FundId = funding.FundId };
        var atTheGates = await judge.AskGatesAsync(instrument, wanted, person, request.ServiceMode, funding, cancel);
        await using var session = await BookingSession.OpenAsync(db, database, inTransaction: needs is { Any: true } || request.OverrideReason is not null || along is not null, cancel);
        if (along is not null) await along.LockAsync(session.Connection, person, cancel);
        var around = needs is null ? Neighbours.None : await BookingReads.AroundAsync(session.Connection, instrument, needs, person, booker, [], cancel, alone: along is null);
        var problems = judge.Judge(instrument, wanted, booker, around, request.GroupId, atTheGates);
        CustomsRules.Add(problems, instrument, request.UsePlace, request.CustomsNotice);
        var conditions = request.ForTraining ? [] : atTheGates.Conditions;
        // What staff may set aside: what refuses, and what asks for an approval that their reason takes the place of.
        var aside = problems.Concat(conditions.Where(c => c.Effect == ConditionEffect.NeedsApproval).Select(c => c.Said)).ToList();
        var overridden = judge.MayOverride(instrument, aside, request.OverrideReason);
        if (problems.Count > 0 && !overridden)
        {
            // A refusal must not stand on rules that another node has changed meanwhile.
            if (await BookingReads.RulesVersionAsync(session.Connection, instrument.Id, cancel) is var newest && newest != instrument.RulesVersion) return new Attempt(null, NewerRules: newest);
            if (JudgeBooking.SlotOf(wanted) is { } asked) problems.AddRange((await OverlapAsync(session, instrument, booker, asked, along, now, cancel)).Problems);
            return new Attempt(problems.In(instrument));
        }

        var slot = new TimeSlot(wanted.StartsAt, wanted.EndsAt);
        var plan = CompanionPlan.Nothing;
        if (along is not null)
        {
            var look = await OverlapAsync(session, instrument, booker, slot, along, now, cancel);
            if (look.Problems.Count > 0) return new Attempt(look.Problems.ToList().In(instrument));
            (unit, plan) = ((short)look.FreeUnit!.Value, look.Plan);
        }

        var booking = (await MakeAsync(request, instrument, booker, slot, unit, overridden, conditions, now, cancel)).With(plan.TakesAny);
        var to = new BookingNews.Recipient(person, caller.Name, caller.Email, caller.Language);
        var (payload, mail) = (BookingNews.Payload(booking.Status, slot, booking.Unit), BookingNews.Mail(to, BookingNews.Place.Of(instrument), booking));
        bool written;
        try
        {
            written = plan.TakesAny ? await CompanionWrites.InsertAsync(session.Connection, booking, plan, to, payload, mail, cancel) : await InsertBooking.RunAsync(session.Connection, booking, to, payload, mail, cancel);
        }
        catch (PostgresException failure) when (failure.ToProblem() is { } refused)
        {
            // Somebody else spent the fund's last between the look and the write.
            return new Attempt(new List<Problem> { await judge.ExplainAsync(refused, booking.FundId, booking.EstimateFen, cancel) }.In(instrument));
        }

        if (written)
        {
            if (overridden) await BookingAudit.OverrideAsync(session.Connection, caller, booking, instrument, aside, now, cancel);
            await session.CommitAsync(cancel);
            return new Attempt(booking);
        }

        var current = await BookingReads.RulesVersionAsync(session.Connection, instrument.Id, cancel);
        if (current != instrument.RulesVersion) return new Attempt(null, NewerRules: current);
        if (along is not null) companions.Forget(along);
        var finding = await OverlapAsync(session, instrument, booker, slot, along, now, cancel);
        return finding.Problems.Count > 0 ? new Attempt(finding.Problems.ToList().In(instrument)) : new Attempt(null, instrument.RulesVersion, (short)finding.FreeUnit!.Value);
    }

    private Task<OverlapSearch.Finding> OverlapAsync(BookingSession session, InstrumentRules instrument, Booker booker, TimeSlot slot, Along? along, Instant now, CancellationToken cancel) =>
        OverlapSearch.RunAsync(session.Connection, instrument, slot, booker, caller.PersonId!.Value, null, now, along, cancel);

    internal async Task<Booking> MakeAsync(Request request, InstrumentRules instrument, Booker booker, TimeSlot slot, short unit, bool overridden, IReadOnlyList<BookingCondition> conditions, Instant now, CancellationToken cancel)
    {
        var userClass = booker.UserClass!.Value;
        var policy = await prices.InForceAsync(instrument.Id, instrument.RulesVersion, userClass, slot.StartsAt.InZone(instrument.InstitutionZone).Date, cancel);
        var estimate = policy.IsOk && ChargeCalculator.Compute(policy.Value, ChargeBasis.Estimate(slot)) is { IsOk: true } price ? price.Value.Amount : (Money?)null;
        var steps = request.ForTraining ? [] : ApprovalRules.With(ApprovalRules.Needed(instrument, booker, slot, request.ServiceMode, estimate), overridden ? [] : conditions);
        return new Booking
        {
            InstrumentId = instrument.Id, PersonId = caller.PersonId!.Value, GroupId = booker.Groups is [var first, ..] ? first : null, InstitutionId = caller.InstitutionId,
            FundId = request.FundId, ServiceMode = request.ServiceMode, Purpose = request.Purpose ?? string.Empty, UsePlace = request.UsePlace, CustomsNotice = request.CustomsNotice, UserClass = userClass, CreatedBy = caller.PersonId!.Value, CreatedAt = now,
        }.At(slot, BookingRules.Held(instrument, slot, booker.Audience), unit > 0 ? unit : AnyUnit(instrument), steps.Count > 0 ? BookingStatus.Requested : BookingStatus.Confirmed,
            instrument.RulesVersion, overridden ? request.OverrideReason : null).Ask(steps, now).Priced(policy.Value?.Id, estimate).Join(request.SeriesId).Tell(conditions);
    }

    // Neighbours that book the same tray at once should not all try its first place.
    private static short AnyUnit(InstrumentRules instrument) => (short)(instrument.Capacity == 1 ? 1 : Random.Shared.Next(1, instrument.Capacity + 1));
}
