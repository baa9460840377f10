using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using InstrumentShare.Usage.Faults;

namespace InstrumentShare.Tests.Usage.Faults;

/// <summary>Pictures of what is wrong: taken by content, seen by staff and by who reported.</summary>
public sealed class FaultPhotoTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly byte[] Png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    [Theory]
    [InlineData("89504E470D0A1A0A00", "image/png")]
    [InlineData("89504E470D0A1A0B00", null)]
    [InlineData("FFD8FFE000104A464946", "image/jpeg")]
    [InlineData("FFD8", null)]
    [InlineData("52494646240000005745425056503820", "image/webp")]
    [InlineData("52494646240000005741564520202020", null)]
    [InlineData("52494646", null)]
    [InlineData("3C7376672F3E", null)]
    [InlineData("474946383961", null)]
    [InlineData("", null)]
    public void What_a_picture_is_its_first_bytes_say(string content, string? type) => FaultPhotoRules.MediaTypeOf(Convert.FromHexString(content)).ShouldBe(type);

    [Fact]
    public void Too_many_too_large_or_too_late_is_named()
    {
        FaultPhotoRules.Check(FaultStatus.Reported, Png, 3).ShouldBeEmpty();
        FaultPhotoRules.Check(FaultStatus.Acknowledged, Png, 4).Select(p => p.Code).ShouldBe(["fault.photo-count"]);
        FaultPhotoRules.Check(FaultStatus.Resolved, Png, 0).Select(p => p.Code).ShouldBe(["fault.resolved"]);
        var large = new byte[FaultPhotoRules.MaxBytes + 1];
        Png.CopyTo(large, 0);
        FaultPhotoRules.Check(FaultStatus.Reported, large, 0).Select(p => p.Code).ShouldBe(["fault.photo-size"]);
        FaultPhotoRules.Check(FaultStatus.Reported, large.AsSpan(0, FaultPhotoRules.MaxBytes), 0).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("reporter", 201, 200)]
    [InlineData("manager", 201, 200)]
    [InlineData("technician", 201, 200)]
    [InlineData("auditor", 403, 200)]
    [InlineData("stranger", 404, 404)]
    [InlineData("managerElsewhere", 404, 404)]
    [InlineData("nobody", 401, 401)]
    public async Task Who_adds_and_who_sees_a_picture(string role, int add, int see)
    {
        var (institution, instrument, reporter, fault) = await ReportedAsync();
        (await AddAsync(await host.ApiAsync(reporter), fault, Png)).StatusCode.ShouldBe(HttpStatusCode.Created);
        var api = await host.ApiAsync(role switch
        {
            "reporter" => reporter,
            "manager" => await host.Given.PersonWithRoleAsync(Role.LabManager, institution),
            "technician" => await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: instrument.Id.Value),
            "auditor" => await host.Given.PersonWithRoleAsync(Role.Auditor),
            "stranger" => await host.Given.PersonAsync(institution),
            "managerElsewhere" => await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync()),
            _ => null,
        });
        ((int)(await AddAsync(api, fault, Png)).StatusCode, (int)(await api.GetAsync($"/api/v1/faults/{fault}/photos/1")).StatusCode).ShouldBe((add, see));
    }

    [Fact]
    public async Task A_picture_is_kept_as_it_came_and_served_as_what_it_is()
    {
        var (_, _, reporter, fault) = await ReportedAsync();
        var api = await host.ApiAsync(reporter);
        await (await AddAsync(api, fault, [.. "<script>alert(1)</script>"u8])).ShouldRefuseAsync(HttpStatusCode.BadRequest, "fault.photo-content");
        await (await AddAsync(api, fault, new byte[FaultPhotoRules.MaxBytes + 1])).ShouldRefuseAsync(HttpStatusCode.BadRequest, "fault.photo-size");
        (await AddAsync(api, fault, new byte[FaultPhotoRules.MaxBytes + 200_000])).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await api.PostAsJsonAsync($"/api/v1/faults/{fault}/photos", new { file = "x" })).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await AddAsync(api, fault, Png, name: "evil.html")).StatusCode.ShouldBe(HttpStatusCode.Created);
        var seen = await api.GetAsync($"/api/v1/faults/{fault}/photos/1");
        (await seen.Content.ReadAsByteArrayAsync()).ShouldBe(Png);
        seen.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        seen.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        for (var i = 2; i <= 4; i++) (await AddAsync(api, fault, Png)).StatusCode.ShouldBe(HttpStatusCode.Created);
        await (await AddAsync(api, fault, Png)).ShouldRefuseAsync(HttpStatusCode.Conflict, "fault.photo-count");
        (await (await api.GetAsync($"/api/v1/faults/{fault}")).JsonAsync()).GetProperty("photos").GetInt32().ShouldBe(4);
        (await api.GetAsync($"/api/v1/faults/{fault}/photos/5")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await host.ScalarAsync<long>("SELECT count(*) FROM audit_entries WHERE action = 'fault.photo' AND subject_id = @id", ("id", fault.ToString()))).ShouldBe(4);
    }

    [Fact]
    public async Task Pictures_added_at_once_are_all_kept_and_never_one_too_many()
    {
        var (_, _, reporter, fault) = await ReportedAsync();
        await using var second = host.NewNode();
        var (one, two) = (await host.ApiAsync(reporter), await second.ApiAsync(reporter));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => AddAsync(i % 2 == 0 ? one : two, fault, Png)));
        answers.Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBe(4);
        (await host.ScalarAsync<long>("SELECT count(*) FROM fault_photos WHERE fault_id = @id", ("id", fault))).ShouldBe(4);
    }

    [Fact]
    public async Task On_the_page_the_reporter_adds_a_picture_and_staff_see_it()
    {
        var (institution, _, reporter, fault) = await ReportedAsync();
        var own = await host.PagesAsync(reporter);
        var page = await own.GetAsync($"/faults/{fault}");
        page.QuerySelector("form[data-photo]")!.GetAttribute("enctype").ShouldBe("multipart/form-data");
        using var form = FormOf([.. "no picture"u8], "x.png");
        form.Add(new StringContent(page.QuerySelector("form[data-photo] input[name=__RequestVerificationToken]")!.GetAttribute("value")!), "__RequestVerificationToken");
        var refused = await own.Http.PostAsync($"/faults/{fault}?handler=Photo", form);
        (await refused.Content.ReadAsStringAsync()).ShouldContain("fault.photo-content");
        (await AddAsync(await host.ApiAsync(reporter), fault, Png)).StatusCode.ShouldBe(HttpStatusCode.Created);
        var desk = await (await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution))).GetAsync($"/faults/{fault}");
        desk.QuerySelector("[data-photos] img")!.GetAttribute("src").ShouldBe($"/api/v1/faults/{fault}/photos/1");
        desk.QuerySelector("[data-photos] img")!.GetAttribute("alt").ShouldBe("Picture 1 of 1");
    }

    private static MultipartFormDataContent FormOf(byte[] content, string name) => new() { { new ByteArrayContent(content), "file", name } };

    private static async Task<HttpResponseMessage> AddAsync(HttpClient api, Guid fault, byte[] content, string name = "fault.jpg")
    {
        using var form = FormOf(content, name);
        return await api.PostAsync($"/api/v1/faults/{fault}/photos", form);
    }

    private async Task<(Institution Institution, Instrument Instrument, Person Reporter, Guid Fault)> ReportedAsync()
    {
        var institution = await host.Given.InstitutionAsync();
        var (instrument, reporter) = (await host.Given.InstrumentAsync(institution), await host.Given.PersonAsync());
        var fault = await (await (await host.ApiAsync(reporter)).PostAsJsonAsync($"/api/v1/instruments/{instrument.Id.Value}/faults", new { severity = "unusable", text = "No vacuum" })).JsonAsync(HttpStatusCode.Created);
        return (institution, instrument, reporter, fault.GetProperty("id").GetGuid());
    }
}
