using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Subsidies;
using InstrumentShare.Subsidies.Engine;
using InstrumentShare.Subsidies.Language;
using NodaTime;

namespace InstrumentShare.Tests.Subsidies;

public sealed class RunDigestsTests
{
    private static readonly AccrualWindow Year = new(new LocalDate(2025, 1, 1), new LocalDate(2025, 12, 31));
    private static readonly KnownPolicy Policy = new(PolicyPresets.Named("anhui-2015"), "", "abc");

    [Fact]
    public void The_digests_are_those_of_the_form_that_is_documented()
    {
        var facts = Facts([(0, 0, 0, 10_050, "2025-03-01", -1, Tag.None), (0, 1, 0, 20_000, "2025-03-02", 0, Tag.MedicalService)]);

        // Institutions, users and claims by their keys; users then as they were; each instrument by its digest; entries at the end.
        byte[][] keys = [.. List(Text("G1")), .. List(Text("U0"), Text("U1")), .. List(Text("C0"))];
        byte[] first = [.. Number(0), .. Number(0), .. Number(0), .. Amount(10_050), .. Number(20148), .. Number(int.MinValue), .. Number(0), .. Number(1)];
        byte[] second = [.. Number(0), .. Number(1), .. Number(1), .. Amount(20_000), .. Number(20149), .. Number(int.MinValue), .. Number(128), .. Number(1)];
        var question = """{"budget":null,"from":"2025-01-01","policy":"anhui-2015","policyText":"abc","policyVersion":"VERSION","to":"2025-12-31"}""".Replace("VERSION", Policy.Policy.Version, StringComparison.Ordinal);
        var input = Hash([
            Text(question), .. keys,
            .. List(Text("""{"kind":"enterprise","region":"CN-3402","tags":"","user":"U0"}"""), Text("""{"kind":"enterprise","region":"CN-3402","tags":"","user":"U1"}""")),
            .. List(SHA256.HashData([.. Text("""{"alreadyPaid":false,"enrolledOn":"2020-01-01","funding":"public","instrument":"G1/I0","isSet":false,"originalValue":"1000000.00"}"""), .. first, .. second]))]);
        var result = Hash([
            Text(question.Replace("}", ""","total":"40.20"}""", StringComparison.Ordinal)), .. keys,
            .. List(SHA256.HashData([
                .. Text("G1/I0"), .. first, .. Amount(2_010), .. Number(0), .. Amount(2_010), .. Number(0), .. second, .. Amount(0), .. Number(128), .. Amount(0), .. Number(128)])),
            .. List(
                Text("""{"amount":"20.10","beneficiary":"G1","kind":"institution","payer":"province"}"""), Text("""{"amount":"20.10","beneficiary":"U0","kind":"user","payer":"city"}"""),
                Text("""{"amount":"0.00","beneficiary":"U1","kind":"user","payer":"city"}"""))]);
        Digests(facts, 1).ShouldBe(("v2:" + input, "v2:" + result));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Neither_order_nor_threads_nor_ids_change_them(int seed)
    {
        var random = new Random(seed);
        var services = Enumerable.Range(0, 500).Select(i => (random.Next(2), random.Next(3), random.Next(9), random.Next(100) * 10_000, "2025-03-0" + (1 + random.Next(9)), random.Next(3) - 1, (Tag)(random.Next(2) * 128))).ToList();
        var mixed = services.Select(s => (s, random.Next())).OrderBy(p => p.Item2).Select(p => p.s).ToList();
        Digests(Facts(services), 1).ShouldBe(Digests(Facts(mixed), 4));
        services[17] = services[17] with { Item4 = services[17].Item4 + 1 };
        var (input, result) = Digests(Facts(services), 2);
        input.ShouldNotBe(Digests(Facts(mixed), 2).Input);
        result.ShouldNotBe(Digests(Facts(mixed), 2).Result);
    }

    private static (string Input, string Result) Digests(RunFacts facts, int threads)
    {
        var result = SubsidyCalculator.Calculate(Policy.Policy, facts.Facts, Year, null, facts.Names, threads);
        return new RunDigests(Policy, Year, null, facts, result, threads).Compute();
    }

    private static RunFacts Facts(IReadOnlyList<(int Institution, int User, int Instrument, int Fen, string Day, int Claim, Tag Tags)> services)
    {
        InstitutionRecord[] institutions = [.. Enumerable.Range(1, 2).Select(i => new InstitutionRecord(Guid.CreateVersion7(), "G" + i, InstitutionKind.University, new Region("CN-3401"), Tag.None, null))];
        InstitutionRecord[] users = [.. Enumerable.Range(0, 3).Select(i => new InstitutionRecord(Guid.CreateVersion7(), "U" + i, InstitutionKind.Enterprise, new Region("CN-3402"), Tag.None, null))];
        users = users[..(services.Max(s => s.User) + 1)];
        InstrumentRecord[] instruments =
            [.. Enumerable.Range(0, 9).Select(i => new InstrumentRecord(Guid.CreateVersion7(), institutions[i % 2].Id, "I" + i, 100_000_000, false, Funding.Public, new LocalDate(2020, 1, 1)))];
        return new RunFacts
        {
            Facts = new Facts(
                [.. services.Select(s => new ServiceFact(s.Instrument % 2, s.User, s.Instrument, s.Fen, NodaTime.Text.LocalDatePattern.Iso.Parse(s.Day).Value, null, s.Claim, s.Tags, Evidence.Contract))],
                [.. instruments.Select((i, at) => RecordMapper.Instrument(i, at % 2, false))], [.. institutions.Select(RecordMapper.Institution)], [.. users.Select(RecordMapper.User)]),
            ChargeIds = [.. services.Select(_ => Guid.CreateVersion7())],
            Claims = [.. Enumerable.Range(0, services.Max(s => s.Claim) + 1).Select(c => "C" + c)],
            Instruments = instruments,
            Institutions = institutions,
            Users = [.. users.Select(u => new RunParty(u.Id, u.NaturalKey, u))],
        };
    }

    private static string Hash(IEnumerable<byte[]> parts) => Convert.ToHexStringLower(SHA256.HashData([.. parts.SelectMany(p => p)]));

    private static IEnumerable<byte[]> List(params byte[][] members) => members.Prepend(Number(members.Length));

    private static byte[] Text(string text) => [.. Number(Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    private static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Amount(long fen)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, fen);
        return bytes;
    }
}
