using InstrumentShare.Access;
using InstrumentShare.Bookings.Conditions;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings.HouseRules;

/// <summary>Books for who has read the house rules that hold on the day of the use. Nothing is read where none are asked for.</summary>
public sealed class HouseRuleGate(HouseRuleDocuments asked, Words words, IClock clock) : IBookingGate
{
    public string Name => "house-rules";

    /// <summary>Where the rules of an instrument are read and agreed to.</summary>
    public static string LinkTo(InstrumentId instrument) => $"/my/house-rules?instrument={instrument.Value}";

    public async Task<GateQuestion?> AskAsync(GateRequest request, IReadOnlyList<TimeSlot?> slots, CancellationToken cancel)
    {
        var documents = await asked.OfAsync(request.Instrument, cancel);
        if (documents.Count == 0) return null;
        var days = slots.Select(s => request.Instrument.DateOf(s?.StartsAt ?? clock.GetCurrentInstant())).ToList();
        var rows = new List<(HouseRuleId Id, int Number)>();
        return new GateQuestion(ReadOf(request.PersonId, documents), row => rows.Add((new HouseRuleId(row.GetGuid(0)), row.GetInt32(1))), _ =>
        {
            var read = rows.ToLookup(r => r.Id, r => r.Number);
            return Task.FromResult<IReadOnlyList<GateAnswer>>(days.ConvertAll(on => GateAnswer.Against(documents.Select(d => ProblemOf(request.Instrument, d, [.. read[d.Id]], on)).OfType<Problem>())));
        });
    }

    private Problem? ProblemOf(InstrumentRules instrument, AskedHouseRule document, IReadOnlyCollection<int> read, LocalDate on)
    {
        if (HouseRuleRules.Unread([.. document.Versions.Select(v => v.Dates)], read, on) is not { } number) return null;
        var unread = document.Versions.First(v => v.Dates.Number == number);
        return Problem.Refused("booking.rules-unread", null, ("title", words.Name(unread.Title, unread.TitleEn)), ("version", number), ("link", LinkTo(instrument.Id))) with { Overridable = true };
    }

    private static NpgsqlBatchCommand ReadOf(PersonId person, IReadOnlyList<AskedHouseRule> documents)
    {
        var ids = documents.Select(d => d.Id.Value).ToList();
        return new NpgsqlBatchCommand(IdList.In("SELECT house_rule_id, number FROM house_rule_readings WHERE person_id = $1 AND house_rule_id = ANY($2)", 2, ids))
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = person.Value }, IdList.Parameter(ids) },
        };
    }
}
