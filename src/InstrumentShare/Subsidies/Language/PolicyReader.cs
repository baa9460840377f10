using InstrumentShare.Access;
using InstrumentShare.Kernel;

namespace InstrumentShare.Subsidies.Language;

/// <summary>The grammar of a policy text, part by part.</summary>
internal static class PolicyReader
{
    public static SubsidyPolicy Read(PolicyNode top, List<Clause> clauses, List<Figure> blanks)
    {
        var validity = top.Get("validity");
        var from = validity.Get("from").Day(orWord: "unknown");
        var to = validity.Get("to").Day(orWord: "open");
        if (to < from) validity.Refuse("subsidy.policy.dates-cross", ("value", $"{from:uuuu'-'MM'-'dd} > {to:uuuu'-'MM'-'dd}"));
        var counting = Counting(top.Get("counts"));
        var exclusions = top.Get("excludes").Items().Select(Exclusion).ToList();
        var items = Items(top.Get("pays"));
        return new SubsidyPolicy
        {
            Id = Id(top.Get("id")),
            Version = top.Get("version").Text(),
            Title = top.Get("title").Both(),
            Issuer = top.Get("issuer").Both(),
            Document = top.Get("document").Text(),
            Sources = [.. top.Get("sources").Items().Select(n => n.Text())],
            Region = top.Get("region").Region(),
            ValidFrom = from,
            ValidTo = to,
            Trust = top.Get("trust").Word<Trust>(),
            Accrual = top.Get("accrual").Word<AccrualBasis>(),
            ClaimWindows = [.. top.Get("claimWindows").Items().Select(Window)],
            Rounding = Rounding(top.Get("rounding")),
            Apportionment = top.Get("apportionment").Word<Apportionment>(),
            Exclusions = exclusions,
            Counting = counting,
            Items = items,
            Caps = PolicyCaps.Read(top.Get("caps"), items),
            AppliesTo = top.Find("appliesTo") is { } applies ? AppliesTo(applies) : null,
            OneOff = top.Find("oneOff")?.Clause(),
            Clauses = clauses,
            Blanks = blanks,
        };
    }

    /// <summary>Ids stand in addresses: lower-case letters, digits and hyphens, at most 64.</summary>
    private static string Id(PolicyNode node)
    {
        var id = node.Text();
        if (id.Length > 64 || id.Any(c => !(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')))
            node.Refuse("subsidy.policy.bad-value", ("value", id), ("allowed", "a-z 0-9 -"));
        return id;
    }

    private static ClaimWindow Window(PolicyNode node)
    {
        var window = new ClaimWindow(node.Get("from").DayOfYear(), node.Get("to").DayOfYear());
        if (window.To < window.From) node.Refuse("subsidy.policy.dates-cross", ("value", $"{window.From:MM'-'dd} > {window.To:MM'-'dd}"));
        return window;
    }

    private static Applicability AppliesTo(PolicyNode node) => new(
        node.Find("institutionKinds")?.Words<InstitutionKind>() ?? new HashSet<InstitutionKind>(),
        [.. node.Find("regions")?.Items().Select(n => n.Region()) ?? []],
        node.Clause());

    private static RoundingStep Rounding(PolicyNode node)
    {
        var step = node.Get("step");
        var fen = step.Fen();
        if (fen == 0) step.Refuse("subsidy.policy.bad-value", ("value", step.Text()), ("allowed", "0.01"));
        return new RoundingStep(Math.Max(1, fen), node.Get("mode").Word<RoundingMode>());
    }

    private static Exclusion Exclusion(PolicyNode node) => new(node.Get("tags").Tags(Lexicon.Excluding), node.Clause());

    private static Counting Counting(PolicyNode node)
    {
        var funding = node.Find("funding");
        return new Counting(
            node.Get("enrolled").Clause(),
            [.. node.Find("minimumValue")?.Items().Select(n => new ValueThreshold(n.Get("of").Word<ThresholdScope>(), n.Amount("amount"))) ?? []],
            funding is null ? null : new FundingNeed(funding.Get("is").Word<Funding>(), funding.Clause()),
            node.Find("users") is { } users ? Users(users) : null);
    }

    private static UserNeed Users(PolicyNode node) => new(
        node.Find("kinds")?.Words<UserKind>() ?? Enum.GetValues<UserKind>().ToHashSet(),
        node.Find("region")?.Region(),
        node.Clause());

    private static List<PayItem> Items(PolicyNode node)
    {
        var items = new List<PayItem>();
        foreach (var n in node.Items())
        {
            var item = new PayItem(
                n.Get("id").Text(),
                n.Get("per").Word<PayUnit>(),
                n.Get("to").Word<BeneficiaryKind>(),
                n.Get("payer").Word<Payer>(),
                n.Find("users") is { } users ? Users(users) : null,
                Shape(n));
            if (items.Any(i => i.Id == item.Id)) n.Refuse("subsidy.policy.duplicate-id", ("value", item.Id));
            if (item is { Unit: PayUnit.Instrument, To: BeneficiaryKind.User } || (item.Unit == PayUnit.Instrument && item.Users is not null))
                n.Refuse("subsidy.policy.instrument-user");
            items.Add(Linked(item, items, n));
        }

        if (items.Count == 0) node.Refuse("subsidy.policy.missing");
        return items;
    }

    private static PayItem Linked(PayItem item, List<PayItem> earlier, PolicyNode node)
    {
        if (item.Shape is not MatchOfLine match) return item;
        var index = earlier.FindIndex(i => i.Id == match.Line && i.Unit == item.Unit);
        if (index < 0) node.Refuse("subsidy.policy.unknown-line", ("value", match.Line));
        return item with { Shape = match with { Index = Math.Max(0, index) } };
    }

    private static IPayShape Shape(PolicyNode node)
    {
        var named = PayShapes.Known.Where(s => node.Find(s.Key) is not null).ToList();
        if (named.Count == 1) return named[0].Value(node.Get(named[0].Key));
        node.Refuse("subsidy.policy.one-shape", ("value", string.Join(", ", named.Select(s => s.Key))), ("allowed", string.Join(", ", PayShapes.Known.Keys)));
        return new RateOfIncome(new Figure(0, new Clause("", "", Trust.Draft, 0)));
    }
}
