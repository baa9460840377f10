using System.Text.Json;
using InstrumentShare.Persistence;
using InstrumentShare.Subsidies.Evaluation;
using InstrumentShare.Web;

namespace InstrumentShare.Tests.Subsidies;

public sealed class FactsReaderTests
{
    private const string Valid = """
        {"policyId":"anhui-2015","from":"2025-01-01","to":"2025-12-31","budget":"1000.50","facts":{
         "services":[{"id":"s1","institutionId":"o1","userId":"u1","instrumentId":"i1","amount":"100.00","machineHours":"1.5","servedOn":"2025-05-01","invoicedOn":"2025-05-02","invoiceNumber":"F1","claimId":"c1","tags":["relatedParty"],"evidence":["contract"]},
                     {"id":"s2","institutionId":"o1","userId":"u1","instrumentId":"i1","amount":"0.01","servedOn":"2025-05-01","tags":[],"evidence":[]}],
         "instruments":[{"id":"i1","institutionId":"o1","originalValue":"300000","isSet":false,"funding":"public","enrolledOn":"2020-01-01","acceptedOn":"2019-12-01"}],
         "institutions":[{"id":"o1","region":"CN-34","grade":"good","tags":[]}],
         "users":[{"id":"u1","kind":"enterprise","region":"CN-3401","tags":["highTech"]}]}}
        """;

    private static readonly WordCatalog Catalog = new();

    [Fact]
    public void Valid_facts_are_read_whole()
    {
        var brought = Read(Valid).Value!;
        brought.Facts.Services.Length.ShouldBe(2);
        brought.Facts.Services[0].AmountFen.ShouldBe(10_000);
        brought.BudgetFen.ShouldBe(100_050);
        brought.ServiceIds.ShouldBe(["s1", "s2"]);
    }

    [Theory]
    [InlineData("\"s2\"", "\"s1\"", "subsidy.facts.repeated-id", "facts.services[1].id")]
    [InlineData("\"id\":\"s2\"", "\"id\":\"\"", "subsidy.facts.id", "facts.services[1].id")]
    [InlineData("\"id\":\"s2\",", "", "subsidy.facts.missing", "facts.services[1].id")]
    [InlineData("\"userId\":\"u1\"", "\"userId\":\"nobody\"", "subsidy.facts.dangling", "facts.services[0].userId")]
    [InlineData("\"instrumentId\":\"i1\"", "\"instrumentId\":\"I1\"", "subsidy.facts.dangling", "facts.services[0].instrumentId")]
    [InlineData("\"institutionId\":\"o1\",\"userId\"", "\"institutionId\":\"o2\",\"userId\"", "subsidy.facts.dangling", "facts.services[0].institutionId")]
    [InlineData("\"institutionId\":\"o1\",\"originalValue\"", "\"institutionId\":\"o2\",\"originalValue\"", "subsidy.facts.dangling", "facts.instruments[0].institutionId")]
    [InlineData("\"100.00\"", "\"-100.00\"", "subsidy.facts.negative", "facts.services[0].amount")]
    [InlineData("\"100.00\"", "\"100.001\"", "subsidy.facts.decimals", "facts.services[0].amount")]
    [InlineData("\"100.00\"", "\"100.000\"", "subsidy.facts.decimals", "facts.services[0].amount")]
    [InlineData("\"100.00\"", "\"1e3\"", "subsidy.facts.amount", "facts.services[0].amount")]
    [InlineData("\"100.00\"", "\"1,000\"", "subsidy.facts.amount", "facts.services[0].amount")]
    [InlineData("\"100.00\"", "\" 1\"", "subsidy.facts.amount", "facts.services[0].amount")]
    [InlineData("\"100.00\"", "\"\"", "subsidy.facts.amount", "facts.services[0].amount")]
    [InlineData("\"100.00\"", "\"99999999999999999999999999999999999\"", "subsidy.facts.too-large", "facts.services[0].amount")]
    [InlineData("\"300000\"", "\"-1\"", "subsidy.facts.negative", "facts.instruments[0].originalValue")]
    [InlineData("\"1000.50\"", "\"-0.01\"", "subsidy.facts.negative", "budget")]
    [InlineData("\"1000.50\"", "\"0.001\"", "subsidy.facts.decimals", "budget")]
    [InlineData("\"relatedParty\"", "\"relative\"", "subsidy.facts.word", "facts.services[0].tags[0]")]
    [InlineData("\"relatedParty\"", "\"1\"", "subsidy.facts.word", "facts.services[0].tags[0]")]
    [InlineData("\"relatedParty\"", "\"RelatedParty\"", "subsidy.facts.word", "facts.services[0].tags[0]")]
    [InlineData("\"highTech\"", "\"lowTech\"", "subsidy.facts.word", "facts.users[0].tags[0]")]
    [InlineData("\"contract\"", "\"handshake\"", "subsidy.facts.word", "facts.services[0].evidence[0]")]
    [InlineData("\"enterprise\"", "\"company\"", "subsidy.facts.word", "facts.users[0].kind")]
    [InlineData("\"public\"", "\"state\"", "subsidy.facts.word", "facts.instruments[0].funding")]
    [InlineData("\"good\"", "\"best\"", "subsidy.facts.word", "facts.institutions[0].grade")]
    [InlineData("\"CN-3401\"", "\"CN-340\"", "subsidy.facts.region", "facts.users[0].region")]
    [InlineData("\"CN-34\"", "\"Anhui\"", "subsidy.facts.region", "facts.institutions[0].region")]
    [InlineData("\"2025-05-01\"", "\"2025-02-29\"", "subsidy.facts.date", "facts.services[0].servedOn")]
    [InlineData("\"2025-05-02\"", "\"2025-5-2\"", "subsidy.facts.date", "facts.services[0].invoicedOn")]
    [InlineData("\"from\":\"2025-01-01\"", "\"from\":\"2026-01-01\"", "subsidy.window-crossed", "from")]
    [InlineData("\"from\":\"2025-01-01\",", "", "subsidy.facts.missing", "from")]
    [InlineData("\"1.5\"", "\"-1\"", "subsidy.facts.hours", "facts.services[0].machineHours")]
    [InlineData("\"isSet\":false,", "", "subsidy.facts.missing", "facts.instruments[0].isSet")]
    [InlineData("\"c1\"", "\"\"", "subsidy.facts.id", "facts.services[0].claimId")]
    public void What_is_wrong_is_named_with_its_field(string right, string wrong, string code, string field)
    {
        var at = Valid.IndexOf(right, StringComparison.Ordinal);
        var problem = Read(Valid.Remove(at, right.Length).Insert(at, wrong)).Problems.Single();
        (problem.Code, problem.Field).ShouldBe((code, field));
        new Words(Catalog, "zh-CN").Of(problem).ShouldNotContain("{");
        Catalog.Has("problem." + code).ShouldBeTrue();
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void An_id_has_at_most_64_characters(int length, bool ok) =>
        Read(Valid.Replace("\"s2\"", $"\"{string.Concat(Enumerable.Repeat("😀", length))}\"", StringComparison.Ordinal)).IsOk.ShouldBe(ok);

    [Fact]
    public void Any_list_may_be_empty_or_absent()
    {
        Read("""{"from":"2025-01-01","to":"2025-01-01","facts":{"services":[],"instruments":[],"institutions":[],"users":[]}}""").IsOk.ShouldBeTrue();
        Read("""{"from":"2025-01-01","to":"2025-01-01","facts":{}}""").IsOk.ShouldBeTrue();
    }

    [Theory]
    [InlineData("""{"from":"2025-01-01","to":"2025-01-01"}""", "facts")]
    [InlineData("""{"from":"2025-01-01","to":"2025-01-01","facts":{"services":[null]}}""", "facts.services[0]")]
    public void Nothing_in_place_of_something_is_refused(string json, string field) => Read(json).Problems.Single().Field.ShouldBe(field);

    [Fact]
    public void A_hopeless_list_is_not_answered_row_by_row_without_end() =>
        Read("{\"from\":\"2025-01-01\",\"to\":\"2025-01-01\",\"facts\":{\"users\":[" + string.Join(",", Enumerable.Repeat("{}", 1000)) + "]}}").Problems.Count.ShouldBe(InputReader.MostProblems);

    private static InstrumentShare.Kernel.Outcome<BroughtFacts> Read(string json) => FactsReader.Read(JsonSerializer.Deserialize<EvaluationRequest>(json, Json.Options)!);
}
