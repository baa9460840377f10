using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings.Qualifications;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Qualifications;

public sealed class CertificateTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly LocalDate Today = new(2026, 3, 2);

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized)]
    [InlineData(Role.Researcher, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData(Role.Technician, HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    [InlineData(Role.InstitutionAdministrator, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Forbidden)]
    [InlineData(Role.LabManager, HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.OK)]
    [InlineData(Role.Auditor, HttpStatusCode.OK, HttpStatusCode.Forbidden, HttpStatusCode.Forbidden)]
    public async Task Who_may_see_require_and_grant(Role? role, HttpStatusCode see, HttpStatusCode require, HttpStatusCode grant)
    {
        var institution = await host.Given.InstitutionAsync();
        var qualification = await host.Given.QualificationAsync(institution, await host.Given.InstrumentAsync(institution));
        var person = await host.Given.PersonAsync(institution);
        var api = await host.ApiAsync(role switch { null => null, Role.Researcher => person, _ => await host.Given.PersonWithRoleAsync(role.Value, institution) });
        (await api.GetAsync($"/api/v1/qualifications/{qualification.Id.Value}")).StatusCode.ShouldBe(see);
        (await api.GetAsync($"/api/v1/qualifications/{qualification.Id.Value}/holders.csv")).StatusCode.ShouldBe(see);
        (await api.PatchAsJsonAsync($"/api/v1/qualifications/{qualification.Id.Value}", new { description = "x" })).StatusCode.ShouldBe(require);
        (await api.PostAsJsonAsync("/api/v1/certificates", Grant(qualification, person))).StatusCode.ShouldBe(grant == HttpStatusCode.OK ? HttpStatusCode.Created : grant);
    }

    [Fact]
    public async Task A_grant_keeps_its_reason_and_a_revocation_its_own()
    {
        var (institution, qualification, manager, api) = await PreparedAsync();
        var person = await host.Given.PersonAsync(institution);
        await (await api.PostAsJsonAsync("/api/v1/certificates", Grant(qualification, manager))).ShouldRefuseAsync(HttpStatusCode.Forbidden, "certificate.own");
        await (await api.PostAsJsonAsync("/api/v1/certificates", Grant(qualification, person, reason: " "))).ShouldRefuseAsync(HttpStatusCode.BadRequest, "booking.text-missing");
        await (await api.PostAsJsonAsync("/api/v1/certificates", Grant(qualification, person, validFrom: "2026-03-03"))).ShouldRefuseAsync(HttpStatusCode.BadRequest, "certificate.later");
        await (await api.PostAsJsonAsync("/api/v1/certificates", Grant(qualification, person, validFrom: "2025-03-02"))).ShouldRefuseAsync(HttpStatusCode.BadRequest, "certificate.over");
        var granted = await (await api.PostAsJsonAsync("/api/v1/certificates", Grant(qualification, person, validFrom: "2025-03-03"))).JsonAsync(HttpStatusCode.Created);
        granted.GetProperty("validTo").GetString().ShouldBe("2026-03-02");
        var revoke = $"/api/v1/certificates/{granted.GetProperty("id").GetGuid()}/revoke";
        await (await api.PostAsJsonAsync(revoke, new { reason = "" })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "booking.text-missing");
        await (await api.PostAsJsonAsync(revoke, new { reason = "违规操作" })).JsonAsync();
        await (await api.PostAsJsonAsync(revoke, new { reason = "再次" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "certificate.revoked-already");
        (await host.ScalarAsync<string>("SELECT string_agg(action || ' ' || reason, ', ' ORDER BY id) FROM audit_entries WHERE subject_id = @id", ("id", granted.GetProperty("id").GetString()!)))
            .ShouldBe("certificate.grant 纸质证书, certificate.revoke 违规操作");
        (await host.ScalarAsync<string>("SELECT string_agg(kind, ' ' ORDER BY created_at, id) FROM outbox_messages WHERE person_id = @id", ("id", person.Id))).ShouldBe("certificate.issued certificate.revoked");
    }

    [Fact]
    public async Task Holders_are_listed_by_the_end_of_their_certificates_and_exported_without_formulas()
    {
        var (institution, qualification, _, api) = await PreparedAsync();
        var (first, last, endless) = (await host.Given.PersonAsync(institution, name: "=1+1"), await host.Given.PersonAsync(institution, name: "乙"), await host.Given.PersonAsync(institution, name: "丙"));
        await host.Given.CertificateAsync(qualification, endless);
        await host.Given.CertificateAsync(qualification, last, validTo: Today.PlusDays(31));
        await host.Given.CertificateAsync(qualification, first, validTo: Today.PlusDays(30));
        var path = $"/api/v1/certificates?qualification={qualification.Id.Value}";
        var seen = new List<(string?, string?)>();
        string? cursor = null;
        do
        {
            var page = await (await api.GetAsync($"{path}&limit=1{(cursor is null ? "" : "&cursor=" + cursor)}")).JsonAsync(HttpStatusCode.OK);
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(i => (i.GetProperty("person").GetProperty("name").GetString(), i.GetProperty("state").GetString())));
            cursor = page.GetProperty("nextCursor").GetString();
        }
        while (cursor is not null);
        seen.ShouldBe([("=1+1", "expiring"), ("乙", "valid"), ("丙", "valid")]);
        (await (await api.GetAsync(path + "&expiringDays=30")).JsonAsync(HttpStatusCode.OK)).GetProperty("total").GetInt32().ShouldBe(1);
        var csv = await (await api.GetAsync($"/api/v1/qualifications/{qualification.Id.Value}/holders.csv")).Content.ReadAsStringAsync();
        csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(4);
        csv.ShouldContain("\"'=1+1\"");
    }

    [Fact]
    public async Task Reminders_come_30_and_7_days_before_once_each_and_are_made_up_for()
    {
        var (institution, qualification, _, _) = await PreparedAsync();
        var (far, month, week, renewed, over) = (await host.Given.PersonAsync(institution), await host.Given.PersonAsync(institution), await host.Given.PersonAsync(institution), await host.Given.PersonAsync(institution), await host.Given.PersonAsync(institution));
        await host.Given.CertificateAsync(qualification, far, validTo: Today.PlusDays(31));
        await host.Given.CertificateAsync(qualification, month, validTo: Today.PlusDays(30));
        await host.Given.CertificateAsync(qualification, week, validTo: Today.PlusDays(7));
        await host.Given.CertificateAsync(qualification, renewed, validTo: Today.PlusDays(5));
        await host.Given.CertificateAsync(qualification, renewed, validTo: Today.PlusDays(300));
        await host.Given.CertificateAsync(qualification, over, validTo: Today.PlusDays(-1));
        await RemindAsync();
        await RemindAsync();
        (await MailsAsync(far), await MailsAsync(month), await MailsAsync(week), await MailsAsync(renewed), await MailsAsync(over)).ShouldBe((0L, 1L, 1L, 0L, 0L));

        try
        {
            host.Clock.Advance(Duration.FromDays(22));
            await RemindAsync();
            (await MailsAsync(far), await MailsAsync(month)).ShouldBe((1L, 1L));
            host.Clock.Advance(Duration.FromDays(1));
            await RemindAsync();
            await RemindAsync();
            (await MailsAsync(far), await MailsAsync(month), await MailsAsync(week)).ShouldBe((1L, 2L, 1L));
            host.Clock.Advance(Duration.FromDays(1));
            await RemindAsync();
            (await MailsAsync(far), await MailsAsync(month)).ShouldBe((2L, 2L));
        }
        finally
        {
            host.Clock.Now = FixedClock.Start;
        }

        Task RemindAsync() => host.Services.GetRequiredService<RemindOfExpiry>().RunAsync();
    }

    [Fact]
    public async Task Two_nodes_that_remind_at_once_tell_each_holder_once()
    {
        var (institution, qualification, _, _) = await PreparedAsync();
        var people = new List<Person>();
        for (var i = 0; i < 20; i++)
        {
            people.Add(await host.Given.PersonAsync(institution));
            await host.Given.CertificateAsync(qualification, people[i], validTo: Today.PlusDays(20));
        }

        await using var second = host.NewNode();
        await Task.WhenAll(host.Services.GetRequiredService<RemindOfExpiry>().RunAsync(), second.Services.GetRequiredService<RemindOfExpiry>().RunAsync());
        foreach (var person in people) (await MailsAsync(person)).ShouldBe(1);
    }

    [Fact]
    public async Task A_requirement_is_refused_with_everything_that_is_wrong()
    {
        var (institution, _, _, api) = await PreparedAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        await (await api.PostAsJsonAsync("/api/v1/qualifications", new { name = "甲", nameEn = "A" })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "qualification.target");
        await (await api.PostAsJsonAsync("/api/v1/qualifications", new { instrumentId = (await host.Given.InstrumentAsync()).Id.Value, name = "甲", nameEn = "A" })).ShouldRefuseAsync(HttpStatusCode.BadRequest, "qualification.target-unknown");
        var wrong = await (await api.PostAsJsonAsync("/api/v1/qualifications", new { instrumentId = instrument.Id.Value, name = "", nameEn = "A", requiredLevel = "supervised", validMonths = 121 })).JsonAsync(HttpStatusCode.BadRequest);
        wrong.GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("field").GetString()).ShouldBe(["name", "requiredLevel", "validMonths"]);
        await (await api.PostAsJsonAsync("/api/v1/qualifications", new { instrumentId = instrument.Id.Value, name = "同名", nameEn = "A" })).JsonAsync(HttpStatusCode.Created);
        await (await api.PostAsJsonAsync("/api/v1/qualifications", new { instrumentId = instrument.Id.Value, name = "同名", nameEn = "B" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "qualification.name-taken");
    }

    [Fact]
    public async Task Requirements_are_listed_page_by_page_and_for_an_instrument_with_those_of_its_groups()
    {
        var (institution, first, _, api) = await PreparedAsync();
        var (grouped, other) = (await host.Given.InstrumentAsync(institution), await host.Given.InstrumentAsync(institution));
        var own = await host.Given.QualificationAsync(institution, grouped);
        var shared = await host.Given.QualificationAsync(institution, group: await host.Given.InstrumentGroupAsync(institution, grouped, other));
        var page = await (await api.GetAsync("/api/v1/qualifications?limit=2")).JsonAsync(HttpStatusCode.OK);
        var rest = await (await api.GetAsync($"/api/v1/qualifications?limit=2&cursor={page.GetProperty("nextCursor").GetString()}")).JsonAsync(HttpStatusCode.OK);
        Ids(page).Concat(Ids(rest)).ShouldBe([first.Id.Value, own.Id.Value, shared.Id.Value]);
        Ids(await (await api.GetAsync($"/api/v1/qualifications?instrument={grouped.Id.Value}")).JsonAsync(HttpStatusCode.OK)).ShouldBe([own.Id.Value, shared.Id.Value]);
        Ids(await (await api.GetAsync($"/api/v1/qualifications?instrument={other.Id.Value}")).JsonAsync(HttpStatusCode.OK)).ShouldBe([shared.Id.Value]);

        static IEnumerable<Guid> Ids(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("id").GetGuid());
    }

    private Task<long> MailsAsync(Person person) => host.ScalarAsync<long>("SELECT count(*) FROM outbox_messages WHERE kind = 'certificate.expires' AND person_id = @id", ("id", person.Id));

    private async Task<(Institution Institution, Qualification Qualification, Person Manager, HttpClient Api)> PreparedAsync()
    {
        var institution = await host.Given.InstitutionAsync();
        var manager = await host.Given.PersonWithRoleAsync(Role.LabManager, institution);
        return (institution, await host.Given.QualificationAsync(institution, await host.Given.InstrumentAsync(institution)), manager, await host.ApiAsync(manager));
    }

    private static object Grant(Qualification qualification, Person person, string reason = "纸质证书", string? validFrom = null) => new { qualificationId = qualification.Id.Value, email = person.Email, level = "independent", reason, validFrom };
}
