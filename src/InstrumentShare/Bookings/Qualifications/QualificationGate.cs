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

    public async Task<IReadOnlyList<Problem>> CheckAsync(GateRequest request, CancellationToken cancel) =>
        (await CheckOnAsync(request, [request.Slot is { } slot ? QualificationRules.LastDay(slot, request.Instrument.InstitutionZone) : clock.GetCurrentInstant().InZone(request.Instrument.InstitutionZone).Date], cancel))[0];

    public Task<IReadOnlyList<IReadOnlyList<Problem>>> CheckAllAsync(GateRequest request, IReadOnlyList<TimeSlot> slots, CancellationToken cancel) =>
        CheckOnAsync(request, slots.Select(s => QualificationRules.LastDay(s, request.Instrument.InstitutionZone)).ToList(), cancel);

    private async Task<IReadOnlyList<IReadOnlyList<Problem>>> CheckOnAsync(GateRequest request, List<LocalDate> days, CancellationToken cancel)
    {
        IReadOnlyList<IReadOnlyList<Problem>> nothing = days.ConvertAll(_ => (IReadOnlyList<Problem>)[]);
        var asked = (await requirements.OfAsync(request.Instrument, cancel)).Where(r => !r.BookBeforeTraining).ToList();
        if (asked.Count == 0 || request.Mode == ServiceMode.Entrusted) return nothing;
        var held = await standings.OfAsync(request.PersonId, asked, cancel);
        var problems = days.ConvertAll(on => (IReadOnlyList<Problem>)held.Select(h => ProblemOf(h, on, request.Mode ?? ServiceMode.SelfOperated)).OfType<Problem>().ToList());
        return problems.Exists(p => p.Count > 0) && await standings.IsInChargeAsync(request.PersonId, request.Instrument, cancel) ? nothing : problems;
    }

    private Problem? ProblemOf(Held held, LocalDate on, ServiceMode mode)
    {
        if (QualificationRules.CodeOf(QualificationRules.Judge(held.Requirement.RequiredLevel, held.Certificates, on, mode)) is not { } code) return null;
        return Problem.Refused(code, "serviceMode",
            ("qualification", words.Name(held.Requirement.Name, held.Requirement.NameEn)), ("level", held.Requirement.RequiredLevel), ("endedOn", held.EndedOn), ("next", held.Next), ("link", LinkTo(held.Requirement.Id))) with { Overridable = true };
    }
}
