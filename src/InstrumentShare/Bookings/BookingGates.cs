using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Npgsql;

namespace InstrumentShare.Bookings;

/// <summary>Asks all gates in one round trip, or in none where no gate has anything to ask. On a connection of its own: who asks should hold none, nor locks, meanwhile.</summary>
public sealed class BookingGates(IEnumerable<IBookingGate> gates, [FromKeyedServices(Databases.KeptPlans)] NpgsqlDataSource database)
{
    /// <summary>What stands against a request.</summary>
    public async Task<IReadOnlyList<Problem>> CheckAsync(GateRequest request, CancellationToken cancel) => (await CheckAllAsync(request, [request.Slot], cancel))[0];

    /// <summary>What stands against each of many times of one request.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<Problem>>> CheckAllAsync(GateRequest request, IReadOnlyList<TimeSlot?> slots, CancellationToken cancel)
    {
        var said = await AskAsync(request, slots, cancel);
        return slots.Select((_, i) => (IReadOnlyList<Problem>)[.. said.SelectMany(s => s.Answer[i])]).ToList();
    }

    /// <summary>What each gate has against a request, in the gates' order.</summary>
    public async Task<IReadOnlyList<(string Gate, IReadOnlyList<Problem> Problems)>> EachAsync(GateRequest request, CancellationToken cancel)
    {
        var said = (await AskAsync(request, [request.Slot], cancel)).ToDictionary(s => s.Gate, s => s.Answer[0]);
        return gates.Select(g => (g.Name, said.GetValueOrDefault(g.Name, []))).ToList();
    }

    /// <summary>The gates by name, where nobody is signed in to be asked about.</summary>
    public IEnumerable<string> Names => gates.Select(g => g.Name);

    private async Task<List<(string Gate, IReadOnlyList<IReadOnlyList<Problem>> Answer)>> AskAsync(GateRequest request, IReadOnlyList<TimeSlot?> slots, CancellationToken cancel)
    {
        var asked = new List<(string Gate, GateQuestion Question)>();
        foreach (var gate in gates)
            if (await gate.AskAsync(request, slots, cancel) is { } question) asked.Add((gate.Name, question));
        if (asked.Count > 0) await ReadAsync(asked.ConvertAll(a => a.Question), cancel);
        var said = new List<(string, IReadOnlyList<IReadOnlyList<Problem>>)>();
        foreach (var (gate, question) in asked) said.Add((gate, await question.Answer(cancel)));
        return said;
    }

    private async Task ReadAsync(List<GateQuestion> questions, CancellationToken cancel)
    {
        await using var batch = database.CreateBatch();
        foreach (var question in questions) batch.BatchCommands.Add(question.Read);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        foreach (var question in questions)
        {
            while (await reader.ReadAsync(cancel)) question.Row(reader);
            await reader.NextResultAsync(cancel);
        }
    }
}
