using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>
/// Lets an instrument be used by who may work it: asked again at check-in, where booking was allowed before training or a certificate
/// was revoked since. What staff overrode for this very booking stays overridden.
/// </summary>
public sealed class UseQualification(AppDb db, Requirements requirements, StandingQuery standings, Words words)
{
    private static readonly string[] Codes = [.. Enum.GetValues<QualificationStanding>().Select(QualificationRules.CodeOf).OfType<string>()];

    public async Task<Problem?> CheckAsync(Booking booking, InstrumentRules instrument, CancellationToken cancel)
    {
        var asked = await requirements.OfAsync(instrument, cancel);
        if (asked.Count == 0 || booking.ServiceMode == ServiceMode.Entrusted) return null;
        var on = QualificationRules.LastDay(booking.Slot, instrument.InstitutionZone);
        var lacking = (await standings.OfAsync(booking.PersonId, asked, cancel))
            .FirstOrDefault(h => QualificationRules.Judge(h.Requirement.RequiredLevel, h.Certificates, on, booking.ServiceMode) != QualificationStanding.Enough);
        if (lacking is null || await standings.IsInChargeAsync(booking.PersonId, instrument, cancel) || await WasOverriddenAsync(booking, cancel)) return null;
        return Problem.Refused("usage.qualification-missing", null,
            ("qualification", words.Name(lacking.Requirement.Name, lacking.Requirement.NameEn)), ("next", lacking.Next), ("link", QualificationGate.LinkTo(lacking.Requirement.Id)));
    }

    private async Task<bool> WasOverriddenAsync(Booking booking, CancellationToken cancel) => booking.OverrideReason is not null && await db.Database.SqlQuery<bool>($"""
        SELECT EXISTS (SELECT 1 FROM audit_entries WHERE subject_kind = 'booking' AND subject_id = {booking.Id.Value.ToString()} AND action = 'booking.override' AND after->'overridden' ?| {Codes}) AS "Value"
        """).SingleAsync(cancel);
}
