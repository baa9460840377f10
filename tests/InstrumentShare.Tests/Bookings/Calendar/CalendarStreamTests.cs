using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using InstrumentShare.Bookings;
using InstrumentShare.Catalog;
using InstrumentShare.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace InstrumentShare.Tests.Bookings.Calendar;

public sealed class CalendarStreamTests(CalendarStreamTests.QuickHost host) : IClassFixture<CalendarStreamTests.QuickHost>
{
    public sealed class QuickHost : TestHost
    {
        protected override IEnumerable<KeyValuePair<string, string>> Settings => [new("Bookings:ChangesEveryMilliseconds", "50"), new("Bookings:ListenersPerPerson", "2")];
    }

    [Fact]
    public async Task A_booking_made_on_another_node_is_told_with_its_range_and_no_name()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        await using var stream = await OpenAsync(await host.ApiAsync(), instrument);
        await using var other = host.NewNode();
        using var api = await other.ApiAsync(await host.Given.PersonAsync(institution, name: "李四"));
        (await api.BookAsync(instrument, Day.Tomorrow(9), Day.Tomorrow(11))).StatusCode.ShouldBe(HttpStatusCode.Created);
        var (id, data) = await stream.NextAsync();
        id.ShouldNotBeNullOrEmpty();
        data.ShouldNotContain("李四");
        JsonSerializer.Deserialize<JsonElement>(data).EnumerateObject().Select(p => p.Name).ShouldBe(["instrument", "startsAt", "endsAt"]);
        data.ShouldContain(instrument.Id.Value.ToString());
        data.ShouldContain(Day.Tomorrow(9).ToString());
    }

    [Fact]
    public async Task Other_instruments_are_not_told_of()
    {
        var (mine, other) = (await host.Given.InstrumentAsync(), await host.Given.InstrumentAsync());
        await using var stream = await OpenAsync(await host.ApiAsync(), mine);
        await EventAsync(other);
        await EventAsync(mine);
        (await stream.NextAsync()).Data.ShouldContain(mine.Id.Value.ToString());
    }

    [Fact]
    public async Task A_change_that_commits_after_a_later_one_is_told_too()
    {
        var (early, later) = (await host.Given.InstrumentAsync(), await host.Given.InstrumentAsync());
        await using var stream = await OpenAsync(await host.ApiAsync(), early, later);
        await using var connection = await host.DataSource.OpenConnectionAsync();
        await using var slow = await connection.BeginTransactionAsync();
        await EventAsync(early, connection);
        await EventAsync(later);
        (await stream.NextAsync()).Data.ShouldContain(later.Id.Value.ToString());
        await slow.CommitAsync();
        (await stream.NextAsync()).Data.ShouldContain(early.Id.Value.ToString());
    }

    [Fact]
    public async Task Who_comes_back_hears_what_they_missed()
    {
        var instrument = await host.Given.InstrumentAsync();
        var api = await host.ApiAsync();
        string id;
        await using (var stream = await OpenAsync(api, instrument))
        {
            await EventAsync(instrument);
            id = (await stream.NextAsync()).Id!;
        }

        await using (var nothing = await OpenAsync(api, [instrument], lastEventId: id))
        {
            await EventAsync(instrument);
            // Read before the poller came to it, it carries the place where the poller is: never an earlier one than was asked from.
            long.Parse((await nothing.NextAsync()).Id!, System.Globalization.CultureInfo.InvariantCulture).ShouldBeGreaterThanOrEqualTo(long.Parse(id, System.Globalization.CultureInfo.InvariantCulture));
        }

        await using var again = await OpenAsync(api, [instrument], lastEventId: id);
        (await again.NextAsync()).Data.ShouldContain(instrument.Id.Value.ToString());
    }

    [Fact]
    public async Task One_person_has_a_bounded_number_of_live_calendars_and_a_closed_one_makes_room()
    {
        var instrument = await host.Given.InstrumentAsync();
        var api = await host.ApiAsync(await host.Given.PersonAsync());
        var first = await OpenAsync(api, instrument);
        await using var second = await OpenAsync(api, instrument);
        var refused = await api.GetAsync($"/api/v1/calendar/stream?instruments={instrument.Id.Value}");
        await refused.ShouldRefuseAsync(HttpStatusCode.TooManyRequests, "calendar.too-many-listeners");
        await first.DisposeAsync();
        for (var i = 0; i < 100; i++)
        {
            using var answer = await api.GetAsync($"/api/v1/calendar/stream?instruments={instrument.Id.Value}", HttpCompletionOption.ResponseHeadersRead);
            if (answer.StatusCode == HttpStatusCode.OK) return;
            await Task.Delay(50);
        }

        Assert.Fail("The place of a closed calendar was not given to another.");
    }

    [Fact]
    public async Task Live_calendars_end_when_the_program_stops()
    {
        var instrument = await host.Given.InstrumentAsync();
        var node = host.NewNode();
        await using var stream = await OpenAsync(await node.ApiAsync(null), instrument);
        node.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        (await stream.EndsAsync()).ShouldBeTrue();
        await node.DisposeAsync();
    }

    [Fact]
    public async Task A_position_that_is_none_is_refused()
    {
        var instrument = await host.Given.InstrumentAsync();
        using var api = await host.ApiAsync();
        await (await api.GetAsync($"/api/v1/calendar/stream?instruments={instrument.Id.Value}&after=x")).ShouldRefuseAsync(HttpStatusCode.BadRequest, "calendar.after");
    }

    private async Task EventAsync(Instrument instrument, NpgsqlConnection? on = null)
    {
        await using var command = new NpgsqlCommand("INSERT INTO events (name, occurred_at, subject_id, instrument_id) VALUES ('booking.confirmed', now(), $1, $1)", on ?? await host.DataSource.OpenConnectionAsync());
        command.Parameters.AddWithValue(instrument.Id.Value);
        await command.ExecuteNonQueryAsync();
        if (on is null) await command.Connection!.DisposeAsync();
    }

    private static Task<Stream> OpenAsync(HttpClient api, params Instrument[] instruments) => OpenAsync(api, instruments, null);

    private static async Task<Stream> OpenAsync(HttpClient api, Instrument[] instruments, string? lastEventId)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/calendar/stream?instruments={string.Join(',', instruments.Select(i => i.Id.Value))}");
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        var answer = await api.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var stream = new Stream(answer, SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync().GetAsyncEnumerator());
        await stream.BeginAsync();
        return stream;
    }

    private sealed class Stream(HttpResponseMessage answer, IAsyncEnumerator<SseItem<string>> items) : IAsyncDisposable
    {
        public async Task BeginAsync()
        {
            (await items.MoveNextAsync()).ShouldBeTrue();
            items.Current.EventType.ShouldBe("heartbeat");
        }

        public async Task<(string? Id, string Data)> NextAsync()
        {
            do (await items.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10))).ShouldBeTrue();
            while (items.Current.EventType == "heartbeat");
            return (items.Current.EventId, items.Current.Data);
        }

        public async Task<bool> EndsAsync()
        {
            while (await items.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10))) { }
            return true;
        }

        public ValueTask DisposeAsync()
        {
            answer.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
