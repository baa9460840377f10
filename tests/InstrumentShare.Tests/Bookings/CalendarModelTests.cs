using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using InstrumentShare.Access;
using InstrumentShare.Bookings.Standby;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Tests.Bookings.Standby;
using InstrumentShare.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using NodaTime.Text;
using Npgsql;

namespace InstrumentShare.Tests.Bookings;

/// <summary>
/// Throws random operations at one database from eight threads and proves the calendar that is left against a simple model: each
/// booking is what its last successful answer said, nothing is held twice, no limit is passed, what is offered to those who wait
/// is held for them and for nobody else, and what was given back late is made up for when others have the whole of it.
/// </summary>
public sealed class CalendarModelTests(CalendarModelTests.LongLines host) : IClassFixture<CalendarModelTests.LongLines>
{
    /// <summary>Twelve people who may wait for more than three things each, so that time given back finds somebody.</summary>
    public sealed class LongLines : TestHost
    {
        protected override IEnumerable<KeyValuePair<string, string>> Settings => [new("Standby:PerPerson", "40"), new("Standby:PerInstrument", "400")];
    }

    private const int Threads = 8;
    private const int Operations = 100_000;
    private const int DayLimitMinutes = 180;
    private const int CoolingMinutes = 15;
    private const int CancelLeadDays = 20;
    private static readonly LocalDate First = new(2026, 3, 3);
    private static readonly LocalDateTimePattern Minute = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm");

    /// <summary>What an answer, or the event of a change, said a booking is.</summary>
    private sealed record Said(Guid Id, int Version, string Status, Instant StartsAt, Instant EndsAt);

    /// <summary>What the threads know and noted while they run.</summary>
    private sealed class Notes
    {
        public ConcurrentBag<Said> Said { get; } = [];

        public ConcurrentDictionary<string, int> Refusals { get; } = new();

        public ConcurrentBag<string> Wrong { get; } = [];

        public Known Bookings { get; } = new();

        public Known OfSeries { get; } = new();

        public Known Waiting { get; } = new();

        /// <summary>Times that were given back, for others to want whole.</summary>
        public ConcurrentQueue<TimeSlot> GivenBack { get; } = new();

        /// <summary>Times that somebody lately asked for and so somebody has, for others to wait for; a few, so that some are given back soon.</summary>
        public ConcurrentQueue<(Instrument Instrument, Instant StartsAt, Instant EndsAt)> Taken { get; } = new();

        /// <summary>How many changes to a series beyond one date succeeded.</summary>
        public int SeriesChanges;

        /// <summary>How many offers to those who wait were made, accepted and ended by their deadline.</summary>
        public int Offered, Accepted, Expired;

        /// <summary>How many late cancellations were found to be made up for.</summary>
        public int TakenOver;
    }

    /// <summary>Bookings or places in a line that were answered, and whose they are.</summary>
    private sealed class Known
    {
        private readonly ConcurrentDictionary<int, (Guid Id, HttpClient Owner)> all = new();

        public void Add(Guid id, HttpClient owner)
        {
            while (!all.TryAdd(all.Count, (id, owner))) { }
        }

        /// <summary>One of the newest; no owner where there is none.</summary>
        public (Guid Id, HttpClient? Owner) Any(Random random) =>
            !all.IsEmpty && all.TryGetValue(random.Next(Math.Max(0, all.Count - 3000), all.Count), out var some) ? some : default;
    }

    private sealed record Row(Guid Id, Guid InstrumentId, Guid PersonId, short Unit, string Status, int Version, Guid? SeriesId, TimeSlot Slot, TimeSlot Held, bool IsOffer, bool IsLate, Guid? TakenOverBy);

    /// <summary>Where people book: single, where most is given back late; with cooling and approval; a tray of ten; and one with a limit per day.</summary>
    private sealed record Places(Instrument Single, Instrument Approved, Instrument Tray, Instrument Limited)
    {
        public Instrument[] Free => [Single, Approved, Tray];
    }

    [Fact]
    public async Task A_hundred_thousand_random_operations_leave_a_calendar_that_a_simple_model_explains()
    {
        var institution = await host.Given.InstitutionAsync();
        var places = new Places(
            await host.Given.InstrumentAsync(institution, rules: r => r with { HorizonDays = 60, CancelLeadMinutes = CancelLeadDays * 24 * 60, ChangeLeadMinutes = 0, LateCancel = true }),
            await host.Given.InstrumentAsync(institution, rules: r => r with { HorizonDays = 60, ApprovalRequired = true, CoolingMinutes = CoolingMinutes }),
            await host.Given.InstrumentAsync(institution, capacity: 10, rules: r => r with { HorizonDays = 60 }),
            await host.Given.InstrumentAsync(institution, capacity: 5, rules: r => r with { HorizonDays = 60, PersonDayMinutes = DayLimitMinutes }));
        var manager = await host.Given.PersonWithRoleAsync(Role.LabManager, institution);
        var people = new List<HttpClient>();
        var limited = new List<HttpClient>();
        for (var i = 0; i < 8; i++) people.Add(await host.ApiAsync(await host.Given.PersonAsync(institution)));
        for (var i = 0; i < 4; i++) limited.Add(await host.ApiAsync(await host.Given.PersonAsync(institution)));

        var services = host.Services;
        var expire = new ExpireOffers(services.GetRequiredService<IDbContextFactory<AppDb>>(), services.GetRequiredService<InstrumentRulesQuery>(), services.GetRequiredService<NpgsqlDataSource>(), new FixedClock { Now = FixedClock.Start + Duration.FromHours(4) });
        var takeOvers = services.GetRequiredService<FindTakeOvers>();
        var notes = new Notes();
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
        {
            var random = new Random(2026 + thread);
            var staff = await host.ApiAsync(manager);
            for (var i = 0; i < Operations / Threads; i++)
            {
                // Now and then the jobs of the waiting list come by; the one that ends offers comes as late as if all were due.
                if (random.Next(100) == 0) Interlocked.Add(ref notes.Offered, await host.Services.OfferAsync());
                if (random.Next(1000) == 0) Interlocked.Add(ref notes.Expired, await expire.RunAsync());
                if (random.Next(500) == 0) Interlocked.Add(ref notes.TakenOver, await takeOvers.RunAsync());
                var (request, owner) = Next(random, places, people, limited, staff, notes);
                using var answer = await request();
                await NoteAsync(answer, owner, notes);
            }
        })));

        notes.Wrong.Take(5).ShouldBeEmpty();
        notes.TakenOver += await takeOvers.RunAsync();
        var held = await RowsAsync();
        ShouldHoldNothingTwice(held);
        var rows = held.Where(r => !r.IsOffer).ToList();
        ShouldBeAsSaid(rows, await ChangesAsync(), notes);
        ShouldMakeUpForLateCancellations(held, notes);
        await ShouldHoldWhatIsOfferedAsync(held, notes);
        ShouldKeepLimits(rows.Where(r => r.InstrumentId == places.Limited.Id.Value));
        rows.Where(r => r.InstrumentId == places.Approved.Id.Value).ShouldAllBe(r => r.Held == r.Slot.Widen(Duration.Zero, Duration.FromMinutes(CoolingMinutes)));
        (await host.ScalarAsync<long>("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")).ShouldBe(0);
        // The run is worth something only when it met what it is about.
        new[] { "booking.overlap", "booking.day-limit", "booking.state", "standby.free-now" }.ShouldAllBe(code => notes.Refusals.ContainsKey(code));
        notes.SeriesChanges.ShouldBeGreaterThan(Operations / 1000);
        rows.Select(r => r.Status).Distinct().Order().ShouldBe(["cancelled", "confirmed", "rejected", "requested"]);
    }

    private static (Func<Task<HttpResponseMessage>> Request, HttpClient Owner) Next(Random random, Places places, List<HttpClient> people, List<HttpClient> limited, HttpClient staff, Notes notes)
    {
        var day = First.PlusDays(random.Next(0, 40));
        var (from, minutes) = (8 * 60 + 15 * random.Next(0, 44), 15 * random.Next(1, 9));
        var start = Day.At(day, 0) + Duration.FromMinutes(from);
        var end = start + Duration.FromMinutes(minutes);
        // Some people book limited instruments only, so that the limit can be proved of what is left.
        var booker = random.Next(4) == 0 ? limited[random.Next(limited.Count)] : people[random.Next(people.Count)];
        var instrument = limited.Contains(booker) ? places.Limited : places.Free[random.Next(3)];
        if (random.Next(100) < 12)
        {
            // Time that somebody has lately taken is worth waiting for; any other is mostly free.
            return instrument != places.Limited && notes.Taken.TryDequeue(out var taken)
                ? Waiting(random, booker, taken.Instrument, taken.StartsAt, taken.EndsAt, null, notes)
                : Waiting(random, booker, instrument, start, end, random.Next(2) == 0 ? 15 : null, notes);
        }

        var what = random.Next(100);
        var (booked, owner) = what < 92 ? notes.Bookings.Any(random) : notes.OfSeries.Any(random);
        Task<HttpResponseMessage> Post(HttpClient by, string action, object? body = null) => by.PostAsJsonAsync($"/api/v1/bookings/{booked}/{action}", body ?? new { });

        Task<HttpResponseMessage> AskAsync(HttpClient by, Instrument at, Instant from, Instant to)
        {
            if (notes.Taken.Count > 200) notes.Taken.TryDequeue(out _);
            if (at != places.Limited) notes.Taken.Enqueue((at, from, to));
            return by.BookAsync(at, from, to);
        }

        return (owner is null ? 0 : what) switch
        {
            < 12 when !limited.Contains(booker) && notes.GivenBack.TryDequeue(out var given) => (() => booker.BookAsync(places.Single, given.StartsAt, given.EndsAt), booker),
            < 42 => (() => AskAsync(booker, instrument, start, end), booker),
            < 46 => (() => booker.PostAsJsonAsync("/api/v1/booking-series", Series(instrument, day, from, minutes, random)), booker),
            < 66 => (() => Post(owner!, "reschedule", new { startsAt = start.ToString(), endsAt = end.ToString() }), owner!),
            < 77 => (() => Post(owner!, "cancel"), owner!),
            < 82 => (() => Post(staff, "cancel", new { reason = "停电" }), owner!),
            < 88 => (() => Post(staff, "approve"), owner!),
            < 92 => (() => Post(staff, "reject", new { reason = "样品不符" }), owner!),
            < 96 => (() => Post(owner!, "reschedule", new { startsAt = start.ToString(), endsAt = end.ToString(), scope = Scope(random) }), owner!),
            _ => (() => Post(owner!, "cancel", new { scope = Scope(random) }), owner!),
        };
    }

    private static (Func<Task<HttpResponseMessage>> Request, HttpClient Owner) Waiting(Random random, HttpClient booker, Instrument instrument, Instant start, Instant end, int? length, Notes notes)
    {
        var (entry, owner) = notes.Waiting.Any(random);
        var what = owner is null ? 0 : random.Next(100);
        if (what < 35) return (() => booker.WaitAsync(instrument, start, end, length), booker);
        if (what < 45) return (() => owner!.PostAsync($"/api/v1/standby/{entry}/withdraw", null), owner!);
        return (async () =>
        {
            // Whoever has an offer answers the most urgent; who has none just looks.
            var open = await owner!.GetAsync("/api/v1/standby?mine=true&open=true");
            var offer = (await open.JsonAsync()).GetProperty("items").EnumerateArray().Select(i => i.GetProperty("offer")).FirstOrDefault(o => o.ValueKind == JsonValueKind.Object);
            if (offer.ValueKind != JsonValueKind.Object) return await owner.GetAsync($"/api/v1/standby/{entry}");
            return await (what < 85 ? owner.AcceptAsync(offer.GetProperty("id").GetGuid()) : owner.DeclineAsync(offer.GetProperty("id").GetGuid()));
        }, owner!);
    }

    private static string Scope(Random random) => random.Next(2) == 0 ? "following" : "all";

    private static object Series(Instrument instrument, LocalDate day, int from, int minutes, Random random)
    {
        var start = day.AtMidnight().PlusMinutes(from);
        return new
        {
            instrumentId = instrument.Id.Value, localStart = Minute.Format(start), localEnd = Minute.Format(start.PlusMinutes(minutes)),
            rrule = $"FREQ={(random.Next(2) == 0 ? "DAILY" : "WEEKLY")};COUNT={random.Next(2, 6)}", conflicts = "skip",
        };
    }

    private static async Task NoteAsync(HttpResponseMessage answer, HttpClient owner, Notes notes)
    {
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        if (!answer.IsSuccessStatusCode)
        {
            if (answer.StatusCode != HttpStatusCode.Conflict) notes.Wrong.Add($"{(int)answer.StatusCode} {body}");
            notes.Refusals.AddOrUpdate(body.GetProperty("code").GetString()!, 1, (_, n) => n + 1);
        }
        else if (body.TryGetProperty("dates", out var dates))
        {
            var status = body.GetProperty("needsApproval").GetBoolean() ? "requested" : "confirmed";
            foreach (var date in dates.EnumerateArray().Where(d => d.GetProperty("bookable").GetBoolean()))
            {
                var id = date.GetProperty("bookingId").GetGuid();
                notes.Said.Add(new Said(id, 1, status, At(date, "startsAt"), At(date, "endsAt")));
                notes.Bookings.Add(id, owner);
                notes.OfSeries.Add(id, owner);
            }
        }
        else if (body.TryGetProperty("place", out _))
        {
            if (answer.StatusCode == HttpStatusCode.Created) notes.Waiting.Add(body.GetProperty("id").GetGuid(), owner);
        }
        else if (body.TryGetProperty("id", out var id))
        {
            notes.Said.Add(new Said(id.GetGuid(), body.GetProperty("version").GetInt32(), body.GetProperty("status").GetString()!, At(body, "startsAt"), At(body, "endsAt")));
            if (body.GetProperty("status").GetString() == "cancelled") notes.GivenBack.Enqueue(new TimeSlot(At(body, "startsAt"), At(body, "endsAt")));
            if (body.GetProperty("version").GetInt32() != 1) return;
            if (answer.StatusCode != HttpStatusCode.Created) Interlocked.Increment(ref notes.Accepted);
            notes.Bookings.Add(id.GetGuid(), owner);
        }
        else Interlocked.Increment(ref notes.SeriesChanges);
    }

    // Each version of a booking is one event; what was answered about a version is what its event says; and only a series, or the job
    // that finds who took over, changes a booking without an answer about it.
    private static void ShouldBeAsSaid(List<Row> rows, Dictionary<Guid, List<Said>> changes, Notes notes)
    {
        var answers = notes.Said.ToDictionary(s => (s.Id, s.Version));
        rows.Count.ShouldBe(answers.Keys.Select(k => k.Id).Distinct().Count(), "every booking that was answered is there, and no other");
        changes.Count.ShouldBe(rows.Count);
        foreach (var row in rows)
        {
            var told = changes[row.Id];
            told.Count.ShouldBe(row.Version, $"booking {row.Id}: each version is one event");
            (row.Status, row.Slot.StartsAt, row.Slot.EndsAt).ShouldBe((told[^1].Status, told[^1].StartsAt, told[^1].EndsAt), $"booking {row.Id}");
            foreach (var one in told)
            {
                if (answers.TryGetValue((row.Id, one.Version), out var answer)) one.ShouldBe(answer);
                else if (row.TakenOverBy is null || one.Version != row.Version) row.SeriesId.ShouldNotBeNull($"booking {row.Id}, version {one.Version}, which nobody was told of");
            }
        }

        answers.Values.ShouldAllBe(a => a.Version <= changes[a.Id].Count);
    }

    private static void ShouldHoldNothingTwice(IEnumerable<Row> rows)
    {
        foreach (var unit in rows.Where(r => r.Status is "requested" or "confirmed").GroupBy(r => (r.InstrumentId, r.Unit)))
        {
            var held = unit.OrderBy(r => r.Held.StartsAt).ToList();
            for (var i = 1; i < held.Count; i++) held[i - 1].Held.Overlaps(held[i].Held).ShouldBeFalse($"{held[i - 1]} and {held[i]}");
        }
    }

    // Made up for once, by another's booking of that instrument; and what no job has found, the others' standing bookings do not cover.
    private static void ShouldMakeUpForLateCancellations(List<Row> rows, Notes notes)
    {
        notes.TakenOver.ShouldBeGreaterThan(Operations / 1000);
        var (byId, late) = (rows.ToDictionary(r => r.Id), rows.Where(r => r.IsLate).ToList());
        late.Count(r => r.TakenOverBy is not null).ShouldBe(notes.TakenOver);
        rows.Where(r => !r.IsLate).ShouldAllBe(r => r.TakenOverBy == null);
        foreach (var given in late)
        {
            given.Status.ShouldBe("cancelled");
            if (given.TakenOverBy is { } by) (byId[by].InstrumentId == given.InstrumentId && byId[by].PersonId != given.PersonId).ShouldBeTrue($"{given} by {byId[by]}");
            else OpeningCalendar.Without([given.Slot], rows.Where(r => r.Status == "confirmed" && r.InstrumentId == given.InstrumentId && r.Unit == given.Unit && r.PersonId != given.PersonId).Select(r => r.Slot)).ShouldNotBeEmpty($"{given}");
        }
    }

    // An open offer is held by the one booking it names, for the one who waits, and every accepted one is a booking; at the end nobody
    // who could have free time is left waiting for the jobs.
    private async Task ShouldHoldWhatIsOfferedAsync(List<Row> held, Notes notes)
    {
        (notes.Offered, notes.Accepted, notes.Expired).ShouldSatisfyAllConditions(() => notes.Offered.ShouldBeGreaterThan(Operations / 500), () => notes.Accepted.ShouldBeGreaterThan(Operations / 2000), () => notes.Expired.ShouldBeGreaterThan(Operations / 2000));
        await using var db = host.NewDb();
        var offers = await db.Set<StandbyOffer>().AsNoTracking().Join(db.Set<StandbyRequest>(), o => o.RequestId, r => r.Id, (o, r) => new { Offer = o, Request = r }).ToListAsync();
        offers.Count.ShouldBe(notes.Offered);
        held.Where(r => r.IsOffer).Select(r => (r.Id, r.PersonId, r.Slot)).ShouldBe(
            offers.Where(o => o.Offer.State == StandbyOfferState.Open).Select(o => (o.Offer.BookingId.Value, o.Request.PersonId.Value, o.Offer.Slot)), ignoreOrder: true);
        offers.Where(o => o.Offer.State == StandbyOfferState.Open).ShouldAllBe(o => o.Request.Status == StandbyStatus.Offered);
        offers.Where(o => o.Offer.State == StandbyOfferState.Accepted).Select(o => (Guid?)o.Offer.BookingId.Value).ShouldBe(offers.Select(o => o.Request).Distinct().Where(r => r.Status == StandbyStatus.Booked).Select(r => r.BookingId?.Value).Distinct(), ignoreOrder: true);
        offers.Count(o => o.Offer.State == StandbyOfferState.Accepted).ShouldBe(notes.Accepted);
        offers.Count(o => o.Offer.State == StandbyOfferState.Expired).ShouldBe(notes.Expired);
        await host.Services.OfferAsync();
        (await host.Services.OfferAsync()).ShouldBe(0);
    }

    private static void ShouldKeepLimits(IEnumerable<Row> rows)
    {
        var perDay = rows.Where(r => r.Status is "requested" or "confirmed").GroupBy(r => (r.PersonId, r.Slot.StartsAt.InZone(DateTimeZoneProviders.Tzdb["Asia/Shanghai"]).Date)).Select(g => g.Sum(r => r.Slot.Length.TotalMinutes)).ToList();
        perDay.ShouldNotBeEmpty();
        perDay.Max().ShouldBeLessThanOrEqualTo(DayLimitMinutes);
    }

    private async Task<List<Row>> RowsAsync()
    {
        await using var source = NpgsqlDataSource.Create(host.ConnectionString);
        await using var command = source.CreateCommand("SELECT id, instrument_id, person_id, unit, status, version, series_id, starts_at, ends_at, lower(held), upper(held), offered_until IS NOT NULL, cancelled_late, taken_over_by FROM bookings");
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<Row>();
        while (await reader.ReadAsync())
            rows.Add(new Row(reader.GetGuid(0), reader.GetGuid(1), reader.GetGuid(2), reader.GetInt16(3), reader.GetString(4), reader.GetInt32(5), reader.IsDBNull(6) ? null : reader.GetGuid(6), Slot(reader, 7), Slot(reader, 9), reader.GetBoolean(11), reader.GetBoolean(12), reader.IsDBNull(13) ? null : reader.GetGuid(13)));
        return rows;
    }

    private async Task<Dictionary<Guid, List<Said>>> ChangesAsync()
    {
        await using var source = NpgsqlDataSource.Create(host.ConnectionString);
        await using var command = source.CreateCommand("SELECT subject_id, payload::text FROM events WHERE name LIKE 'booking.%' ORDER BY sequence");
        await using var reader = await command.ExecuteReaderAsync();
        var changes = new Dictionary<Guid, List<Said>>();
        while (await reader.ReadAsync())
        {
            var (id, payload) = (reader.GetGuid(0), JsonSerializer.Deserialize<JsonElement>(reader.GetString(1)));
            if (!changes.TryGetValue(id, out var told)) changes[id] = told = [];
            told.Add(new Said(id, told.Count + 1, payload.GetProperty("status").GetString()!, At(payload, "startsAt"), At(payload, "endsAt")));
        }

        return changes;
    }

    private static TimeSlot Slot(NpgsqlDataReader reader, int column) => new(Instant.FromDateTimeUtc(reader.GetFieldValue<DateTime>(column)), Instant.FromDateTimeUtc(reader.GetFieldValue<DateTime>(column + 1)));

    private static Instant At(JsonElement body, string name) => InstantPattern.ExtendedIso.Parse(body.GetProperty(name).GetString()!).Value;
}
