using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>
/// Writes what came of a training, for many at once. Who passed has a certificate from the day of the training; a result that is
/// corrected afterwards revokes the certificate that it gave.
/// </summary>
public sealed class RecordResults(AppDb db, Caller caller, IClock clock)
{
    public sealed record Entry(Guid? PersonId, string? Result, string? Level, string? Remark);

    public sealed record Request(IReadOnlyList<Entry>? Results);

    private sealed record Read(TrainingAttendee Attendee, TrainingResult Result, QualificationLevel? Level, string Remark);

    /// <returns>How many results are new or changed.</returns>
    public async Task<Outcome<int>> RunAsync(TrainingSessionId id, Request request, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        if (await db.LockTrainingAsync(id, cancel) is not var (session, qualification)) return Problem.NotFound();
        if (!caller.May(QualificationPermissions.Train, qualification.Scope)) return Problem.Forbidden();
        var now = clock.GetCurrentInstant();
        if (TrainingRules.Results(session, now) is { } early) return early;
        var entries = request.Results ?? [];
        if (entries.Count is 0 or > TrainingRules.MaxResults) return Problem.Invalid("training.how-many", "results", ("max", TrainingRules.MaxResults), ("count", entries.Count));
        var attendees = await db.Set<TrainingAttendee>().Where(a => a.SessionId == id && a.LeftAt == null).ToDictionaryAsync(a => a.PersonId, cancel);
        var problems = new List<Problem>();
        var read = entries.Select((e, i) => ReadOne(e, i, session, attendees, problems)).OfType<Read>().ToList();
        if (problems.Count > 0) return problems;

        var changed = read.DistinctBy(r => r.Attendee.PersonId).Where(r => r.Attendee.Result != r.Result || r.Attendee.Level != r.Level || r.Attendee.Remark != r.Remark).ToList();
        var people = await BookingPeople.OfAsync(db, changed.Select(r => r.Attendee.PersonId), cancel);
        var given = changed.Select(r => r.Attendee.CertificateId).OfType<CertificateId>().Select(c => c.Value).ToList();
        var certificates = await db.Set<Certificate>().Where(c => given.Contains((Guid)(object)c.Id)).ToDictionaryAsync(c => c.Id, cancel);
        var on = session.EndsAt.InZone(await db.ZoneOfAsync(qualification.InstitutionId, cancel)).Date;
        foreach (var one in changed)
        {
            var standing = one.Attendee.CertificateId is { } given1 ? certificates[given1] : null;
            var certificate = Certify(session, qualification, one, standing, people[one.Attendee.PersonId], on, now);
            var before = Shown(one.Attendee);
            one.Attendee.Record(one.Result, one.Level, one.Remark, certificate?.Id, caller.PersonId!.Value, now);
            caller.Audit(db, now, "training.result", "training", id.Value.ToString(), before, Shown(one.Attendee), institutionId: qualification.InstitutionId);
        }

        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return changed.Count;
    }

    private Read? ReadOne(Entry entry, int index, TrainingSession session, Dictionary<PersonId, TrainingAttendee> attendees, List<Problem> problems)
    {
        var (at, before) = (string.Create(System.Globalization.CultureInfo.InvariantCulture, $"results[{index}]."), problems.Count);
        if (!attendees.TryGetValue(new PersonId(entry.PersonId ?? Guid.Empty), out var attendee)) problems.Add(Problem.Invalid("training.stranger", at + "personId", ("value", entry.PersonId)));
        else if (attendee.PersonId == caller.PersonId) problems.Add(Problem.Forbidden("training.own-result") with { Field = at + "personId" });
        if (!Word.TryParse<TrainingResult>(entry.Result, out var result)) problems.Add(Problem.Invalid("training.result", at + "result", ("value", entry.Result), ("known", string.Join(", ", Word.All<TrainingResult>()))));
        var level = session.Level;
        if (!string.IsNullOrEmpty(entry.Level) && !Word.TryParse(entry.Level, out level)) problems.Add(PlanTraining.UnknownLevel(entry.Level) with { Field = at + "level" });
        var remark = BookingText.Check(problems, entry.Remark, at + "remark") ?? string.Empty;
        return problems.Count > before ? null : new Read(attendee!, result, result == TrainingResult.Passed ? level : null, remark);
    }

    // The certificate that stands stays where the level does.
    private Certificate? Certify(TrainingSession session, Qualification qualification, Read one, Certificate? standing, BookingNews.Recipient to, LocalDate on, Instant now)
    {
        if (one.Level is { } same && standing is { RevokedAt: null } && standing.Level == same) return standing;
        standing?.Revoke(caller.PersonId!.Value, "结果更正 / result corrected", now);
        if (one.Level is not { } level) return standing;
        var certificate = new Certificate
        {
            QualificationId = qualification.Id, PersonId = one.Attendee.PersonId, Level = level, ValidFrom = on, ValidTo = qualification.ValidTo(on), SessionId = session.Id, IssuedBy = caller.PersonId!.Value, IssuedAt = now,
        };
        db.Add(certificate);
        db.AddCertificateMail("certificate.issued", to, qualification, certificate.ValidTo, string.Empty, now);
        db.AddEvent("certificate.issued", now, certificate.Id.Value, qualification.InstrumentId?.Value, qualification.InstitutionId.Value, certificate.PersonId.Value);
        return certificate;
    }

    private static object Shown(TrainingAttendee a) => new { a.PersonId, a.Result, a.Level, a.Remark, a.CertificateId };
}
