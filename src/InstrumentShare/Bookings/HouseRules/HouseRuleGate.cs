using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings.HouseRules;

/// <summary>Books for who has read the house rules that hold on the day of the use. Nothing is read where none are asked for.</summary>
public sealed class HouseRuleGate(HouseRuleDocuments asked, NpgsqlDataSource database, Words words, IClock clock) : IBookingGate
{
    public string Name => "house-rules";

    /// <summary>Where the rules of an instrument are read and agreed to.</summary>
    public static string LinkTo(InstrumentId instrument) => $"/my/house-rules?instrument={instrument.Value}";

    public async Task<IReadOnlyList<Problem>> CheckAsync(GateRequest request, CancellationToken cancel) =>
        (await CheckOnAsync(request, [request.Instrument.DateOf(request.Slot?.StartsAt ?? clock.GetCurrentInstant())], cancel))[0];

    public Task<IReadOnlyList<IReadOnlyList<Problem>>> CheckAllAsync(GateRequest request, IReadOnlyList<TimeSlot> slots, CancellationToken cancel) =>
        CheckOnAsync(request, slots.Select(s => request.Instrument.DateOf(s.StartsAt)).ToList(), cancel);

    private async Task<IReadOnlyList<IReadOnlyList<Problem>>> CheckOnAsync(GateRequest request, List<LocalDate> days, CancellationToken cancel)
    {
        var documents = await asked.OfAsync(request.Instrument, cancel);
        if (documents.Count == 0) return days.ConvertAll(_ => (IReadOnlyList<Problem>)[]);
        var read = await ReadByAsync(request.PersonId, documents, cancel);
        return days.ConvertAll(on => (IReadOnlyList<Problem>)documents.Select(d => ProblemOf(request.Instrument, d, [.. read[d.Id]], on)).OfType<Problem>().ToList());
    }

    private Problem? ProblemOf(InstrumentRules instrument, AskedHouseRule document, IReadOnlyCollection<int> read, LocalDate on)
    {
        if (HouseRuleRules.Unread([.. document.Versions.Select(v => v.Dates)], read, on) is not { } number) return null;
        var unread = document.Versions.First(v => v.Dates.Number == number);
        return Problem.Refused("booking.rules-unread", null, ("title", words.Name(unread.Title, unread.TitleEn)), ("version", number), ("link", LinkTo(instrument.Id))) with { Overridable = true };
    }

    private async Task<ILookup<HouseRuleId, int>> ReadByAsync(PersonId person, IReadOnlyList<AskedHouseRule> documents, CancellationToken cancel)
    {
        var ids = documents.Select(d => d.Id.Value).ToList();
        await using var command = database.CreateCommand(IdList.In("SELECT house_rule_id, number FROM house_rule_readings WHERE person_id = $1 AND house_rule_id = ANY($2)", 2, ids));
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = person.Value });
        command.Parameters.Add(IdList.Parameter(ids));
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var read = new List<(HouseRuleId Id, int Number)>();
        while (await reader.ReadAsync(cancel)) read.Add((new HouseRuleId(reader.GetGuid(0)), reader.GetInt32(1)));
        return read.ToLookup(r => r.Id, r => r.Number);
    }
}
