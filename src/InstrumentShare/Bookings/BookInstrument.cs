using InstrumentShare.Access;
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
public sealed class BookInstrument(
    InstrumentRulesQuery rules, PricePolicies prices, IEnumerable<IBookingGate> gates, NpgsqlDataSource database, AppDb db, Caller caller, IClock clock)
{
    private const int Tries = 10;

    public sealed record Request(InstrumentId InstrumentId, Instant StartsAt, Instant EndsAt, ServiceMode ServiceMode, string? Purpose = null, Guid? FundId = null, string? OverrideReason = null);

    public async Task<Outcome<Booking>> RunAsync(Request request, CancellationToken cancel = default)
    {
        if (caller.PersonId is not { } person) return Problem.Forbidden("access.sign-in-needed");
        var texts = new List<Problem>();
        var purpose = BookingText.Check(texts, request.Purpose, "purpose") ?? string.Empty;
        var reason = BookingText.Check(texts, request.OverrideReason, "overrideReason");
        if (texts.Count > 0) return texts;

        var (version, unit) = (0L, (short)0);
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var instrument = await rules.OfAsync(request.InstrumentId, version, cancel);
            if (instrument is null || (!instrument.IsVisible && !caller.May(BookingPermissions.Manage, instrument.Scope))) return Problem.NotFound() with { Field = "instrumentId" };
            var booker = BookerOf(instrument);
            var outcome = await TryAsync(request with { Purpose = purpose, OverrideReason = reason }, instrument, booker, person, unit, cancel);
            if (outcome.Done is { } done) return done;
            (version, unit) = (outcome.NewerRules, outcome.FreeUnit);
        }

        return Problem.Refused("request.try-again");
    }

    private readonly record struct Attempt(Outcome<Booking>? Done, long NewerRules = 0, short FreeUnit = 0);

    private async Task<Attempt> TryAsync(Request request, InstrumentRules instrument, Booker booker, PersonId person, short unit, CancellationToken cancel)
    {
        var now = clock.GetCurrentInstant();
        var wanted = new WantedTime(request.StartsAt, request.EndsAt);
        var limited = wanted.EndsAt > wanted.StartsAt && wanted.EndsAt - wanted.StartsAt <= BookingRules.Longest
            && instrument.RulesOn(instrument.DateOf(wanted.StartsAt)) is { } set && PersonLimitRules.Apply(set);

        await using var session = await BookingSession.OpenAsync(db, database, limited || request.OverrideReason is not null, cancel);
        if (limited) await BookingReads.LockPersonAsync(session.Connection, person, cancel);
        var own = limited ? await BookingReads.OwnAsync(session.Connection, person, PersonLimitRules.Weeks(instrument.Zone, new TimeSlot(wanted.StartsAt, wanted.EndsAt)), null, cancel) : [];
        var problems = BookingRules.Judge(instrument, wanted, booker, own, now);
        foreach (var gate in gates) problems.AddRange(await gate.CheckAsync(new GateRequest(person, caller.InstitutionId, instrument, wanted.EndsAt > wanted.StartsAt ? new TimeSlot(wanted.StartsAt, wanted.EndsAt) : null), cancel));
        var overridden = request.OverrideReason is not null && booker.RunsInstrument && problems.Count > 0 && problems.All(p => p.Overridable);
        if (problems.Count > 0 && !overridden) return new Attempt(Outcome<Booking>.Refuse(await WithOverlapAsync(problems, session.Connection, instrument, wanted, booker, person, now, cancel)));

        var slot = new TimeSlot(wanted.StartsAt, wanted.EndsAt);
        var booking = await MakeAsync(request, instrument, slot, unit, overridden, now, cancel);
        var to = new BookingNews.Recipient(person, caller.Name, caller.Email, caller.Language);
        if (await InsertBooking.RunAsync(session.Connection, booking, to, BookingNews.Payload(booking.Status, slot, booking.Unit), BookingNews.Mail(to, BookingNews.Place.Of(instrument), booking.Id, slot), cancel))
        {
            if (overridden) await BookingAudit.OverrideAsync(session.Connection, caller, booking, instrument, problems, now, cancel);
            await session.CommitAsync(cancel);
            return new Attempt(booking);
        }

        var current = await BookingReads.RulesVersionAsync(session.Connection, instrument.Id, cancel);
        if (current != instrument.RulesVersion) return new Attempt(null, NewerRules: current);
        var finding = await OverlapSearch.RunAsync(session.Connection, instrument, slot, booker, person, null, now, cancel);
        return finding.Problem is { } overlap ? new Attempt(overlap) : new Attempt(null, instrument.RulesVersion, (short)finding.FreeUnit!.Value);
    }

    private async Task<Booking> MakeAsync(Request request, InstrumentRules instrument, TimeSlot slot, short unit, bool overridden, Instant now, CancellationToken cancel)
    {
        var userClass = UserClassRules.Of(instrument.InstitutionId, caller.InstitutionId, caller.InstitutionKind);
        var policy = await prices.InForceAsync(instrument.Id, instrument.RulesVersion, userClass, slot.StartsAt.InZone(instrument.InstitutionZone).Date, cancel);
        var estimate = policy.IsOk && ChargeCalculator.Compute(policy.Value, ChargeBasis.Estimate(slot)) is { IsOk: true } price ? price.Value.Amount : (Money?)null;
        var needsApproval = instrument.RulesOn(instrument.DateOf(slot.StartsAt))!.ApprovalRequired;
        return new Booking
        {
            InstrumentId = instrument.Id, PersonId = caller.PersonId!.Value, GroupId = caller.Groups.Count > 0 ? caller.Groups[0] : null, InstitutionId = caller.InstitutionId,
            FundId = request.FundId, ServiceMode = request.ServiceMode, Purpose = request.Purpose!, UserClass = userClass, CreatedBy = caller.PersonId!.Value, CreatedAt = now,
        }.At(slot, BookingRules.Held(instrument, slot), unit > 0 ? unit : AnyUnit(instrument), needsApproval ? BookingStatus.Requested : BookingStatus.Confirmed,
            instrument.RulesVersion, overridden ? request.OverrideReason : null).Priced(policy.Value?.Id, estimate);
    }

    private Booker BookerOf(InstrumentRules instrument) => new(caller.InstitutionId, caller.ExpiresOn, caller.May(BookingPermissions.Manage, instrument.Scope));

    // Neighbours that book the same tray at once should not all try its first place.
    private static short AnyUnit(InstrumentRules instrument) => (short)(instrument.Capacity == 1 ? 1 : Random.Shared.Next(1, instrument.Capacity + 1));

    private static async Task<List<Problem>> WithOverlapAsync(List<Problem> problems, NpgsqlConnection connection, InstrumentRules instrument, WantedTime wanted, Booker booker, PersonId person, Instant now, CancellationToken cancel)
    {
        if (wanted.EndsAt <= wanted.StartsAt || wanted.EndsAt - wanted.StartsAt > BookingRules.Longest) return problems;
        var finding = await OverlapSearch.RunAsync(connection, instrument, new TimeSlot(wanted.StartsAt, wanted.EndsAt), booker, person, null, now, cancel);
        if (finding.Problem is { } overlap) problems.Add(overlap);
        return problems;
    }
}
