using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using Microsoft.EntityFrameworkCore;
using NodaTime;

namespace InstrumentShare.Tests.Usage;

public sealed class CheckInTests(TestHost host) : IClassFixture<TestHost>
{
    [Theory]
    [InlineData("holder", HttpStatusCode.Created)]
    [InlineData("technician", HttpStatusCode.Created)]
    [InlineData("manager", HttpStatusCode.Created)]
    [InlineData("stranger", HttpStatusCode.NotFound)]
    [InlineData("managerElsewhere", HttpStatusCode.NotFound)]
    [InlineData("administrator", HttpStatusCode.Forbidden)]
    [InlineData("auditor", HttpStatusCode.Forbidden)]
    [InlineData("nobody", HttpStatusCode.Unauthorized)]
    public async Task Who_may_check_a_booking_in(string role, HttpStatusCode expected)
    {
        var (instrument, holder, booking) = await BookedAsync();
        var owner = await OwnerAsync(instrument);
        var person = role switch
        {
            "holder" => holder,
            "technician" => await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: instrument.Id.Value),
            "manager" => await host.Given.PersonWithRoleAsync(Role.LabManager, owner),
            "managerElsewhere" => await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync()),
            "administrator" => await host.Given.PersonWithRoleAsync(Role.InstitutionAdministrator, owner),
            "auditor" => await host.Given.PersonWithRoleAsync(Role.Auditor),
            "stranger" => await host.Given.PersonAsync(),
            _ => null,
        };
        (await CheckInAsync(await host.ApiAsync(person), booking)).StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task Check_in_opens_a_record_and_check_out_closes_it_and_completes_the_booking()
    {
        var (_, holder, booking) = await BookedAsync();
        var api = await host.ApiAsync(holder);
        var opened = await (await CheckInAsync(api, booking)).JsonAsync(HttpStatusCode.Created);
        opened.GetProperty("status").GetString().ShouldBe("open");
        (await StatusAsync(booking)).ShouldBe(BookingStatus.InUse);

        host.Clock.Advance(Duration.FromMinutes(30));
        var closed = await (await api.PostAsJsonAsync($"/api/v1/bookings/{booking.Id.Value}/check-out", new { samples = 3, feedback = "normal" })).JsonAsync();
        closed.GetProperty("status").GetString().ShouldBe("closed");
        closed.GetProperty("samples").GetInt32().ShouldBe(3);
        (await StatusAsync(booking)).ShouldBe(BookingStatus.Completed);
        (await host.ScalarAsync<long>("SELECT count(*) FROM events WHERE subject_id = @id AND name IN ('usage.opened', 'usage.recorded')", ("id", closed.GetProperty("id").GetGuid()))).ShouldBe(2);
    }

    [Fact]
    public async Task Check_out_needs_no_body_and_only_once_works()
    {
        var (_, holder, booking) = await BookedAsync();
        var api = await host.ApiAsync(holder);
        await (await CheckOutAsync(api, booking)).ShouldRefuseAsync(HttpStatusCode.Conflict, "usage.not-in-use");
        await (await CheckInAsync(api, booking)).JsonAsync(HttpStatusCode.Created);
        host.Clock.Advance(Duration.FromMinutes(1));
        await (await CheckOutAsync(api, booking)).JsonAsync();
        await (await CheckOutAsync(api, booking)).ShouldRefuseAsync(HttpStatusCode.Conflict, "usage.not-in-use");
        await (await CheckInAsync(api, booking)).ShouldRefuseAsync(HttpStatusCode.Conflict, "usage.booking-state");
    }

    [Fact]
    public async Task Check_in_while_another_use_is_open_is_refused_until_the_booked_time_has_come()
    {
        var (instrument, holder, first) = await BookedAsync();
        await (await CheckInAsync(await host.ApiAsync(holder), first)).JsonAsync(HttpStatusCode.Created);
        var next = await host.Given.PersonAsync(await host.Given.InstitutionAsync());
        var second = await host.Given.BookedAsync(instrument, next, first.EndsAt);
        var api = await host.ApiAsync(next);

        host.Clock.Now = first.EndsAt - Duration.FromMinutes(5);
        await (await CheckInAsync(api, second)).ShouldRefuseAsync(HttpStatusCode.Conflict, "usage.in-use");

        host.Clock.Now = second.StartsAt + Duration.FromMinutes(2);
        await (await CheckInAsync(api, second)).JsonAsync(HttpStatusCode.Created);
        (await StatusAsync(first)).ShouldBe(BookingStatus.Completed);
        (await host.ScalarAsync<string>("SELECT problem FROM usage_records WHERE booking_id = @id", ("id", first.Id.Value))).ShouldBe("takenOver");
        (await host.ScalarAsync<string>("SELECT status FROM charges WHERE booking_id = @id", ("id", first.Id.Value))).ShouldBe("estimated");
    }

    [Fact]
    public async Task Of_two_check_ins_at_once_one_opens_the_record()
    {
        await using var second = host.NewNode();
        for (var round = 0; round < 5; round++)
        {
            var (_, holder, booking) = await BookedAsync();
            var clients = new[] { await host.ApiAsync(holder), await second.ApiAsync(holder) };
            var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => CheckInAsync(clients[i % 2], booking)));
            answers.Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBe(1);
            foreach (var loser in answers.Where(a => a.StatusCode != HttpStatusCode.Created)) await loser.ShouldRefuseAsync(HttpStatusCode.Conflict, "usage.in-use");
            (await host.ScalarAsync<long>("SELECT count(*) FROM usage_records WHERE booking_id = @id", ("id", booking.Id.Value))).ShouldBe(1);
        }
    }

    [Fact]
    public async Task Where_samples_cost_the_count_must_be_told()
    {
        var instrument = await host.Given.InstrumentAsync();
        await host.Given.PriceAsync(instrument, chargeFor: InstrumentShare.Pricing.ChargeFor.Samples, perHour: 0, perSample: 2_500);
        var holder = await host.Given.PersonAsync(await host.Given.InstitutionAsync());
        var booking = await host.Given.BookedAsync(instrument, holder);
        var api = await host.ApiAsync(holder);
        await (await CheckInAsync(api, booking)).JsonAsync(HttpStatusCode.Created);
        await (await CheckOutAsync(api, booking)).ShouldRefuseAsync(HttpStatusCode.BadRequest, "usage.samples-needed");
        await (await api.PostAsJsonAsync($"/api/v1/bookings/{booking.Id.Value}/check-out", new { samples = 4 })).JsonAsync();
        (await host.ScalarAsync<long>("SELECT amount_fen FROM charges WHERE booking_id = @id", ("id", booking.Id.Value))).ShouldBe(10_000);
    }

    [Theory]
    [InlineData("en", "Cancelled")]
    [InlineData("zh-CN", "已取消")]
    public async Task A_refusal_names_the_state_in_the_readers_words(string language, string word)
    {
        var instrument = await host.Given.InstrumentAsync();
        var holder = await host.Given.PersonAsync();
        var booking = await host.Given.BookedAsync(instrument, holder, status: BookingStatus.Cancelled);
        var body = await (await CheckInAsync(await host.ApiAsync(holder, language), booking)).JsonAsync(HttpStatusCode.Conflict);
        body.GetProperty("detail").GetString()!.ShouldContain(word);
        body.GetProperty("problems")[0].GetProperty("data").GetProperty("status").GetString().ShouldBe("cancelled");
    }

    [Fact]
    public async Task An_unknown_booking_is_a_404() =>
        (await (await host.ApiAsync(await host.Given.PersonAsync())).PostAsync($"/api/v1/bookings/{Guid.CreateVersion7()}/check-in", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

    private async Task<(Instrument, Person, Booking)> BookedAsync()
    {
        var instrument = await host.Given.InstrumentAsync();
        await host.Given.PricesAsync(instrument);
        var holder = await host.Given.PersonAsync(await host.Given.InstitutionAsync());
        return (instrument, holder, await host.Given.BookedAsync(instrument, holder));
    }

    private async Task<Institution> OwnerAsync(Instrument instrument)
    {
        await using var db = host.NewDb();
        return await db.Set<Institution>().SingleAsync(i => i.Id == instrument.InstitutionId);
    }

    private async Task<BookingStatus> StatusAsync(Booking booking)
    {
        await using var db = host.NewDb();
        return await db.Set<Booking>().Where(b => b.Id == booking.Id).Select(b => b.Status).SingleAsync();
    }

    private static Task<HttpResponseMessage> CheckInAsync(HttpClient api, Booking booking) => api.PostAsync($"/api/v1/bookings/{booking.Id.Value}/check-in", null);

    private static Task<HttpResponseMessage> CheckOutAsync(HttpClient api, Booking booking) => api.PostAsync($"/api/v1/bookings/{booking.Id.Value}/check-out", null);
}
