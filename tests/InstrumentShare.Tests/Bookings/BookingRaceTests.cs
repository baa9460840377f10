using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Tests.Bookings;

/// <summary>Two writers at once for everything that must hold: each round starts both together, on two nodes.</summary>
public sealed class BookingRaceTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private const int Rounds = 12;
    private Node second = null!;

    public Task InitializeAsync()
    {
        second = host.NewNode();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await second.DisposeAsync();

    [Fact]
    public async Task Two_moves_into_one_free_slot_leave_one_there()
    {
        var (instrument, person, one, two) = await PrepareAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var day = DayOf(round);
            var first = await host.Given.BookingAsync(instrument, person, Day.At(day, 8));
            var other = await host.Given.BookingAsync(instrument, person, Day.At(day, 10));
            var codes = await BothAsync(one.MoveAsync(first, Day.At(day, 14), Day.At(day, 15)), two.MoveAsync(other, Day.At(day, 14), Day.At(day, 15)));
            codes.ShouldBe(["200", "409 booking.overlap"], ignoreOrder: true);
        }
    }

    [Fact]
    public async Task A_move_and_a_booking_of_one_slot_leave_one_there()
    {
        var (instrument, person, one, two) = await PrepareAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var day = DayOf(round);
            var standing = await host.Given.BookingAsync(instrument, person, Day.At(day, 8));
            var codes = await BothAsync(one.MoveAsync(standing, Day.At(day, 14), Day.At(day, 15)), two.BookAsync(instrument, Day.At(day, 14), Day.At(day, 15)));
            codes.Count(c => c is "200" or "201").ShouldBe(1, string.Join(", ", codes));
            codes.Count(c => c == "409 booking.overlap").ShouldBe(1, string.Join(", ", codes));
        }
    }

    [Fact]
    public async Task Two_that_change_places_end_in_an_answer_and_never_in_a_failure()
    {
        var (instrument, person, one, two) = await PrepareAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var day = DayOf(round);
            var first = await host.Given.BookingAsync(instrument, person, Day.At(day, 8));
            var other = await host.Given.BookingAsync(instrument, person, Day.At(day, 10));
            var codes = await BothAsync(one.MoveAsync(first, Day.At(day, 10), Day.At(day, 11)), two.MoveAsync(other, Day.At(day, 8), Day.At(day, 9)));
            codes.ShouldAllBe(c => c == "409 booking.overlap");
        }
    }

    [Fact]
    public async Task One_persons_day_limit_holds_over_two_instruments_at_once()
    {
        var institution = await host.Given.InstitutionAsync();
        var instruments = new[] { await Limited(institution), await Limited(institution) };
        var person = await host.Given.PersonAsync(institution);
        using var one = await host.ApiAsync(person);
        using var two = await second.ApiAsync(person);
        for (var round = 0; round < Rounds; round++)
        {
            var day = DayOf(round);
            var codes = await BothAsync(one.BookAsync(instruments[0], Day.At(day, 9), Day.At(day, 11)), two.BookAsync(instruments[1], Day.At(day, 14), Day.At(day, 16)));
            codes.ShouldBe(["201", "409 booking.day-limit"], ignoreOrder: true);
        }

        Task<Instrument> Limited(Institution owner) => host.Given.InstrumentAsync(owner, rules: r => r with { PersonDayMinutes = 180 });
    }

    [Fact]
    public async Task Two_members_of_a_group_that_race_for_its_last_hours_get_them_once()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, rules: r => r with { Limits = [new(LimitHolder.Group, LimitMeasure.Minutes, LimitWindow.Day, 180)] });
        var (first, other) = (await host.Given.PersonAsync(institution), await host.Given.PersonAsync(institution));
        await host.Given.GroupAsync(institution, leader: first, members: [other]);
        using var one = await host.ApiAsync(first);
        using var two = await second.ApiAsync(other);
        for (var round = 0; round < Rounds; round++)
        {
            var day = DayOf(round);
            var codes = await BothAsync(one.BookAsync(instrument, Day.At(day, 9), Day.At(day, 11)), two.BookAsync(instrument, Day.At(day, 14), Day.At(day, 16)));
            codes.ShouldBe(["201", "409 booking.limit-minutes"], ignoreOrder: true);
        }
    }

    [Fact]
    public async Task A_booking_and_a_closure_that_race_never_both_pass_unseen()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        using var one = await host.ApiAsync(await host.Given.PersonAsync(institution));
        using var two = await second.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        for (var round = 0; round < Rounds; round++)
        {
            var day = DayOf(round);
            var booking = one.BookAsync(instrument, Day.At(day, 9), Day.At(day, 11));
            var closing = two.PostAsJsonAsync($"/api/v1/instruments/{instrument.Id.Value}/closures", new { kind = "maintenance", startsAt = Day.At(day, 8).ToString(), endsAt = Day.At(day, 12).ToString(), title = "检修" });
            await Task.WhenAll(booking, closing);
            (await closing).StatusCode.ShouldBe(HttpStatusCode.Created, await (await closing).Content.ReadAsStringAsync());
            var seen = (await (await closing).JsonAsync()).GetProperty("standingBookings").GetArrayLength();
            // Either the booking came first and the manager is told of it, or it came later and was refused.
            if ((await booking).StatusCode == HttpStatusCode.Created) seen.ShouldBe(1);
            else (await (await booking).CodesAsync()).ShouldContain("booking.closure");
        }
    }

    [Fact]
    public async Task A_request_approved_and_withdrawn_at_once_ends_as_one_of_both()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, rules: r => r with { ApprovalRequired = true });
        var person = await host.Given.PersonAsync(institution);
        using var one = await host.ApiAsync(person);
        using var two = await second.ApiAsync(await host.Given.PersonWithRoleAsync(Role.LabManager, institution));
        for (var round = 0; round < Rounds; round++)
        {
            var booking = await host.Given.BookingAsync(instrument, person, Day.At(DayOf(round), 9), status: BookingStatus.Requested);
            await BothAsync(one.PostAsJsonAsync($"/api/v1/bookings/{booking.Id.Value}/cancel", new { }), two.PostAsync($"/api/v1/bookings/{booking.Id.Value}/approve", null));
            // An approval that came first may still be cancelled after it; a cancelled one is never confirmed.
            var events = await host.ScalarAsync<string>("SELECT string_agg(name, ' ' ORDER BY sequence) FROM events WHERE subject_id = @id", ("id", booking.Id.Value));
            new[] { "booking.cancelled", "booking.confirmed booking.cancelled", "booking.confirmed" }.ShouldContain(events);
        }
    }

    [Fact]
    public async Task The_database_refuses_an_overlap_that_no_code_has_seen()
    {
        var (instrument, person, _, _) = await PrepareAsync();
        await host.Given.BookingAsync(instrument, person, Day.Tomorrow(10));
        var failure = await Should.ThrowAsync<Exception>(() => host.Given.BookingAsync(instrument, person, Day.Tomorrow(10, 30)));
        ((PostgresException)failure.InnerException!).ConstraintName.ShouldBe("booking.overlap");
        await Should.ThrowAsync<PostgresException>(() => host.ExecuteAsync("UPDATE bookings SET ends_at = starts_at - interval '1 hour' WHERE instrument_id = @id", ("id", instrument.Id.Value)));
    }

    [Fact]
    public async Task A_tray_of_five_takes_five_at_once_and_no_sixth()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, capacity: 5);
        var person = await host.Given.PersonAsync(institution);
        using var one = await host.ApiAsync(person);
        using var two = await second.ApiAsync(person);
        for (var round = 0; round < 4; round++)
        {
            var day = DayOf(round);
            var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => (i % 2 == 0 ? one : two).BookAsync(instrument, Day.At(day, 9), Day.At(day, 10))));
            answers.Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBe(5);
            answers.Count(a => a.StatusCode == HttpStatusCode.Conflict).ShouldBe(7);
        }
    }

    [Fact]
    public async Task Two_nodes_that_expire_requests_at_once_tell_of_each_once()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var person = await host.Given.PersonAsync(institution);
        for (var hour = 10; hour < 20; hour++) await host.Given.BookingAsync(instrument, person, FixedClock.Start + Duration.FromMinutes(-600 + hour), minutes: 1, status: BookingStatus.Requested);
        var counts = await Task.WhenAll(host.Services.GetRequiredService<ExpireUnconfirmedBookings>().RunAsync(), second.Services.GetRequiredService<ExpireUnconfirmedBookings>().RunAsync());
        counts.Sum().ShouldBe(10);
        (await host.ScalarAsync<long>("SELECT count(*) FROM events WHERE name = 'booking.expired' AND instrument_id = @id", ("id", instrument.Id.Value))).ShouldBe(10);
    }

    private async Task<(Instrument Instrument, Person Person, HttpClient One, HttpClient Two)> PrepareAsync()
    {
        var institution = await host.Given.InstitutionAsync();
        var person = await host.Given.PersonAsync(institution);
        return (await host.Given.InstrumentAsync(institution), person, await host.ApiAsync(person), await second.ApiAsync(person));
    }

    private static LocalDate DayOf(int round) => new LocalDate(2026, 3, 3).PlusDays(round);

    private static async Task<List<string>> BothAsync(params Task<HttpResponseMessage>[] writers)
    {
        var answers = await Task.WhenAll(writers);
        var seen = new List<string>();
        foreach (var answer in answers)
            seen.Add(((int)answer.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture) + (answer.IsSuccessStatusCode ? string.Empty : " " + (await answer.JsonAsync()).GetProperty("code").GetString()));
        return seen;
    }
}
