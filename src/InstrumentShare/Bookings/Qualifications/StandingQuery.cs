using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings.Qualifications;

/// <param name="Next">When the next training begins that still has a seat.</param>
public sealed record Held(Requirement Requirement, IReadOnlyList<HeldCertificate> Certificates, Instant? Next)
{
    /// <summary>The last day of the certificate that held longest.</summary>
    public LocalDate? EndedOn => Certificates.Where(c => !c.IsRevoked).Max(c => c.ValidTo);
}

/// <summary>What one person holds of an instrument's requirements, and where to go for the rest, in one query.</summary>
public sealed class StandingQuery(NpgsqlDataSource database, PersonAccessQuery people, PermissionCatalog permissions, IClock clock)
{
    public async Task<IReadOnlyList<Held>> OfAsync(PersonId person, IReadOnlyList<Requirement> requirements, CancellationToken cancel)
    {
        if (requirements.Count == 0) return [];
        var ids = requirements.Select(r => r.Id.Value).ToList();
        await using var command = database.CreateCommand(IdList.In("""
            SELECT q.id, c.level, c.valid_from, c.valid_to, c.revoked_at IS NOT NULL, s.starts_at
            FROM qualifications q LEFT JOIN certificates c ON c.qualification_id = q.id AND c.person_id = $1
            LEFT JOIN LATERAL (SELECT starts_at FROM training_sessions t WHERE t.qualification_id = q.id AND t.starts_at > $3 AND t.cancelled_at IS NULL
                               AND t.sign_up_until >= $3 AND t.seats_taken < t.seats ORDER BY starts_at LIMIT 1) s ON true
            WHERE q.id = ANY($2)
            """, 2, ids));
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = person.Value });
        command.Parameters.Add(IdList.Parameter(ids));
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = clock.GetCurrentInstant().ToDateTimeUtc() });
        await using var r = await command.ExecuteReaderAsync(cancel);
        var rows = new List<(Guid Id, HeldCertificate? Certificate, Instant? Next)>();
        while (await r.ReadAsync(cancel))
            rows.Add((r.GetGuid(0), r.IsDBNull(1) ? null : new HeldCertificate(Word.Parse<QualificationLevel>(r.GetString(1)), Date(r, 2)!.Value, Date(r, 3), r.GetBoolean(4)), r.IsDBNull(5) ? null : Instant.FromDateTimeUtc(r.GetFieldValue<DateTime>(5))));
        return [.. requirements.Select(q => (Requirement: q, Rows: rows.Where(x => x.Id == q.Id.Value).ToList()))
            .Select(q => new Held(q.Requirement, [.. q.Rows.Select(x => x.Certificate).OfType<HeldCertificate>()], q.Rows[0].Next))];
    }

    /// <summary>Whether somebody trains others on the instrument and so is in charge of it.</summary>
    public async Task<bool> IsInChargeAsync(PersonId person, InstrumentRules instrument, CancellationToken cancel) =>
        await people.OfAsync(person, cancel) is { } access && access.Grants.Any(g => permissions.RolesOf(QualificationPermissions.Train).Contains(g.Role) && g.Covers(instrument.Scope));

    private static LocalDate? Date(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : LocalDate.FromDateOnly(r.GetFieldValue<DateOnly>(column));
}
