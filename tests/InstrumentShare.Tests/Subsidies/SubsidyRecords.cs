using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Subsidies;

/// <summary>Charges put straight into the database, as Billing leaves them.</summary>
internal static class SubsidyRecords
{
    public static async Task<Instrument> EnrolledAsync(TestHost host, Institution institution, string innerId, long valueYuan = 1_000_000, string enrolledOn = "2020-01-01")
    {
        var instrument = await host.Given.InstrumentAsync(institution, innerId: innerId, originalValueYuan: valueYuan);
        await host.ExecuteAsync("UPDATE instruments SET enrolled_on = @day::date WHERE id = @id", ("day", enrolledOn), ("id", instrument.Id.Value));
        return instrument;
    }

    public static async Task<Guid> ChargeAsync(
        TestHost host, Instrument instrument, Person person, Institution? user, long fen, string servedOn, string tags = "", string? claim = null, string status = "issued")
    {
        var (id, usage) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await host.ExecuteAsync(
            """
            INSERT INTO charges (instrument_id, id, kind, usage_id, person_id, institution_id, user_institution_id, user_class, service_mode, status, amount_fen, served_on, tags, evidence, claim_reference, created_at)
            VALUES (@instrument, @id, 'charge', @usage, @person, @institution, @user, 'enterprise', 'entrusted', @status, @fen, @day::date,
                    CASE WHEN @tags = '' THEN '{}' ELSE string_to_array(@tags, ',') END, '{contract,invoice}', @claim, now())
            """,
            ("instrument", instrument.Id.Value), ("id", id), ("usage", usage), ("person", person.Id), ("institution", instrument.InstitutionId.Value),
            ("user", user is null ? DBNull.Value : user.Id.Value), ("status", status), ("fen", fen), ("day", servedOn), ("tags", tags), ("claim", claim is null ? DBNull.Value : claim));
        return id;
    }

    /// <summary>So many charges of rising amounts over 360 days, every seventh with a tag that excludes it.</summary>
    public static Task ChargesAsync(TestHost host, Instrument instrument, Person person, Institution user, int count, string from) => host.ExecuteAsync(
        """
        INSERT INTO charges (instrument_id, id, kind, usage_id, person_id, institution_id, user_institution_id, user_class, service_mode, status, amount_fen, served_on, tags, evidence, created_at)
        SELECT @instrument, gen_random_uuid(), 'charge', gen_random_uuid(), @person, @institution, @user, 'enterprise', 'entrusted', 'issued', 1000 + n, @from::date + n % 360,
               CASE WHEN n % 7 = 0 THEN '{medicalService}'::text[] ELSE '{}' END, '{contract}', now()
        FROM generate_series(1, @count) n
        """,
        ("instrument", instrument.Id.Value), ("person", person.Id), ("institution", instrument.InstitutionId.Value), ("user", user.Id.Value), ("count", count), ("from", from));

    public static void MoveTo(this FixedClock clock, int year, int month, int day) => clock.Now = Instant.FromUtc(year, month, day, 1, 0);
}
