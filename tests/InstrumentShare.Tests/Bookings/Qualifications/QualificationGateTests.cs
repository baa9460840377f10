using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Bookings.Qualifications;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Qualifications;

/// <summary>Who may book and use an instrument that asks for a qualification, on every path.</summary>
public sealed class QualificationGateTests(TestHost host) : IClassFixture<TestHost>
{
    private static readonly LocalDate Tuesday = new(2026, 3, 3);

    [Theory]
    [InlineData(null, "selfOperated", "booking.qualification-missing")]
    [InlineData(null, "assisted", "booking.qualification-missing")]
    [InlineData(null, "entrusted", null)]
    [InlineData(QualificationLevel.Supervised, "selfOperated", "booking.supervised-only")]
    [InlineData(QualificationLevel.Supervised, "assisted", null)]
    [InlineData(QualificationLevel.Independent, "selfOperated", null)]
    public async Task A_booking_asks_for_the_level(QualificationLevel? holds, string mode, string? code)
    {
        var (institution, instrument, person) = await BookableAsync();
        var qualification = await host.Given.QualificationAsync(institution, instrument);
        if (holds is { } level) await host.Given.CertificateAsync(qualification, person, level);
        var answer = await BookAsync(await host.ApiAsync(person), instrument, mode);
        if (code is null) answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        else await answer.ShouldRefuseAsync(HttpStatusCode.Conflict, code);
    }

    [Fact]
    public async Task Free_time_is_not_offered_to_who_could_not_book_it_and_the_calendar_says_so_once()
    {
        var (institution, instrument, person) = await BookableAsync();
        var qualification = await host.Given.QualificationAsync(institution, instrument);
        var path = $"/api/v1/instruments/{instrument.Id.Value}/free-slots?minutes=60&from={Day.At(Tuesday, 8)}&to={Day.At(Tuesday.PlusDays(1), 20)}";
        (await (await (await host.ApiAsync()).GetAsync(path)).JsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(36, "who is not known yet sees all that is free");
        var api = await host.ApiAsync(person);
        var refused = await (await api.GetAsync(path)).JsonAsync();
        refused.GetProperty("items").GetArrayLength().ShouldBe(0);
        refused.GetProperty("problems").EnumerateArray().Select(p => p.GetProperty("code").GetString()).ShouldBe(["booking.qualification-missing"]);
        (await (await api.GetAsync(path + "&serviceMode=entrusted")).JsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(36);
        var pages = await host.PagesAsync(person);
        var calendar = await pages.GetAsync($"/instruments/{instrument.Id.Value}/calendar");
        calendar.QuerySelectorAll("[data-against] li").Length.ShouldBe(1);
        calendar.QuerySelector("[data-against]")!.TextContent.ShouldContain(qualification.NameEn);

        await host.Given.CertificateAsync(qualification, person, validTo: Tuesday);
        var left = await (await api.GetAsync(path)).JsonAsync();
        left.GetProperty("items").EnumerateArray().Select(s => s.GetProperty("endsAt").GetDateTimeOffset()).ShouldAllBe(e => e <= Day.At(Tuesday, 24).ToDateTimeOffset());
        (left.GetProperty("items").GetArrayLength(), left.GetProperty("problems").GetArrayLength()).ShouldBe((16, 0));
        (await pages.GetAsync($"/instruments/{instrument.Id.Value}/calendar")).QuerySelector("[data-against]").ShouldBeNull();
    }

    [Fact]
    public async Task A_refusal_names_the_qualification_and_leads_to_the_next_training()
    {
        var (institution, instrument, person) = await BookableAsync();
        var qualification = await host.Given.QualificationAsync(institution, instrument);
        var trainer = await host.Given.PersonAsync(institution);
        await host.Given.TrainingAsync(qualification, trainer, seats: 3, startsAt: FixedClock.Start + Duration.FromDays(5));
        var problem = (await (await BookAsync(await host.ApiAsync(person), instrument)).JsonAsync(HttpStatusCode.Conflict)).GetProperty("problems")[0];
        problem.GetProperty("message").GetString()!.ShouldContain(qualification.NameEn);
        problem.GetProperty("overridable").GetBoolean().ShouldBeTrue();
        problem.GetProperty("data").GetProperty("link").GetString().ShouldBe($"/my/qualifications?qualification={qualification.Id.Value}#sessions");
        problem.GetProperty("data").GetProperty("next").GetDateTimeOffset().ShouldBe((FixedClock.Start + Duration.FromDays(5)).ToDateTimeOffset());
    }

    [Theory]
    [InlineData("2026-03-02", 8, 24, "booking.qualification-expired")]
    [InlineData("2026-03-03", 8, 24, null)]
    [InlineData("2026-03-03", 22, 25, "booking.qualification-expired")]
    [InlineData("2026-03-04", 22, 25, null)]
    public async Task A_certificate_must_hold_at_the_end_of_the_slot(string validTo, int from, int to, string? code)
    {
        var (institution, instrument, person) = await BookableAsync();
        await host.Given.CertificateAsync(await host.Given.QualificationAsync(institution, instrument), person, validTo: NodaTime.Text.LocalDatePattern.Iso.Parse(validTo).Value);
        var answer = await (await host.ApiAsync(person)).BookAsync(instrument, Day.At(Tuesday, from), Day.At(Tuesday, to));
        if (code is null) answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        else await answer.ShouldRefuseAsync(HttpStatusCode.Conflict, code);
    }

    [Fact]
    public async Task What_a_group_requires_each_of_its_instruments_requires_until_it_leaves()
    {
        var (institution, instrument, person) = await BookableAsync();
        var manager = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        var group = await host.Given.InstrumentGroupAsync(institution);
        var api = await host.ApiAsync(person);
        (await BookAsync(api, instrument, hour: 9)).StatusCode.ShouldBe(HttpStatusCode.Created, "nothing is required yet");
        await (await manager.PostAsJsonAsync("/api/v1/qualifications", new { groupId = group.Id.Value, name = $"组资质{group.NameEn}", nameEn = "Group operator" })).JsonAsync(HttpStatusCode.Created);
        (await BookAsync(api, instrument, hour: 10)).StatusCode.ShouldBe(HttpStatusCode.Created, "the instrument is not in the group");
        await (await manager.PostAsJsonAsync($"/api/v1/instrument-groups/{group.Id.Value}/instruments", new { instrumentIds = new[] { instrument.Id.Value } })).JsonAsync();
        await (await BookAsync(api, instrument, hour: 11)).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.qualification-missing");
        await (await manager.PatchAsJsonAsync($"/api/v1/instrument-groups/{group.Id.Value}", new { isActive = false })).JsonAsync();
        (await BookAsync(api, instrument, hour: 11)).StatusCode.ShouldBe(HttpStatusCode.Created, "the group is out of use");
    }

    [Fact]
    public async Task A_new_requirement_holds_for_the_next_booking_on_every_node()
    {
        var (institution, instrument, person) = await BookableAsync();
        await using var second = host.NewNode();
        var (one, two) = (await host.ApiAsync(person), await second.ApiAsync(person));
        (await BookAsync(one, instrument, hour: 9)).StatusCode.ShouldBe(HttpStatusCode.Created);
        (await BookAsync(two, instrument, hour: 10)).StatusCode.ShouldBe(HttpStatusCode.Created);
        var manager = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        await (await manager.PostAsJsonAsync("/api/v1/qualifications", new { instrumentId = instrument.Id.Value, name = "上岗", nameEn = "Operator" })).JsonAsync(HttpStatusCode.Created);
        await (await BookAsync(two, instrument, hour: 11)).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.qualification-missing");
    }

    [Fact]
    public async Task Staff_override_with_a_reason_and_the_use_that_follows_stays_allowed()
    {
        var (institution, instrument, person) = await BookableAsync();
        await host.Given.QualificationAsync(institution, instrument);
        // A manager of the group's bookings alone would not be in charge; this one manages bookings and trains, and so needs no override.
        var manager = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        (await BookAsync(manager, instrument, hour: 9)).StatusCode.ShouldBe(HttpStatusCode.Created, "who trains others on it is in charge of it");

        var booking = await host.Given.BookingAsync(instrument, person, Day.At(Tuesday, 12));
        await (await manager.MoveAsync(booking, Day.At(Tuesday, 14), Day.At(Tuesday, 15))).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.qualification-missing");
        await (await manager.MoveAsync(booking, Day.At(Tuesday, 14), Day.At(Tuesday, 15), overrideReason: "由我陪同")).JsonAsync(HttpStatusCode.OK);
        host.Clock.Now = Day.At(Tuesday, 14);
        try
        {
            (await (await host.ApiAsync(person)).PostAsync($"/api/v1/bookings/{booking.Id.Value}/check-in", null)).IsSuccessStatusCode.ShouldBeTrue("it was overridden for this booking");
        }
        finally
        {
            host.Clock.Now = FixedClock.Start;
        }
    }

    [Fact]
    public async Task A_move_and_an_approval_ask_again()
    {
        var (institution, instrument, person) = await BookableAsync(approval: true);
        var qualification = await host.Given.QualificationAsync(institution, instrument);
        var certificate = await host.Given.CertificateAsync(qualification, person, validTo: Tuesday);
        var api = await host.ApiAsync(person);
        var made = await (await BookAsync(api, instrument, hour: 9)).JsonAsync(HttpStatusCode.Created);
        var booking = await host.Given.BookingAsync(instrument, person, Day.At(Tuesday, 16), status: BookingStatus.Requested);
        await (await api.MoveAsync(booking, Day.At(Tuesday.PlusDays(1), 9), Day.At(Tuesday.PlusDays(1), 10))).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.qualification-expired");

        var manager = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        await (await manager.PostAsJsonAsync($"/api/v1/certificates/{certificate.Id.Value}/revoke", new { reason = "违规操作" })).JsonAsync();
        var approve = $"/api/v1/bookings/{made.GetProperty("id").GetGuid()}/approve";
        await (await manager.PostAsync(approve, null)).ShouldRefuseAsync(HttpStatusCode.Conflict, "booking.qualification-missing");
        await (await manager.PostAsJsonAsync("/api/v1/certificates", new { qualificationId = qualification.Id.Value, email = person.Email, level = "independent", reason = "补考通过" })).JsonAsync(HttpStatusCode.Created);
        (await manager.PostAsync(approve, null)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Booking_before_training_is_let_through_and_use_is_not()
    {
        var (institution, instrument, person) = await BookableAsync();
        var qualification = await host.Given.QualificationAsync(institution, instrument, bookBeforeTraining: true);
        var api = await host.ApiAsync(person);
        var made = await (await BookAsync(api, instrument, hour: 9)).JsonAsync(HttpStatusCode.Created);
        var checkIn = $"/api/v1/bookings/{made.GetProperty("id").GetGuid()}/check-in";
        host.Clock.Now = Day.At(Tuesday, 9);
        try
        {
            await (await api.PostAsync(checkIn, null)).ShouldRefuseAsync(HttpStatusCode.Conflict, "usage.qualification-missing");
            await host.Given.CertificateAsync(qualification, person);
            (await api.PostAsync(checkIn, null)).IsSuccessStatusCode.ShouldBeTrue();
        }
        finally
        {
            host.Clock.Now = FixedClock.Start;
        }
    }

    [Fact]
    public async Task The_instruments_record_tells_what_is_required_and_how_the_reader_stands()
    {
        var (institution, instrument, person) = await BookableAsync();
        var qualification = await host.Given.QualificationAsync(institution, instrument);
        var path = $"/api/v1/instruments/{instrument.Id.Value}";
        (await (await (await host.ApiAsync()).GetAsync(path)).JsonAsync(HttpStatusCode.OK)).GetProperty("qualifications")[0].GetProperty("standing").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        var api = await host.ApiAsync(person);
        Standing(await (await api.GetAsync(path)).JsonAsync(HttpStatusCode.OK)).ShouldBe("missing");
        await host.Given.CertificateAsync(qualification, person);
        Standing(await (await api.GetAsync(path)).JsonAsync(HttpStatusCode.OK)).ShouldBe("enough");

        static string? Standing(System.Text.Json.JsonElement record) => record.GetProperty("qualifications")[0].GetProperty("standing").GetString();
    }

    private async Task<(Institution Institution, Instrument Instrument, Person Person)> BookableAsync(bool approval = false)
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, opensHour: 0, closesHour: 24, rules: r => r with { ApprovalRequired = approval, MaxMinutes = 1440 });
        return (institution, instrument, await host.Given.PersonAsync(institution));
    }

    private static Task<HttpResponseMessage> BookAsync(HttpClient api, Instrument instrument, string mode = "selfOperated", int hour = 10) => api.PostAsJsonAsync("/api/v1/bookings", new
    {
        instrumentId = instrument.Id.Value, startsAt = Day.At(Tuesday, hour).ToString(), endsAt = Day.At(Tuesday, hour + 1).ToString(), serviceMode = mode, purpose = "试验",
    });
}
