using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>Grants a certificate without training and revokes one, each with a reason that is kept. Nobody grants their own.</summary>
public sealed class ChangeCertificates(AppDb db, Caller caller, IClock clock)
{
    /// <param name="ValidFrom">Today where absent; an earlier day takes over a paper certificate.</param>
    public sealed record Request(Guid? QualificationId, string? Email, string? Level, string? Reason, LocalDate? ValidFrom);

    public async Task<Outcome<Certificate>> GrantAsync(Request request, CancellationToken cancel)
    {
        if (request.QualificationId is not { } id) return Problem.Invalid("booking.field-missing", "qualificationId", ("field", "qualificationId"));
        var found = await db.FindQualificationAsync(new QualificationId(id), QualificationPermissions.Grant, caller, cancel);
        if (!found.IsOk) return Outcome<Certificate>.Refuse(found.Problems);
        var (qualification, now, problems) = (found.Value, clock.GetCurrentInstant(), new List<Problem>());
        var today = now.InZone(await db.ZoneOfAsync(qualification.InstitutionId, cancel)).Date;
        var person = await db.PersonByEmailAsync(request.Email, cancel);
        if (person is null) problems.Add(Problem.Invalid("qualification.person", "email", ("value", request.Email)));
        else if (new PersonId(person.Id) == caller.PersonId) problems.Add(Problem.Forbidden("certificate.own") with { Field = "email" });
        if (!Word.TryParse<QualificationLevel>(request.Level, out var level)) problems.Add(PlanTraining.UnknownLevel(request.Level));
        var reason = BookingText.Check(problems, request.Reason, "reason", required: true);
        var from = request.ValidFrom ?? today;
        if (from > today) problems.Add(Problem.Invalid("certificate.later", "validFrom", ("today", today)));
        else if (qualification.ValidTo(from) is { } to && to < today) problems.Add(Problem.Invalid("certificate.over", "validFrom", ("endedOn", to)));
        if (problems.Count > 0) return problems;

        var certificate = new Certificate
        {
            QualificationId = qualification.Id, PersonId = new PersonId(person!.Id), Level = level, ValidFrom = from, ValidTo = qualification.ValidTo(from), Reason = reason!, IssuedBy = caller.PersonId!.Value, IssuedAt = now,
        };
        db.Add(certificate);
        caller.Audit(db, now, "certificate.grant", "certificate", certificate.Id.Value.ToString(), after: new { certificate.QualificationId, certificate.PersonId, certificate.Level, certificate.ValidFrom, certificate.ValidTo }, reason: reason, institutionId: qualification.InstitutionId);
        await TellAsync("certificate.issued", certificate, qualification, reason!, now, cancel);
        await db.SaveChangesAsync(cancel);
        return certificate;
    }

    public async Task<Outcome<Certificate>> RevokeAsync(CertificateId id, string? reason, CancellationToken cancel)
    {
        if (await db.Set<Certificate>().SingleOrDefaultAsync(c => c.Id == id, cancel) is not { } certificate) return Problem.NotFound();
        var found = await db.FindQualificationAsync(certificate.QualificationId, QualificationPermissions.Grant, caller, cancel);
        if (!found.IsOk) return Outcome<Certificate>.Refuse(found.Problems);
        var (problems, now) = (new List<Problem>(), clock.GetCurrentInstant());
        var kept = BookingText.Check(problems, reason, "reason", required: true);
        if (problems.Count > 0) return problems;
        if (certificate.Revoke(caller.PersonId!.Value, kept!, now) is { } refused) return refused;
        caller.Audit(db, now, "certificate.revoke", "certificate", id.Value.ToString(), new { certificate.PersonId, certificate.Level, certificate.ValidTo }, reason: kept, institutionId: found.Value.InstitutionId);
        await TellAsync("certificate.revoked", certificate, found.Value, kept!, now, cancel);
        return await db.TrySaveAsync(cancel) is { } problem ? problem : certificate;
    }

    private async Task TellAsync(string what, Certificate certificate, Qualification qualification, string reason, Instant now, CancellationToken cancel)
    {
        db.AddCertificateMail(what, await BookingPeople.OfAsync(db, certificate.PersonId, cancel), qualification, certificate.ValidTo, reason, now);
        db.AddEvent(what, now, certificate.Id.Value, qualification.InstrumentId?.Value, qualification.InstitutionId.Value, certificate.PersonId.Value);
    }
}
