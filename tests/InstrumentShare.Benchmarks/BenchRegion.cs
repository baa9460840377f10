using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Bookings.HouseRules;
using InstrumentShare.Bookings.Qualifications;
using InstrumentShare.Catalog;
using InstrumentShare.Demo;
using InstrumentShare.Integrity;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Pricing;
using NodaTime;
using Npgsql;

namespace InstrumentShare.Benchmarks;

/// <summary>
/// The institutions of a nation and their instruments, the larger ones with many. The first tenth are busy: open round the clock, with rules and prices, and nine of
/// ten bookings are theirs.
/// </summary>
internal sealed class BenchRegion
{
    private const int PeopleEach = 2;
    private const int Chunk = 10_000;

    private static readonly Instant Founded = Instant.FromUtc(2020, 1, 1, 0, 0);
    private static readonly LocalDate From = new(2020, 1, 1);

    private readonly DemoRandom random = new(7);

    public List<(Guid Id, Guid Institution)> Instruments { get; } = [];

    public List<(Guid Id, Guid Institution, string Email)> People { get; } = [];

    public IReadOnlyList<Institution> Owners { get; private set; } = [];

    public IReadOnlyDictionary<Guid, Institution> OwnerOf { get; private set; } = null!;

    /// <summary>How many instruments are booked in a measurement.</summary>
    public const int Some = 240;

    public int Busy => Math.Max(Some, Instruments.Count / 10);

    /// <summary>Those who may book a strict instrument.</summary>
    public IEnumerable<(Guid Id, Guid Institution, string Email)> Members => People.Skip(Bench.MaxClients).Take(Bench.MaxClients);

    /// <summary>The one that all clients race for.</summary>
    public int Contended => Busy - 1;

    /// <summary>How many after the busy ones are bookable by every rule and gate that there is.</summary>
    public int Strict => Math.Min(Some, Instruments.Count - Busy);

    public const string Officer = "officer@bench.example";

    public static async Task<BenchRegion> LoadAsync(Bench bench)
    {
        var region = new BenchRegion();
        await using var connection = await bench.Database.OpenConnectionAsync();
        await region.LoadPeopleAsync(bench, connection);
        await BulkLoad.RunAsync(bench, "instruments", ["instruments_pkey", "instruments_institution_key"], async bulk =>
        {
            for (var from = 0; from < bench.Settings.Instruments; from += Chunk)
                await region.LoadInstrumentsAsync(bench, bulk, Math.Min(Chunk, bench.Settings.Instruments - from));
        });
        await region.LoadSchedulesAsync(bench, connection);
        await region.LoadGatesAsync(bench, connection);
        return region;
    }

    private async Task LoadPeopleAsync(Bench bench, NpgsqlConnection connection)
    {
        await using var db = bench.NewDb();
        var owners = Enumerable.Range(0, bench.Settings.Institutions).Select(i => (Number: i, Names: BenchNames.Institution(i))).Select(i => new Institution
        {
            Id = new InstitutionId(random.Id(Founded)), Name = i.Names.Name, NameEn = i.Names.NameEn, CreatedAt = Founded,
            Kind = i.Number % 6 == 5 ? InstitutionKind.Enterprise : InstitutionKind.University, Region = new Region(i.Number % 4 == 3 ? "CN-3702" : "CN-3401"),
        }).ToList();
        var people = new List<Person> { Someone(Officer, owners[0]) };
        foreach (var owner in owners)
        {
            for (var i = 0; i < PeopleEach; i++)
            {
                var person = Someone(string.Create(CultureInfo.InvariantCulture, $"person{People.Count + 1}@bench.example"), owner);
                people.Add(person);
                People.Add((person.Id, owner.Id.Value, person.Email!));
            }
        }

        var officer = new RoleGrant { PersonId = new PersonId(people[0].Id), Role = Role.FundingOfficer, ScopeKind = ScopeKind.Region, ScopeRegion = new Region("CN-34"), GrantedAt = Founded };
        (Owners, OwnerOf) = (owners, owners.ToDictionary(o => o.Id.Value));
        await CopyTable.Of<Institution>(db, owners).WriteAsync(connection, default);
        await CopyTable.Of<Person>(db, people).WriteAsync(connection, default);
        await CopyTable.Of<RoleGrant>(db, [officer]).WriteAsync(connection, default);
    }

    private Person Someone(string email, Institution institution) => new()
    {
        Id = random.Id(Founded), Name = email.Split('@')[0], InstitutionId = institution.Id, CreatedAt = Founded, UserName = email, NormalizedUserName = email.ToUpperInvariant(), Email = email,
        NormalizedEmail = email.ToUpperInvariant(), EmailConfirmed = true, PasswordHash = DemoAccounts.PasswordHash, SecurityStamp = random.Id(Founded).ToString(), LockoutEnabled = true,
    };

    private async Task LoadInstrumentsAsync(Bench bench, NpgsqlConnection connection, int count)
    {
        await using var db = bench.NewDb();
        var instruments = new List<Instrument>(count);
        for (var i = 0; i < count; i++)
        {
            var owner = Owners[random.Below(random.Below(random.Below(Owners.Count) + 1) + 1)];
            var named = BenchNames.Instrument(random);
            var instrument = new Instrument
            {
                Id = new InstrumentId(random.Id(Founded)), InstitutionId = owner.Id, InnerId = string.Create(CultureInfo.InvariantCulture, $"EQ{Instruments.Count + 1:0000000}"), Name = named.Name, NameEn = named.NameEn,
                Model = named.Model, Manufacturer = named.Manufacturer, Classification = named.Classification, Region = owner.Region, OriginalValue = new Money(random.Between(20, 2_000) * 1_000_000L), EnrolledOn = From,
                Technical = named.Like.Technical, Function = named.Like.Function, Requirement = named.Like.TechnicalEn, CreatedAt = Founded, UpdatedAt = Founded,
            };
            instruments.Add(instrument);
            Instruments.Add((instrument.Id.Value, owner.Id.Value));
        }

        await CopyTable.Of<Instrument>(db, instruments).WriteAsync(connection, default);
    }

    private async Task LoadSchedulesAsync(Bench bench, NpgsqlConnection connection)
    {
        await using var db = bench.NewDb();
        var busy = Instruments.Take(Busy + Strict).Select(i => new InstrumentId(i.Id)).ToList();
        await CopyTable.Of<OpeningHours>(db, busy.SelectMany(id => Enumerable.Range(1, 7).Select(day => OpeningHours.Of(id, (IsoDayOfWeek)day, 0, 1440, From)))).WriteAsync(connection, default);
        await CopyTable.Of<BookingRuleSet>(db, busy.Select((id, i) => i < Busy ? new BookingRuleSet { InstrumentId = id, ValidFrom = From, MaxMinutes = 480, HorizonDays = 730, CreatedAt = Founded } : EveryRule(id))).WriteAsync(connection, default);
        await CopyTable.Of<PricePolicy>(db, busy.SelectMany(id => Enum.GetValues<UserClass>().Select(c => new PricePolicy
        {
            InstrumentId = id, UserClass = c, ValidFrom = From, ChargeFor = ChargeFor.Booked, RatePerHourFen = 10_000, CreatedAt = Founded,
        }))).WriteAsync(connection, default);
    }

    // Some of every kind; so wide that the answer is seldom no.
    private static BookingRuleSet EveryRule(InstrumentId instrument) => new()
    {
        InstrumentId = instrument, ValidFrom = From, MaxMinutes = 480, HorizonDays = 730, LeadMinutes = 60, ChangeLeadMinutes = 120, CancelLeadMinutes = 240, CoolingMinutes = 15, GapMinutes = 15,
        OneAtATime = true, MembershipRequired = true, PersonDayMinutes = 1440, PersonWeekMinutes = 6_000, OutsideSharePercent = 5, OutsideReleaseHours = 24, FeedbackDays = 7, CreatedAt = Founded,
        Limits =
        [
            new BookingLimit(LimitHolder.Person, LimitMeasure.Count, LimitWindow.Day, 20), new BookingLimit(LimitHolder.Person, LimitMeasure.Minutes, LimitWindow.Month, 40_000),
            new BookingLimit(LimitHolder.Group, LimitMeasure.Minutes, LimitWindow.Week, 9_000, Rolling: true), new BookingLimit(LimitHolder.Institution, LimitMeasure.Minutes, LimitWindow.Month, 40_000, Rolling: true),
        ],
    };

    // The members are each in a group, certified for each strict instrument and of good repute.
    private async Task LoadGatesAsync(Bench bench, NpgsqlConnection connection)
    {
        await using var db = bench.NewDb();
        var (people, manager) = (Members.ToList(), new PersonId(People[0].Id));
        var groups = people.ConvertAll(p => new Group { InstitutionId = new InstitutionId(p.Institution), Name = p.Email, NameEn = p.Email, LeaderId = new PersonId(p.Id), CreatedAt = Founded });
        var asked = Instruments.Skip(Busy).Take(Strict).Select(i => new Qualification
        {
            InstitutionId = new InstitutionId(i.Institution), InstrumentId = new InstrumentId(i.Id), Name = $"操作资格 {i.Id}", NameEn = $"Operator {i.Id}", CreatedAt = Founded,
        }).ToList();
        await CopyTable.Of<Group>(db, groups).WriteAsync(connection, default);
        await CopyTable.Of<Membership>(db, groups.Zip(people, (g, p) => new Membership { GroupId = g.Id, PersonId = new PersonId(p.Id), StartsOn = From, CreatedAt = Founded })).WriteAsync(connection, default);
        await CopyTable.Of<Qualification>(db, asked).WriteAsync(connection, default);
        await CopyTable.Of<Certificate>(db, asked.SelectMany(q => people.Select(p => new Certificate
        {
            QualificationId = q.Id, PersonId = new PersonId(p.Id), Level = QualificationLevel.Independent, ValidFrom = From, Reason = "benchmark", IssuedBy = manager, IssuedAt = Founded,
        }))).WriteAsync(connection, default);
        await CopyTable.Of<CreditThreshold>(db, asked.Select(q => new CreditThreshold { Effect = CreditEffect.Refuse, InstrumentId = q.InstrumentId!.Value, Threshold = 60, ValidFrom = From, CreatedAt = Founded })).WriteAsync(connection, default);
        var houseRules = asked.ConvertAll(q => new HouseRule { InstitutionId = q.InstitutionId, InstrumentId = q.InstrumentId, CreatedAt = Founded });
        await CopyTable.Of<HouseRule>(db, houseRules).WriteAsync(connection, default);
        await CopyTable.Of<HouseRuleVersion>(db, houseRules.Select(r => new HouseRuleVersion
        {
            HouseRuleId = r.Id, Number = 1, Title = "实验室守则", TitleEn = "House rules", Text = "戴护目镜。", TextEn = "Wear goggles.", ValidFrom = From, PublishedBy = manager, PublishedAt = Founded,
        })).WriteAsync(connection, default);
        await CopyTable.Of<HouseRuleReading>(db, houseRules.SelectMany(r => people.Select(p => new HouseRuleReading { HouseRuleId = r.Id, Number = 1, PersonId = new PersonId(p.Id), ReadAt = Founded }))).WriteAsync(connection, default);
    }
}
