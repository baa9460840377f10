using InstrumentShare.Access;
using InstrumentShare.Persistence;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>The statement that reads what one person holds of some requirements, and its rows.</summary>
internal sealed class StandingReading
{
    private readonly IReadOnlyList<Requirement> requirements;
    private readonly List<(Guid Id, HeldCertificate? Certificate, Instant? Next)> rows = [];

    public StandingReading(PersonId person, IReadOnlyList<Requirement> requirements, Instant now)
    {
        this.requirements = requirements;
        var ids = requirements.Select(r => r.Id.Value).ToList();
        Command = new NpgsqlBatchCommand(IdList.In("""
            SELECT q.id, c.level, c.valid_from, c.valid_to, c.revoked_at IS NOT NULL, s.starts_at
            FROM qualifications q LEFT JOIN certificates c ON c.qualification_id = q.id AND c.person_id = $1
            LEFT JOIN LATERAL (SELECT starts_at FROM training_sessions t WHERE t.qualification_id = q.id AND t.starts_at > $3 AND t.cancelled_at IS NULL
                               AND t.sign_up_until >= $3 AND t.seats_taken < t.seats ORDER BY starts_at LIMIT 1) s ON true
            WHERE q.id = ANY($2)
            """, 2, ids))
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = person.Value }, IdList.Parameter(ids), new NpgsqlParameter<DateTime> { TypedValue = now.ToDateTimeUtc() } },
        };
    }

    public NpgsqlBatchCommand Command { get; }

    public void Row(NpgsqlDataReader r) => rows.Add((
        r.GetGuid(0),
        r.IsDBNull(1) ? null : new HeldCertificate(Word.Parse<QualificationLevel>(r.GetString(1)), Date(r, 2)!.Value, Date(r, 3), r.GetBoolean(4)),
        r.IsDBNull(5) ? null : Instant.FromDateTimeUtc(r.GetFieldValue<DateTime>(5))));

    /// <summary>After the last row.</summary>
    public IReadOnlyList<Held> Held() => [.. requirements.Select(q => (Requirement: q, Rows: rows.Where(x => x.Id == q.Id.Value).ToList()))
        .Select(q => new Held(q.Requirement, [.. q.Rows.Select(x => x.Certificate).OfType<HeldCertificate>()], q.Rows[0].Next))];

    private static LocalDate? Date(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : LocalDate.FromDateOnly(r.GetFieldValue<DateOnly>(column));
}
