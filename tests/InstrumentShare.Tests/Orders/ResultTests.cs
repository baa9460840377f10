using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Orders.Results;
using InstrumentShare.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using static InstrumentShare.Tests.Orders.OrderClient;

namespace InstrumentShare.Tests.Orders;

public sealed class ResultTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly byte[] Pdf = [.. "%PDF-1.7\n"u8.ToArray(), .. RandomNumberGenerator.GetBytes(1_500_000)];

    [Fact]
    public async Task A_result_is_kept_with_its_digest_and_downloaded_as_it_was_as_an_attachment_and_logged()
    {
        var (lab, order) = await ReceivedAsync();
        var added = await (await UploadAsync(lab.Manager, order, "../谱图<1>.pdf", Pdf)).JsonAsync(HttpStatusCode.Created);
        (added.GetProperty("name").GetString(), added.GetProperty("sha256").GetString(), added.GetProperty("expiresOn").GetString()).ShouldBe(("谱图1.pdf", Convert.ToHexStringLower(SHA256.HashData(Pdf)), "2026-08-29"));

        var answer = await lab.Api.GetAsync(Path(order, added));
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(Pdf);
        answer.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        answer.Content.Headers.ContentDisposition.FileNameStar.ShouldBe("谱图1.pdf");
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/pdf");
        (await host.ScalarAsync<long>("SELECT count(*) FROM result_downloads WHERE file_id = @id AND person_id = @person", ("id", Id(added)), ("person", lab.Customer.Id))).ShouldBe(1);
        (await Should.ThrowAsync<Npgsql.PostgresException>(() => host.ExecuteAsync("DELETE FROM result_downloads WHERE file_id = @id", ("id", Id(added))))).ConstraintName.ShouldBe("order.history-immutable");
    }

    [Theory]
    [InlineData("report.pdf", "#!/bin/sh\nrm -rf /\n", "result.content")]
    [InlineData("picture.png", "%PDF-1.4", "result.content")]
    [InlineData("data.csv", "<script>alert(1)</script>", "result.content")]
    [InlineData("data.txt", "#!/usr/bin/env python\n", "result.content")]
    [InlineData("data.csv", "a\0b", "result.content")]
    [InlineData("run.exe", "MZ", "result.kind")]
    [InlineData("page.html", "<html>", "result.kind")]
    [InlineData("picture.svg", "<svg/>", "result.kind")]
    [InlineData("noending", "x", "result.kind")]
    [InlineData("empty.txt", "", "result.empty")]
    public async Task What_is_not_what_it_is_called_is_refused(string name, string content, string code)
    {
        var (lab, order) = await ReceivedAsync();
        await (await UploadAsync(lab.Manager, order, name, Encoding.UTF8.GetBytes(content))).ShouldRefuseAsync(HttpStatusCode.BadRequest, code);
        (await host.ScalarAsync<long>("SELECT count(*) FROM result_files WHERE order_id = @id", ("id", Id(order)))).ShouldBe(0);
    }

    [Fact]
    public async Task Too_much_is_refused_before_and_after_it_is_read()
    {
        var (lab, order) = await ReceivedAsync();
        await (await UploadAsync(lab.Manager, order, "big.pdf", [.. "%PDF-"u8.ToArray(), .. new byte[20 * 1024 * 1024]])).ShouldRefuseAsync(HttpStatusCode.BadRequest, "result.too-large");
        await (await UploadAsync(lab.Manager, order, "big.pdf", new byte[21 * 1024 * 1024])).ShouldRefuseAsync(HttpStatusCode.RequestEntityTooLarge, "result.request-too-large");
        (await lab.Manager.PostAsJsonAsync($"{Root}/{Id(order)}/results", new { })).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Only_the_customer_their_group_leader_and_the_labs_staff_download_and_others_learn_nothing()
    {
        var lab = await Lab.OfAsync(host);
        var institution = await host.Given.InstitutionAsync();
        var (leader, member, fellow) = (await host.Given.PersonAsync(institution), await host.Given.PersonAsync(institution), await host.Given.PersonAsync(institution));
        var group = await host.Given.GroupAsync(institution, leader, member, fellow);
        await host.Given.GrantAsync(leader, Role.GroupLeader, group.Id.Value, ScopeKind.Group);
        lab = lab with { Customer = member, Api = await host.ApiAsync(member) };
        var placed = await (await lab.Api.PostAsJsonAsync(Root, new
        {
            instrumentId = lab.Instrument.Id.Value, purpose = "x", submit = true, customer = "group", groupId = group.Id.Value, lines = new[] { new { testItemId = lab.Item.Id.Value, samples = 1, description = "y", form = "film" } },
        })).JsonAsync(HttpStatusCode.Created);
        var order = await (await lab.AcceptAsync(await (await lab.QuoteAsync(placed)).JsonAsync(HttpStatusCode.Created))).JsonAsync(HttpStatusCode.OK);
        await SampleTests.ReceivedAsync(lab, order, 1);
        var file = await (await UploadAsync(lab.Manager, order, "a.csv", "x,y\n1,2\n"u8.ToArray())).JsonAsync(HttpStatusCode.Created);

        foreach (var may in new[] { member, leader, await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: lab.Instrument.Id.Value), lab.ManagerPerson })
            (await (await host.ApiAsync(may)).GetAsync(Path(order, file))).StatusCode.ShouldBe(HttpStatusCode.OK);
        foreach (var not in new[] { fellow, await host.Given.PersonAsync(lab.Institution), await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, lab.Institution), await host.Given.PersonWithRoleAsync(Role.Auditor), await host.Given.PersonWithRoleAsync(Role.LabManager, institution) })
        {
            var api = await host.ApiAsync(not);
            (await api.GetAsync(Path(order, file))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await api.GetAsync($"{Root}/{Id(order)}/results")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        }

        (await (await host.ApiAsync(null)).GetAsync(Path(order, file))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await UploadAsync(lab.Api, order, "a.csv", "x"u8.ToArray())).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task After_its_last_day_only_the_bytes_are_removed_once_and_its_customer_is_reminded_once_before()
    {
        var (lab, order) = await ReceivedAsync();
        var file = await (await UploadAsync(lab.Manager, order, "a.pdf", Pdf, expiresOn: "2026-03-20")).JsonAsync(HttpStatusCode.Created);
        await (await lab.Api.GetAsync(Path(order, file))).Content.ReadAsByteArrayAsync();
        var job = host.Services.GetRequiredService<ExpireResults>();
        try
        {
            await job.RunAsync();
            (await RemindersAsync(order)).ShouldBe(0);
            host.Clock.Now = Instant.FromUtc(2026, 3, 6, 16, 0);
            await job.RunAsync();
            await job.RunAsync();
            (await RemindersAsync(order)).ShouldBe(1);
            host.Clock.Now = Instant.FromUtc(2026, 3, 20, 15, 59);
            await job.RunAsync();
            (await ChunksAsync(file)).ShouldBe(2);
            host.Clock.Now = Instant.FromUtc(2026, 3, 20, 16, 0);
            (await job.RunAsync()).Removed.ShouldBe(1);
            (await job.RunAsync()).Removed.ShouldBe(0);
            (await ChunksAsync(file)).ShouldBe(0);
            (await host.ScalarAsync<string>("SELECT sha256 FROM result_files WHERE id = @id AND removed_at IS NOT NULL", ("id", Id(file)))).ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Pdf)));
            (await host.ScalarAsync<long>("SELECT count(*) FROM result_downloads WHERE file_id = @id", ("id", Id(file)))).ShouldBe(1);
            await (await (await host.ApiAsync(lab.Customer)).GetAsync(Path(order, file))).ShouldRefuseAsync(HttpStatusCode.Conflict, "result.removed");
        }
        finally
        {
            host.Clock.Now = FixedClock.Start;
        }
    }

    [Theory]
    [InlineData("a/b\\c.pdf", "c.pdf")]
    [InlineData("..", "")]
    [InlineData(" .x.txt. ", "x.txt")]
    [InlineData("a\u202Efdp.exe", "afdp.exe")]
    [InlineData(null, "")]
    public void Names_are_cleaned(string? name, string clean) => ResultRules.CleanName(name).ShouldBe(clean);

    [Fact]
    public void A_long_name_keeps_its_ending() => ResultRules.CleanName(new string('x', 300) + ".pdf").ShouldBe(new string('x', 146) + ".pdf");

    private async Task<(Lab Lab, JsonElement Order)> ReceivedAsync()
    {
        var lab = await Lab.OfAsync(host);
        var order = await lab.AcceptedAsync(samples: 1);
        await SampleTests.ReceivedAsync(lab, order, 1);
        return (lab, order);
    }

    private static async Task<HttpResponseMessage> UploadAsync(HttpClient api, JsonElement order, string name, byte[] content, string? expiresOn = null)
    {
        var file = new ByteArrayContent(content);
        file.Headers.ContentType = new MediaTypeHeaderValue("application/pdf");
        using var form = new MultipartFormDataContent { { file, "file", name } };
        if (expiresOn is not null) form.Add(new StringContent(expiresOn), "expiresOn");
        return await api.PostAsync($"{Root}/{Id(order)}/results", form);
    }

    private static string Path(JsonElement order, JsonElement file) => $"{Root}/{Id(order)}/results/{Id(file)}";

    private Task<long> ChunksAsync(JsonElement file) => host.ScalarAsync<long>("SELECT count(*) FROM result_chunks WHERE file_id = @id", ("id", Id(file)));

    private Task<long> RemindersAsync(JsonElement order) => host.ScalarAsync<long>("SELECT count(*) FROM outbox_messages WHERE kind = 'order.result-expires' AND data->>'orderId' = @id", ("id", Id(order).ToString()));
}
