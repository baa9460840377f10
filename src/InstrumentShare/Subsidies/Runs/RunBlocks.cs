using System.Runtime.InteropServices;
using InstrumentShare.Access;
using InstrumentShare.Subsidies.Engine;
using InstrumentShare.Subsidies.Language;
using NodaTime;

namespace InstrumentShare.Subsidies;

/// <summary>
/// How a run's lines are packed: services by institution, user within it, day within that; then instruments that are paid
/// by themselves, by institution. So an institution's lines stand together, and a user's own lie in few blocks.
/// </summary>
public sealed class RunBlocks
{
    private readonly SubsidyRun run;
    private readonly SubsidyPolicy policy;
    private readonly RunFacts records;
    private readonly SubsidyResult result;
    private readonly int[] services;
    private readonly int[] instruments;
    private readonly List<Stretch> stretches = [];
    private readonly Dictionary<int, List<(int First, int Counted, int Excluded)>> ofUsers = [];

    public RunBlocks(SubsidyRun run, SubsidyPolicy policy, RunFacts records, SubsidyResult result)
    {
        (this.run, this.policy, this.records, this.result) = (run, policy, records, result);
        var facts = records.Facts;
        services = result.ServiceItems.Length == 0 ? [] : Sorted(facts.Services.Length, s => Key(facts.Services[s]));
        instruments = result.InstrumentItems.Length == 0 ? [] : Sorted(facts.Instruments.Length, n => (ulong)facts.Instruments[n].Institution);
        Cut(services, result.ServiceItems, isService: true, s => facts.Services[s].Institution);
        Cut(instruments, result.InstrumentItems, isService: false, n => facts.Instruments[n].Institution);
        FindUsers();
    }

    private readonly record struct Stretch(bool IsService, int From, int To, int FirstNumber);

    /// <summary>Each block when it is asked for, so that they are not in memory together.</summary>
    public IEnumerable<RunBlock> All() => stretches.Select(s => s.IsService ? OfServices(s) : OfInstruments(s));

    /// <summary>The blocks with lines that pay this user, in order.</summary>
    public IReadOnlyList<(int First, int Counted, int Excluded)> OfUser(int user) => ofUsers.GetValueOrDefault(user, []);

    private static int[] Sorted(int count, Func<int, ulong> key)
    {
        var (places, keys) = (new int[count], new ulong[count]);
        for (var at = 0; at < count; at++) (places[at], keys[at]) = (at, key(at));
        Array.Sort(keys, places);
        return places;
    }

    // 24 bits of institution, 24 of user, 16 of day: past these the order suffers and nothing else.
    private ulong Key(in ServiceFact service)
    {
        var day = Period.DaysBetween(run.AccruedFrom, CountingRules.AccrualDay(policy, service) ?? run.AccruedFrom);
        return ((ulong)service.Institution << 40) | ((ulong)(service.User & 0xFFFFFF) << 16) | (ushort)Math.Clamp(day, 0, ushort.MaxValue);
    }

    private void Cut(int[] places, int[] items, bool isService, Func<int, int> institution)
    {
        var number = stretches.Count == 0 ? 0 : services.Length * result.ServiceItems.Length;
        for (int from = 0, to; from < places.Length; from = to)
        {
            var owner = institution(places[from]);
            for (to = from + 1; to < places.Length && to - from < RunBlock.Capacity && institution(places[to]) == owner; to++) { }

            stretches.Add(new Stretch(isService, from, to, number + (from * items.Length)));
        }
    }

    private void FindUsers()
    {
        var (all, mine) = (result.ServiceItems, Paying(result.ServiceItems, BeneficiaryKind.User));
        if (mine.Length == 0) return;
        foreach (var stretch in stretches.Where(s => s.IsService))
            for (var at = stretch.From; at < stretch.To; at++)
            {
                ref var found = ref CollectionsMarshal.GetValueRefOrAddDefault(ofUsers, records.Facts.Services[services[at]].User, out _);
                found ??= [];
                if (found.Count == 0 || found[^1].First != stretch.FirstNumber) found.Add((stretch.FirstNumber, 0, 0));
                var (first, counted, excluded) = found[^1];
                var pays = mine.Count(i => result.ServiceReasons[(services[at] * all.Length) + i] == Reasons.None);
                found[^1] = (first, counted + pays, excluded + mine.Length - pays);
            }
    }

    private int[] Paying(int[] items, BeneficiaryKind kind) => [.. Enumerable.Range(0, items.Length).Where(i => policy.Items[items[i]].To == kind)];

    private RunBlock OfServices(Stretch stretch)
    {
        var places = services.AsSpan(stretch.From, stretch.To - stretch.From);
        var (charges, devices, users) = (new Guid[places.Length], new Guid[places.Length], new Guid[places.Length]);
        var (days, income) = (new DateOnly[places.Length], new long[places.Length]);
        var (tags, evidence, claims) = (new int[places.Length], new short[places.Length], (string?[]?)null);
        for (var i = 0; i < places.Length; i++)
        {
            ref readonly var fact = ref records.Facts.Services[places[i]];
            (charges[i], devices[i], users[i]) = (records.ChargeIds[places[i]], records.Instruments[fact.Instrument].Id, records.Users[fact.User].Id);
            (days[i], income[i]) = ((CountingRules.AccrualDay(policy, fact) ?? throw new InvalidOperationException("A service without its day was read.")).ToDateOnly(), fact.AmountFen);
            (tags[i], evidence[i]) = ((int)fact.Tags, (short)fact.Evidence);
            if (fact.Claim >= 0) (claims ??= new string?[places.Length])[i] = records.Claims[fact.Claim];
        }

        var owner = records.Facts.Services[places[0]].Institution;
        return Block(stretch, places, owner, result.ServiceItems, result.ServiceReasons, result.ServiceFen, devices, charges, users, days, income, claims, tags, evidence);
    }

    private RunBlock OfInstruments(Stretch stretch)
    {
        var places = instruments.AsSpan(stretch.From, stretch.To - stretch.From);
        var devices = new Guid[places.Length];
        for (var i = 0; i < places.Length; i++) devices[i] = records.Instruments[places[i]].Id;
        return Block(stretch, places, records.Facts.Instruments[places[0]].Institution, result.InstrumentItems, result.InstrumentReasons, result.InstrumentFen, devices);
    }

    private RunBlock Block(
        Stretch stretch, ReadOnlySpan<int> places, int owner, int[] items, Reasons[] allReasons, long[] allFen, Guid[] devices, Guid[]? charges = null, Guid[]? users = null,
        DateOnly[]? days = null, long[]? income = null, string?[]? claims = null, int[]? tags = null, short[]? evidence = null)
    {
        var k = items.Length;
        var outcomes = new long[places.Length * k];
        Span<int> excluded = stackalloc int[k];
        for (var i = 0; i < places.Length; i++)
            for (var item = 0; item < k; item++)
            {
                var (from, to) = ((places[i] * k) + item, (i * k) + item);
                outcomes[to] = allReasons[from] == Reasons.None ? allFen[from] : -(long)allReasons[from];
                if (outcomes[to] < 0) excluded[item]++;
            }

        var (institutionExcluded, userExcluded) = (0, 0);
        foreach (var item in Paying(items, BeneficiaryKind.Institution)) institutionExcluded += excluded[item];
        var toUsers = Paying(items, BeneficiaryKind.User);
        foreach (var item in toUsers) userExcluded += excluded[item];
        return new RunBlock
        {
            RunId = run.Id,
            FirstNumber = stretch.FirstNumber,
            LineCount = outcomes.Length,
            InstitutionId = InstitutionId.From(records.Institutions[owner].Id),
            InstitutionCounted = (places.Length * (k - toUsers.Length)) - institutionExcluded,
            InstitutionExcluded = institutionExcluded,
            UserCounted = (places.Length * toUsers.Length) - userExcluded,
            UserExcluded = userExcluded,
            Items = [.. items.Select(i => (short)i)],
            InstrumentIds = devices,
            ChargeIds = charges,
            UserIds = users,
            AccruedOn = days,
            IncomeFen = income,
            Claims = claims,
            Tags = tags,
            Evidence = evidence,
            Outcomes = outcomes,
        };
    }
}
