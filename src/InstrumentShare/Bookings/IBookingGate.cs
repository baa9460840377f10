using InstrumentShare.Access;
using InstrumentShare.Bookings.Conditions;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using Npgsql;

namespace InstrumentShare.Bookings;

/// <param name="Slot">The time asked for; null when a page asks whether the person could book at all.</param>
/// <param name="Mode">Who would work the instrument; null where nothing is chosen yet.</param>
/// <param name="IsStanding">Whether it is about a booking that stands already, to be moved or approved.</param>
/// <param name="Funding">What is to pay; null where nothing is to be paid or asked.</param>
public sealed record GateRequest(PersonId PersonId, InstitutionId? InstitutionId, InstrumentRules Instrument, TimeSlot? Slot, ServiceMode? Mode = null, bool IsStanding = false, BookingFunding? Funding = null);

/// <summary>A higher module's word on whether a person may book: feedback owed, balance, bans.</summary>
public interface IBookingGate
{
    /// <summary>What it asks for, in the words <c>gate.&lt;name&gt;</c>.</summary>
    string Name { get; }

    /// <summary>What it has to read to answer for some times of one request; null where it asks for nothing.</summary>
    Task<GateQuestion?> AskAsync(GateRequest request, IReadOnlyList<TimeSlot?> slots, CancellationToken cancel);
}

/// <summary>One statement, sent beside those of the other gates, and what its rows say.</summary>
/// <param name="Read">Null where the answer is known without.</param>
/// <param name="Row">Takes a row as it comes.</param>
/// <param name="Answer">After the rows: what is said of each time, in the order asked for.</param>
public sealed record GateQuestion(NpgsqlBatchCommand? Read, Action<NpgsqlDataReader> Row, Func<CancellationToken, Task<IReadOnlyList<GateAnswer>>> Answer);
