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
public sealed class StandingQuery([FromKeyedServices(Databases.KeptPlans)] NpgsqlDataSource database, PersonAccessQuery people, PermissionCatalog permissions, IClock clock)
{
    public async Task<IReadOnlyList<Held>> OfAsync(PersonId person, IReadOnlyList<Requirement> requirements, CancellationToken cancel)
    {
        if (requirements.Count == 0) return [];
        var reading = Read(person, requirements);
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(reading.Command);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel)) reading.Row(reader);
        return reading.Held();
    }

    /// <summary>The same as a statement to be sent beside others.</summary>
    internal StandingReading Read(PersonId person, IReadOnlyList<Requirement> requirements) => new(person, requirements, clock.GetCurrentInstant());

    /// <summary>Whether somebody trains others on the instrument and so is in charge of it.</summary>
    public async Task<bool> IsInChargeAsync(PersonId person, InstrumentRules instrument, CancellationToken cancel) =>
        await people.OfAsync(person, cancel) is { } access && access.Grants.Any(g => permissions.RolesOf(QualificationPermissions.Train).Contains(g.Role) && g.Covers(instrument.Scope));
}
