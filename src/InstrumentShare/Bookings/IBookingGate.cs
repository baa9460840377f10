using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;

namespace InstrumentShare.Bookings;

/// <param name="Slot">The time asked for; null when a page asks whether the person could book at all.</param>
/// <param name="Mode">Who would work the instrument; null where nothing is chosen yet.</param>
/// <param name="IsStanding">Whether it is about a booking that stands already, to be moved or approved.</param>
public sealed record GateRequest(PersonId PersonId, InstitutionId? InstitutionId, InstrumentRules Instrument, TimeSlot? Slot, ServiceMode? Mode = null, bool IsStanding = false);

/// <summary>A higher module's word on whether a person may book: feedback owed, balance, bans. At most one query each.</summary>
public interface IBookingGate
{
    /// <summary>What it asks for, in the words <c>gate.&lt;name&gt;</c>.</summary>
    string Name { get; }

    /// <summary>Empty when nothing stands against it.</summary>
    Task<IReadOnlyList<Problem>> CheckAsync(GateRequest request, CancellationToken cancel);

    /// <summary>The same for many times of one request, in their order. A gate that reads overrides it to read for all at once.</summary>
    async Task<IReadOnlyList<IReadOnlyList<Problem>>> CheckAllAsync(GateRequest request, IReadOnlyList<TimeSlot> slots, CancellationToken cancel)
    {
        var said = new List<IReadOnlyList<Problem>>();
        foreach (var slot in slots) said.Add(await CheckAsync(request with { Slot = slot }, cancel));
        return said;
    }
}
