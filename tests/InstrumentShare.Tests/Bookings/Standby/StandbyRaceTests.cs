using System.Net;
using System.Net.Http.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Standby;

/// <summary>What must hold when those who wait, those who book and the jobs of two nodes meet.</summary>
public sealed class StandbyRaceTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private const int Rounds = 10;
    private Node second = null!;

    public Task InitializeAsync()
    {
        second = host.NewNode();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await second.DisposeAsync();

    [Fact]
    public async Task Two_nodes_that_offer_at_once_make_one_offer_to_the_first_in_the_line()
    {
        var scene = await SceneAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var (from, to) = Slot(round);
            var booking = await host.Given.BookingAsync(scene.Instrument, scene.Holder, from);
            var ids = new List<Guid>();
            foreach (var waiter in scene.Waiters) ids.Add(await waiter.JoinAsync(scene.Instrument, from, to));
            await CancelAsync(scene, booking);
            await Task.WhenAll(Task.Run(() => host.Services.OfferAsync()), Task.Run(() => second.Services.OfferAsync()), Task.Run(() => host.Services.OfferAsync()));
            var offers = await Task.WhenAll(scene.Waiters.Select((w, i) => w.OfferOfAsync(ids[i])));
            offers.Count(o => o is not null).ShouldBe(1);
            offers[0].ShouldNotBeNull();
            await CleanAsync();
        }
    }

    [Fact]
    public async Task An_answer_at_the_deadline_and_the_job_that_ends_the_offer_never_both_happen()
    {
        var scene = await SceneAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var (from, to) = Slot(round);
            host.Clock.Now = FixedClock.Start;
            var booking = await host.Given.BookingAsync(scene.Instrument, scene.Holder, from);
            var id = await scene.Waiters[0].JoinAsync(scene.Instrument, from, to);
            await CancelAsync(scene, booking);
            await host.Services.OfferAsync();
            var offer = (await scene.Waiters[0].OfferOfAsync(id))!.Value;
            host.Clock.Now = FixedClock.Start + Duration.FromHours(2) - Duration.FromTicks(1);
            var accept = Task.Run(() => scene.Waiters[0].AcceptAsync(offer));
            var move = Task.Run(() => host.Clock.Now = FixedClock.Start + Duration.FromHours(2));
            var jobs = Enumerable.Range(0, 3).Select(i => Task.Run(() => (i % 2 == 0 ? host.Services : second.Services).ExpireAsync())).ToList();
            await move;
            var (answer, ended) = (await accept, (await Task.WhenAll(jobs)).Sum());
            var accepted = answer.StatusCode == HttpStatusCode.OK;
            if (!accepted) (await answer.CodeAsync()).ShouldBeOneOf("standby.offer-late", "standby.offer-over");
            if (!accepted) ended += await host.Services.ExpireAsync();
            (accepted ? 1 : 0).ShouldBe(1 - ended, "either booked or gone, once");
            (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE status = 'confirmed'")).ShouldBe(accepted ? 1 : 0);
            (await host.ScalarAsync<long>("SELECT count(*) FROM bookings WHERE offered_until IS NOT NULL")).ShouldBe(0);
            await CleanAsync();
        }
    }

    [Fact]
    public async Task Cancelling_booking_offering_and_answering_at_once_never_clash()
    {
        var scene = await SceneAsync(waiters: 4);
        host.Clock.Now = FixedClock.Start;
        var stranger = await host.ApiAsync(await host.Given.PersonAsync(scene.Institution));
        var deadlocks = await DeadlocksAsync();
        for (var round = 0; round < Rounds; round++)
        {
            var (from, to) = Slot(round);
            var booking = await host.Given.BookingAsync(scene.Instrument, scene.Holder, from);
            var ids = new List<Guid>();
            foreach (var waiter in scene.Waiters) ids.Add(await waiter.JoinAsync(scene.Instrument, from, to));
            var wrong = new System.Collections.Concurrent.ConcurrentBag<string>();
            async Task NoteAsync(HttpResponseMessage answer)
            {
                if ((int)answer.StatusCode is not (200 or 201 or 409)) wrong.Add($"{answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
            }

            var work = new List<Task>
            {
                Task.Run(() => CancelAsync(scene, booking)),
                Task.Run(async () => { for (var i = 0; i < 6; i++) await NoteAsync(await stranger.BookAsync(scene.Instrument, from, to)); }),
                Task.Run(async () => { for (var i = 0; i < 6; i++) await host.Services.OfferAsync(); }),
                Task.Run(async () => { for (var i = 0; i < 6; i++) await second.Services.OfferAsync(); }),
            };
            work.AddRange(scene.Waiters.Select((waiter, i) => Task.Run(async () =>
            {
                for (var n = 0; n < 8; n++)
                {
                    if (await waiter.OfferOfAsync(ids[i]) is not { } offer) continue;
                    await NoteAsync(i % 2 == 0 ? await waiter.DeclineAsync(offer) : await waiter.AcceptAsync(offer));
                }
            })));
            await Task.WhenAll(work);
            wrong.ShouldBeEmpty();
            (await host.ScalarAsync<long>("SELECT count(*) FROM bookings a JOIN bookings b ON a.id < b.id AND a.instrument_id = b.instrument_id AND a.held && b.held AND a.status IN ('requested', 'confirmed') AND b.status IN ('requested', 'confirmed')")).ShouldBe(0);
            (await host.ScalarAsync<long>("SELECT count(*) FROM standby_offers o FULL JOIN (SELECT * FROM bookings WHERE offered_until IS NOT NULL) b ON b.id = o.booking_id AND o.state = 'open' WHERE (o.state = 'open') <> (b.id IS NOT NULL) OR o.id IS NULL")).ShouldBe(0, "an open offer holds its time, and nothing else does");
            await CleanAsync();
        }

        (await DeadlocksAsync()).ShouldBe(deadlocks);
    }

    private sealed record Scene(Institution Institution, Instrument Instrument, Person Holder, HttpClient HolderApi, List<HttpClient> Waiters);

    private async Task<Scene> SceneAsync(int waiters = 2)
    {
        host.Clock.Now = FixedClock.Start;
        var institution = await host.Given.InstitutionAsync();
        var holder = await host.Given.PersonAsync(institution);
        var scene = new Scene(institution, await host.Given.InstrumentAsync(institution), holder, await host.ApiAsync(holder), []);
        for (var i = 0; i < waiters; i++) scene.Waiters.Add(await (i % 2 == 0 ? host.First : second).ApiAsync(await host.Given.PersonAsync(institution)));
        return scene;
    }

    private static (Instant From, Instant To) Slot(int round) => (Day.Tomorrow(10) + Duration.FromDays(round), Day.Tomorrow(11) + Duration.FromDays(round));

    private static async Task CancelAsync(Scene scene, Booking booking) =>
        await (await scene.HolderApi.PostAsJsonAsync($"/api/v1/bookings/{booking.Id.Value}/cancel", new { })).JsonAsync(HttpStatusCode.OK);

    private Task CleanAsync() => host.ExecuteAsync("DELETE FROM standby_offers; DELETE FROM standby_requests; DELETE FROM freed_times; DELETE FROM bookings");

    private Task<long> DeadlocksAsync() => host.ScalarAsync<long>("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()");
}
