using System.Globalization;
using InstrumentShare.Kernel;
using InstrumentShare.Subsidies.Engine;
using InstrumentShare.Subsidies.Language;
using NodaTime;

namespace InstrumentShare.Subsidies.Evaluation;

/// <summary>What was brought, checked: facts by place, and the ids in parallel.</summary>
public sealed record BroughtFacts(
    Facts Facts,
    AccrualWindow Window,
    long? BudgetFen,
    IReadOnlyList<string> ServiceIds,
    IReadOnlyList<string> InstrumentIds,
    IReadOnlyList<string> InstitutionIds,
    IReadOnlyList<string> UserIds)
{
    public BeneficiaryNames Names => new(i => InstitutionIds[i], i => UserIds[i]);
}

/// <summary>Checks brought facts as the API describes them; answers every problem with its field.</summary>
public static class FactsReader
{
    public static Outcome<BroughtFacts> Read(EvaluationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var read = new InputReader();
        var from = read.Date(request.From, "from");
        var to = read.Date(request.To, "to");
        if (read.Problems.Count == 0 && from > to) read.Refuse("subsidy.window-crossed", "from", ("from", from), ("to", to));
        var budget = request.Budget is null ? null : (long?)read.Fen(request.Budget, "budget");
        if (request.Facts is not { } facts)
        {
            read.Refuse("subsidy.facts.missing", "facts");
            return Outcome<BroughtFacts>.Refuse(read.Problems);
        }

        var institutionIds = new Ids(read, "facts.institutions");
        var userIds = new Ids(read, "facts.users");
        var instrumentIds = new Ids(read, "facts.instruments");
        var serviceIds = new Ids(read, "facts.services");
        var claims = new Dictionary<string, int>(StringComparer.Ordinal);
        var institutions = Each(read, "facts.institutions", facts.Institutions, (i, at) =>
        {
            institutionIds.Add(i.Id, at);
            return new InstitutionFact(
                read.Region(i.Region, $"{at}.region"),
                i.Grade is null ? null : read.Word<Grade>(i.Grade, $"{at}.grade"),
                read.Tags(i.Tags, $"{at}.tags"));
        });
        var users = Each(read, "facts.users", facts.Users, (u, at) =>
        {
            userIds.Add(u.Id, at);
            return new UserFact(read.Word<UserKind>(u.Kind, $"{at}.kind"), read.Region(u.Region, $"{at}.region"), read.Tags(u.Tags, $"{at}.tags"));
        });
        var instruments = Each(read, "facts.instruments", facts.Instruments, (i, at) =>
        {
            instrumentIds.Add(i.Id, at);
            if (i.IsSet is null) read.Refuse("subsidy.facts.missing", $"{at}.isSet");
            return new InstrumentFact(
                institutionIds.PlaceOf(i.InstitutionId, $"{at}.institutionId"),
                read.Fen(i.OriginalValue, $"{at}.originalValue"),
                i.IsSet ?? false,
                read.Word<Funding>(i.Funding, $"{at}.funding"),
                read.Date(i.EnrolledOn, $"{at}.enrolledOn"),
                read.OptionalDate(i.AcceptedOn, $"{at}.acceptedOn"));
        });
        var services = Each(read, "facts.services", facts.Services, (s, at) =>
        {
            serviceIds.Add(s.Id, at);
            read.Hours(s.MachineHours, $"{at}.machineHours");
            if (s.InvoiceNumber is { } invoice) read.Id(invoice, $"{at}.invoiceNumber");
            return new ServiceFact(
                institutionIds.PlaceOf(s.InstitutionId, $"{at}.institutionId"),
                userIds.PlaceOf(s.UserId, $"{at}.userId"),
                instrumentIds.PlaceOf(s.InstrumentId, $"{at}.instrumentId"),
                read.Fen(s.Amount, $"{at}.amount"),
                read.Date(s.ServedOn, $"{at}.servedOn"),
                read.OptionalDate(s.InvoicedOn, $"{at}.invoicedOn"),
                Claim(read, claims, s.ClaimId, $"{at}.claimId"),
                read.Tags(s.Tags, $"{at}.tags"),
                read.Evidence(s.Evidence, $"{at}.evidence"));
        });
        if (read.Problems.Count > 0) return Outcome<BroughtFacts>.Refuse(read.Problems);
        return new BroughtFacts(
            new Facts(services, instruments, institutions, users),
            new AccrualWindow(from, to),
            budget,
            serviceIds.All,
            instrumentIds.All,
            institutionIds.All,
            userIds.All);
    }

    private static TFact[] Each<TInput, TFact>(InputReader read, string list, IReadOnlyList<TInput?>? inputs, Func<TInput, string, TFact> fact)
        where TInput : class
    {
        var facts = new TFact[inputs?.Count ?? 0];
        for (var i = 0; i < facts.Length; i++)
        {
            var at = $"{list}[{i.ToString(CultureInfo.InvariantCulture)}]";
            if (inputs![i] is { } input) facts[i] = fact(input, at);
            else read.Refuse("subsidy.facts.missing", at);
        }

        return facts;
    }

    private static int Claim(InputReader read, Dictionary<string, int> claims, string? id, string field)
    {
        if (id is null || read.Id(id, field) is not { } claim) return -1;
        if (!claims.TryGetValue(claim, out var place)) claims[claim] = place = claims.Count;
        return place;
    }

    private sealed class Ids(InputReader read, string list)
    {
        private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);

        public List<string> All { get; } = [];

        public void Add(string? text, string at)
        {
            var id = read.Id(text, $"{at}.id");
            All.Add(id ?? "");
            if (id is not null && !_places.TryAdd(id, All.Count - 1)) read.Refuse("subsidy.facts.repeated-id", $"{at}.id", ("value", id));
        }

        public int PlaceOf(string? text, string field)
        {
            if (read.Id(text, field) is not { } id) return -1;
            if (_places.TryGetValue(id, out var place)) return place;
            read.Refuse("subsidy.facts.dangling", field, ("value", id), ("list", list));
            return -1;
        }
    }
}
