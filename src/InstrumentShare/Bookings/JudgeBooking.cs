using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings;

/// <summary>Puts a time before the rules and the gates for the caller; the same for a look and for the booking itself.</summary>
public sealed class JudgeBooking(IEnumerable<IBookingGate> gates, Caller caller, IClock clock)
{
    public Booker BookerOf(InstrumentRules instrument) => new(caller.InstitutionId, caller.ExpiresOn, caller.May(BookingPermissions.Manage, instrument.Scope));

    public bool MaySee(InstrumentRules instrument) => instrument.IsVisible || caller.May(BookingPermissions.Manage, instrument.Scope);

    /// <summary>Whether a day or week limit holds for the time, so that the person's other bookings count.</summary>
    public static bool CountsOwn(InstrumentRules instrument, WantedTime wanted) =>
        SlotOf(wanted) is { } slot && instrument.RulesOn(instrument.DateOf(slot.StartsAt)) is { } set && PersonLimitRules.Apply(set);

    /// <summary>The slot; null where it is none or longer than any.</summary>
    public static TimeSlot? SlotOf(WantedTime wanted) =>
        wanted.EndsAt > wanted.StartsAt && wanted.EndsAt - wanted.StartsAt <= BookingRules.Longest ? new TimeSlot(wanted.StartsAt, wanted.EndsAt) : null;

    /// <summary>Everything against the time but other bookings.</summary>
    public async Task<List<Problem>> RunAsync(NpgsqlConnection connection, InstrumentRules instrument, WantedTime wanted, PersonId person, CancellationToken cancel)
    {
        var slot = SlotOf(wanted);
        var own = CountsOwn(instrument, wanted) ? await BookingReads.OwnAsync(connection, person, PersonLimitRules.Weeks(instrument.Zone, slot!.Value), null, cancel) : [];
        var problems = BookingRules.Judge(instrument, wanted, BookerOf(instrument), own, clock.GetCurrentInstant());
        foreach (var gate in gates) problems.AddRange(await gate.CheckAsync(new GateRequest(person, caller.InstitutionId, instrument, slot), cancel));
        return problems;
    }

    /// <summary>Whether staff may go on over these problems for their reason.</summary>
    public bool MayOverride(InstrumentRules instrument, IReadOnlyList<Problem> problems, string? reason) =>
        reason is not null && problems.Count > 0 && problems.All(p => p.Overridable) && caller.May(BookingPermissions.Manage, instrument.Scope);
}
