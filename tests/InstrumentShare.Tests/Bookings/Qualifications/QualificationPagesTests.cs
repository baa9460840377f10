using InstrumentShare.Access;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Qualifications;

public sealed class QualificationPagesTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task A_manager_requires_a_qualification_and_what_was_typed_stays_after_a_refusal()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var pages = await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        var refused = await pages.SubmitAsync(await pages.GetAsync("/manage/qualifications/new"), "form[data-qualification]", ("name", "透射上岗"), ("nameEn", ""), ("validMonths", "many"));
        refused.QuerySelector("#name")!.GetAttribute("value").ShouldBe("透射上岗");
        refused.QuerySelector("#validMonths")!.GetAttribute("value").ShouldBe("many");
        var made = await pages.SubmitAsync(refused, "form[data-qualification]", ("for", $"instrument:{instrument.Id.Value}"), ("nameEn", "TEM operator"), ("validMonths", "24"));
        made.QuerySelector("h1")!.TextContent.ShouldBe("TEM operator");
        (await host.ScalarAsync<int>("SELECT valid_months FROM qualifications WHERE instrument_id = @id", ("id", instrument.Id.Value))).ShouldBe(24);

        (await pages.GetAsync("/manage/qualifications")).QuerySelector("table")!.TextContent.ShouldContain("TEM operator");

        var person = await host.Given.PersonAsync(institution);
        var granted = await pages.SubmitAsync(made, "form[data-grant]", ("email", person.Email!), ("level", "trainer"), ("reason", "多年经验"));
        granted.QuerySelector("table")!.TextContent.ShouldContain(person.Email!);
        var revoked = await pages.SubmitAsync(granted, "form[data-revoke]", ("revokeReason", "离职"));
        revoked.QuerySelector("table")!.TextContent.ShouldContain("离职");
    }

    [Fact]
    public async Task A_training_is_planned_joined_and_its_results_recorded_on_pages()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var qualification = await host.Given.QualificationAsync(institution, instrument);
        var lab = await host.PagesAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        var form = await lab.GetAsync($"/manage/training/new?qualification={qualification.Id.Value}");
        var planned = await lab.SubmitAsync(form, "form[data-training]", ("startsAt", "2026-03-04T14:00"), ("endsAt", "2026-03-04T16:00"), ("place", "101"), ("seats", "4"), ("instrumentId", instrument.Id.Value.ToString()));
        var address = lab.Last.RequestMessage!.RequestUri!.AbsolutePath;
        address.ShouldStartWith("/manage/training/", customMessage: planned.Body!.TextContent);

        (await lab.GetAsync("/manage/training")).QuerySelector("table")!.TextContent.ShouldContain(qualification.NameEn);
        (await lab.GetAsync("/manage/training/new")).QuerySelector("main")!.TextContent.ShouldContain(qualification.NameEn);

        var person = await host.Given.PersonAsync(institution);
        var pages = await host.PagesAsync(person);
        var page = await pages.GetAsync($"/instruments/{instrument.Id.Value}");
        page.QuerySelector("[data-required] [data-standing]")!.GetAttribute("data-standing").ShouldBe("missing");
        var mine = await pages.GetAsync($"/my/qualifications?qualification={qualification.Id.Value}");
        mine = await pages.SubmitAsync(mine, "form[data-sign-up]");
        mine = await pages.SubmitAsync(mine, "form[data-leave]");
        mine = await pages.SubmitAsync(mine, "form[data-sign-up]");
        mine.QuerySelector("form[data-leave]").ShouldNotBeNull();

        host.Clock.Now = FixedClock.Start + Duration.FromDays(3);
        try
        {
            var recorded = await lab.SubmitAsync(await lab.GetAsync(address), "form[data-results]", ("Lines[0].Result", "passed"), ("Lines[0].Remark", "很好"));
            recorded.QuerySelector(".alert-success").ShouldNotBeNull(recorded.Body!.TextContent);
            (await pages.GetAsync("/my/qualifications")).QuerySelector("table")!.TextContent.ShouldContain(qualification.NameEn);
            (await pages.GetAsync($"/instruments/{instrument.Id.Value}")).QuerySelector("[data-required] [data-standing]")!.GetAttribute("data-standing").ShouldBe("enough");
        }
        finally
        {
            host.Clock.Now = FixedClock.Start;
        }
    }
}
