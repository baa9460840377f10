using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;

namespace InstrumentShare.Bookings;

/// <summary>Asks the gates about free time before it is offered: what somebody could not book is none for them.</summary>
public sealed class FreeForCaller(BookingGates gates, Caller caller)
{
    /// <param name="Against">Why none is left, where the gates refuse all of it.</param>
    public sealed record Offered(IReadOnlyList<TimeSlot> Slots, IReadOnlyList<Problem> Against);

    /// <summary>Those of the slots that no gate refuses; all of them for somebody who is not known yet.</summary>
    public async Task<Offered> OfAsync(InstrumentRules instrument, ServiceMode mode, IReadOnlyList<TimeSlot> slots, CancellationToken cancel)
    {
        if (caller.PersonId is not { } person || slots.Count == 0) return new Offered(slots, []);
        var against = await gates.CheckAllAsync(new GateRequest(person, caller.InstitutionId, instrument, null, mode), slots.Select(s => (TimeSlot?)s).ToList(), cancel);
        var left = slots.Where((_, i) => against[i].Count == 0).ToList();
        return new Offered(left, left.Count == 0 ? against[0] : []);
    }

    /// <summary>What stands against booking the instrument at all; nothing for somebody who is not known yet.</summary>
    public async Task<IReadOnlyList<Problem>> AgainstAsync(InstrumentRules instrument, CancellationToken cancel) =>
        caller.PersonId is { } person ? (await gates.CheckAsync(new GateRequest(person, caller.InstitutionId, instrument, null), cancel)).In(instrument) : [];
}
