using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Notifications;
using InstrumentShare.Persistence;
using NodaTime;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>What people are told of their trainings and certificates.</summary>
internal static class QualificationMail
{
    private sealed record CertificateData(string Person, string Qualification, string QualificationEn, LocalDate? Until, string Reason, Guid QualificationId);

    private sealed record Slot(Instant StartsAt, Instant EndsAt);

    private sealed record TrainingData(string Person, string Qualification, string QualificationEn, Slot Slot, string Place, string? Reason, string TimeZone, Guid QualificationId, CalendarNote Calendar, string Link);

    /// <param name="kind">Issued, revoked, expires.</param>
    public static void AddCertificateMail(this AppDb db, string kind, BookingNews.Recipient to, Qualification qualification, LocalDate? until, string reason, Instant now) =>
        Add(db, kind, to, new CertificateData(to.Name, qualification.Name, qualification.NameEn, until, reason, qualification.Id.Value), now);

    /// <param name="kind">Moved, cancelled. The entry in people's calendars is one for the training's life.</param>
    public static void AddTrainingMail(this AppDb db, string kind, BookingNews.Recipient to, TrainingSession session, Qualification qualification, DateTimeZone zone, Instant now) =>
        Add(db, kind, to, new TrainingData(to.Name, qualification.Name, qualification.NameEn, new Slot(session.StartsAt, session.EndsAt), session.Place, session.CancelReason, zone.Id, qualification.Id.Value,
            new CalendarNote($"{session.Id.Value}@instrumentshare", (int)session.Version - 1, session.CancelledAt is null ? CalendarStatus.Confirmed : CalendarStatus.Cancelled), $"/my/qualifications?qualification={qualification.Id.Value}"), now);

    private static void Add(AppDb db, string kind, BookingNews.Recipient to, object data, Instant now)
    {
        if (!string.IsNullOrEmpty(to.Email)) db.AddMail(kind, to.Email, to.PersonId.Value, to.Language, data, now);
    }
}
