using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Bookings;
using InstrumentShare.Tests.Support;
using InstrumentShare.Usage;
using InstrumentShare.Usage.Feedback;
using NodaTime;

namespace InstrumentShare.Tests.Usage;

/// <summary>Feedback after a use, and the bookings that wait for it.</summary>
public sealed class FeedbackTests(TestHost host) : IClassFixture<TestHost>
{
    [Theory]
    [InlineData(FeedbackKind.Normal, "", null, "")]
    [InlineData(FeedbackKind.Normal, "很好", 5, "")]
    [InlineData(null, "", null, "usage.feedback-kind")]
    [InlineData(FeedbackKind.Fault, " ", 1, "usage.feedback-fault")]
    [InlineData(FeedbackKind.Normal, "", 0, "usage.feedback-rating")]
    [InlineData(FeedbackKind.Normal, "", 6, "usage.feedback-rating")]
    public void What_cannot_be_kept_is_named(FeedbackKind? kind, string text, int? rating, string codes) => string.Join(',', FeedbackRules.Check(kind, text, rating).Select(p => p.Code)).ShouldBe(codes);

    [Theory]
    [InlineData(6, false, "")]
    [InlineData(8, false, "usage.feedback-owed")]
    [InlineData(8, true, "")]
    [InlineData(30, false, "")]
    public async Task Feedback_owed_for_longer_than_the_rules_leave_refuses_new_bookings(int daysAgo, bool saidAtCheckOut, string code)
    {
        var (instrument, person) = await UsedAsync(daysAgo, saidAtCheckOut ? "一切正常" : "");
        // The rule holds since 20 days ago, so an older use owes nothing.
        var answer = await BookAsync(await host.ApiAsync(person), instrument);
        if (code.Length == 0) answer.StatusCode.ShouldBe(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        else await answer.ShouldRefuseAsync(HttpStatusCode.Conflict, code);
    }

    [Fact]
    public async Task The_refusal_leads_to_where_feedback_is_given_and_then_the_booking_passes()
    {
        var (instrument, person) = await UsedAsync(8, "");
        var api = await host.ApiAsync(person);
        var link = (await (await BookAsync(api, instrument)).JsonAsync(HttpStatusCode.Conflict)).GetProperty("problems")[0].GetProperty("data").GetProperty("link").GetString()!;
        var pages = await host.PagesAsync(person);
        var refused = await pages.SubmitAsync(await pages.GetAsync(link), "form[data-feedback]", ("kind", "fault"), ("text", ""), ("rating", "2"));
        refused.QuerySelector("[data-problems] code")!.TextContent.ShouldBe("usage.feedback-fault");
        var given = await pages.SubmitAsync(refused, "form[data-feedback]", ("text", "Lamp flickers"));
        given.QuerySelector("main")!.TextContent.ShouldContain("Lamp flickers");
        given.QuerySelector("form[data-feedback]").ShouldBeNull();
        (await BookAsync(api, instrument)).StatusCode.ShouldBe(HttpStatusCode.Created);
        await (await api.PostAsJsonAsync($"/api/v1/usage-records/{link.Split('/')[3]}/feedback", new { kind = "normal" })).ShouldRefuseAsync(HttpStatusCode.Conflict, "usage.feedback-given");
        (await (await api.GetAsync($"/api/v1/usage-records/{link.Split('/')[3]}/feedback")).JsonAsync()).GetProperty("rating").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task It_is_owed_to_the_institution_of_the_use_only_and_moves_nothing_that_stands()
    {
        var (instrument, person) = await UsedAsync(8, "");
        var elsewhere = await host.Given.InstrumentAsync(rules: Rules);
        var api = await host.ApiAsync(person);
        (await BookAsync(api, elsewhere)).StatusCode.ShouldBe(HttpStatusCode.Created);
        var standing = await host.Given.BookingAsync(instrument, person, Day.At(new LocalDate(2026, 3, 5), 9));
        (await api.MoveAsync(standing, Day.At(new LocalDate(2026, 3, 5), 14), Day.At(new LocalDate(2026, 3, 5), 15))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Nobody_gives_feedback_on_the_use_of_another()
    {
        var (_, person) = await UsedAsync(8, "");
        var record = await host.ScalarAsync<Guid>("SELECT id FROM usage_records WHERE person_id = @person", ("person", person.Id));
        var other = await host.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync()));
        (await other.PostAsJsonAsync($"/api/v1/usage-records/{record}/feedback", new { kind = "normal" })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await (await host.PagesAsync(person)).GetAsync("/my/usage")).QuerySelector($"a[href='/my/usage/{record}/feedback']").ShouldNotBeNull();
    }

    private static BookingRuleSet Rules(BookingRuleSet rules) => rules with { ValidFrom = FixedClock.Start.InUtc().Date.PlusDays(-20), FeedbackDays = 7 };

    private async Task<(Instrument Instrument, Person Person)> UsedAsync(int daysAgo, string feedback)
    {
        var instrument = await host.Given.InstrumentAsync(rules: Rules);
        var person = await host.Given.PersonAsync();
        var start = FixedClock.Start - Duration.FromDays(daysAgo);
        await using var db = host.NewDb();
        db.Add(new UsageRecord
        {
            InstrumentId = instrument.Id, PersonId = new PersonId(person.Id), ServiceMode = ServiceMode.SelfOperated, Source = UsageSource.CheckIn, StartedAt = start, EnteredBy = new PersonId(person.Id), CreatedAt = start,
        }.Close(start + Duration.FromHours(1), 0, feedback, start + Duration.FromHours(1)));
        await db.SaveChangesAsync();
        return (instrument, person);
    }

    private static Task<HttpResponseMessage> BookAsync(HttpClient api, Instrument instrument) => api.BookAsync(instrument, Day.At(new LocalDate(2026, 3, 4), 10), Day.At(new LocalDate(2026, 3, 4), 11));
}
