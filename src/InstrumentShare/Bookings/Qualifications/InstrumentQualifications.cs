using InstrumentShare.Access;
using InstrumentShare.Catalog;
using Microsoft.AspNetCore.Mvc;
using NodaTime;

namespace InstrumentShare.Bookings.Qualifications;

/// <param name="Standing">The reader's, as of today and working alone; null for who is not signed in.</param>
/// <param name="ValidTo">The last day of the certificate that holds longest.</param>
public sealed record RequiredQualification(
    QualificationId Id, string Name, string NameEn, QualificationLevel RequiredLevel, int? ValidMonths, bool BookBeforeTraining, QualificationStanding? Standing, LocalDate? ValidTo, Instant? NextTrainingAt, string Link);

/// <summary>What an instrument requires and how the reader stands, on its record and on its page.</summary>
public sealed class InstrumentQualifications(InstrumentRulesQuery rules, Requirements requirements, StandingQuery standings, Caller caller, IClock clock) : IInstrumentDetail
{
    public string Name => "qualifications";

    async Task<object?> IInstrumentDetail.OfAsync(InstrumentId id, CancellationToken cancel) => await OfAsync(id, cancel);

    public async Task<IReadOnlyList<RequiredQualification>> OfAsync(InstrumentId id, CancellationToken cancel)
    {
        if (await rules.OfAsync(id, cancel: cancel) is not { } instrument) return [];
        var asked = await requirements.OfAsync(instrument, cancel);
        var today = clock.GetCurrentInstant().InZone(instrument.InstitutionZone).Date;
        return [.. (await standings.OfAsync(caller.PersonId ?? default, asked, cancel)).Select(h => new RequiredQualification(
            h.Requirement.Id, h.Requirement.Name, h.Requirement.NameEn, h.Requirement.RequiredLevel, h.Requirement.ValidMonths, h.Requirement.BookBeforeTraining,
            caller.IsSignedIn ? QualificationRules.Judge(h.Requirement.RequiredLevel, h.Certificates, today, ServiceMode.SelfOperated) : null, h.EndedOn, h.Next, QualificationGate.LinkTo(h.Requirement.Id)))];
    }
}

/// <summary>Draws it on the instrument's page; nothing where nothing is required.</summary>
public sealed class QualificationsOfInstrument(InstrumentQualifications qualifications) : ViewComponent
{
    public async Task<IViewComponentResult> InvokeAsync(Guid id) => await qualifications.OfAsync(new InstrumentId(id), HttpContext.RequestAborted) is { Count: > 0 } required
        ? View("/Bookings/Qualifications/Pages/_OfInstrument.cshtml", required)
        : Content(string.Empty);
}
