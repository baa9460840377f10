using InstrumentShare.Bookings.Conditions;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>
/// Books an instrument for who may work it at the end of the slot. Where booking is allowed before training, check-in asks instead.
/// Nothing is read for an instrument that requires nothing.
/// </summary>
public sealed class QualificationGate(Requirements requirements, StandingQuery standings, Words words, IClock clock) : IBookingGate
{
    public string Name => "qualification";

    /// <summary>Where a problem's remedy is: the trainings of a qualification.</summary>
    public static string LinkTo(QualificationId id) => $"/my/qualifications?qualification={id.Value}#sessions";

    public async Task<GateQuestion?> AskAsync(GateRequest request, IReadOnlyList<TimeSlot?> slots, CancellationToken cancel)
    {
        if (request.Mode == ServiceMode.Entrusted) return null;
        var asked = (await requirements.OfAsync(request.Instrument, cancel)).Where(r => !r.BookBeforeTraining).ToList();
        if (asked.Count == 0) return null;
        var zone = request.Instrument.InstitutionZone;
        var days = slots.Select(s => s is { } slot ? QualificationRules.LastDay(slot, zone) : clock.GetCurrentInstant().InZone(zone).Date).ToList();
        var reading = standings.Read(request.PersonId, asked);
        return new GateQuestion(reading.Command, reading.Row, async after =>
        {
            var held = reading.Held();
            var said = days.ConvertAll(on => GateAnswer.Against(held.Select(h => ProblemOf(h, on, request.Mode ?? ServiceMode.SelfOperated)).OfType<Problem>()));
            return said.Exists(s => s.Problems.Count > 0) && await standings.IsInChargeAsync(request.PersonId, request.Instrument, after) ? days.ConvertAll(_ => GateAnswer.Nothing) : said;
        });
    }

    private Problem? ProblemOf(Held held, LocalDate on, ServiceMode mode)
    {
        if (QualificationRules.CodeOf(QualificationRules.Judge(held.Requirement.RequiredLevel, held.Certificates, on, mode)) is not { } code) return null;
        return Problem.Refused(code, "serviceMode",
            ("qualification", words.Name(held.Requirement.Name, held.Requirement.NameEn)), ("level", held.Requirement.RequiredLevel), ("endedOn", held.EndedOn), ("next", held.Next), ("link", LinkTo(held.Requirement.Id))) with { Overridable = true };
    }
}
