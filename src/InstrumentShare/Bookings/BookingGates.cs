using InstrumentShare.Bookings.Conditions;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Npgsql;

namespace InstrumentShare.Bookings;

/// <summary>Asks all gates in one round trip, or in none where no gate has anything to ask. On a connection of its own: who asks should hold none, nor locks, meanwhile.</summary>
public sealed class BookingGates(IEnumerable<IBookingGate> gates, [FromKeyedServices(Databases.KeptPlans)] NpgsqlDataSource database)
{
    /// <summary>What stands against a request.</summary>
    public async Task<IReadOnlyList<Problem>> CheckAsync(GateRequest request, CancellationToken cancel) => (await AnswerAsync(request, cancel)).Problems;

    /// <summary>What stands against each of many times of one request.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<Problem>>> CheckAllAsync(GateRequest request, IReadOnlyList<TimeSlot?> slots, CancellationToken cancel) => [.. (await AnswerAllAsync(request, slots, cancel)).Select(a => a.Problems)];

    /// <summary>What stands against a request, and what is said of it though it may be made.</summary>
    public async Task<GateAnswer> AnswerAsync(GateRequest request, CancellationToken cancel) => (await AnswerAllAsync(request, [request.Slot], cancel))[0];

    /// <summary>The same for each of many times of one request.</summary>
    public async Task<IReadOnlyList<GateAnswer>> AnswerAllAsync(GateRequest request, IReadOnlyList<TimeSlot?> slots, CancellationToken cancel)
    {
        var said = await AskAsync(request, slots, cancel);
        return slots.Select((_, i) => new GateAnswer([.. said.SelectMany(s => s.Answers[i].Problems)], [.. said.SelectMany(s => s.Answers[i].Conditions)])).ToList();
    }

    /// <summary>What each gate says of a request, in the gates' order.</summary>
    public async Task<IReadOnlyList<(string Gate, GateAnswer Answer)>> EachAsync(GateRequest request, CancellationToken cancel)
    {
        var said = (await AskAsync(request, [request.Slot], cancel)).ToDictionary(s => s.Gate, s => s.Answers[0]);
        return gates.Select(g => (g.Name, said.GetValueOrDefault(g.Name, GateAnswer.Nothing))).ToList();
    }

    /// <summary>The gates by name, where nobody is signed in to be asked about.</summary>
    public IEnumerable<string> Names => gates.Select(g => g.Name);

    private async Task<List<(string Gate, IReadOnlyList<GateAnswer> Answers)>> AskAsync(GateRequest request, IReadOnlyList<TimeSlot?> slots, CancellationToken cancel)
    {
        var asked = new List<(string Gate, GateQuestion Question)>();
        foreach (var gate in gates)
            if (await gate.AskAsync(request, slots, cancel) is { } question) asked.Add((gate.Name, question));
        await ReadAsync(asked.Select(a => a.Question).Where(q => q.Read is not null).ToList(), cancel);
        var said = new List<(string, IReadOnlyList<GateAnswer>)>();
        foreach (var (gate, question) in asked) said.Add((gate, await question.Answer(cancel)));
        return said;
    }

    private async Task ReadAsync(List<GateQuestion> questions, CancellationToken cancel)
    {
        if (questions.Count == 0) return;
        await using var batch = database.CreateBatch();
        foreach (var question in questions) batch.BatchCommands.Add(question.Read!);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        foreach (var question in questions)
        {
            while (await reader.ReadAsync(cancel)) question.Row(reader);
            await reader.NextResultAsync(cancel);
        }
    }
}
