namespace InstrumentShare.Subsidies.Language;

/// <summary>The caps of a policy text. They nest, so each inner one must lie wholly inside each outer one.</summary>
internal static class PolicyCaps
{
    public static IReadOnlyList<Cap> Read(PolicyNode node, List<PayItem> items)
    {
        var caps = new List<Cap>();
        foreach (var n in node.Items())
        {
            var cap = ReadOne(n);
            if (caps.Any(c => c.Id == cap.Id)) n.Refuse("subsidy.policy.duplicate-id", ("value", cap.Id));
            if (cap.Level != CapLevel.Programme && !items.Any(i => i.To == cap.To && i.Payer == cap.Payer))
                n.Refuse("subsidy.policy.unknown-line", ("value", cap.Id));
            foreach (var other in caps.Where(c => !Nest(c, cap)))
                n.Refuse("subsidy.policy.caps-nest", ("value", cap.Id), ("other", other.Id));
            caps.Add(cap);
        }

        return [.. caps.OrderBy(c => c.Level)];
    }

    private static Cap ReadOne(PolicyNode node)
    {
        var level = node.Get("level").Word<CapLevel>();
        var programme = level == CapLevel.Programme;
        var cap = new Cap(
            node.Get("id").Text(),
            level,
            node.Find("per")?.Word<CapPeriod>() ?? CapPeriod.Window,
            programme ? null : node.Get("to").Word<BeneficiaryKind>(),
            programme ? null : node.Get("payer").Word<Payer>(),
            node.Find("users")?.Words<UserKind>() ?? new HashSet<UserKind>(),
            node.Amount("amount"));
        if (programme && cap.Period == CapPeriod.Year) node.Refuse("subsidy.policy.caps-nest", ("value", cap.Id), ("other", cap.Id));
        return cap;
    }

    private static bool Nest(Cap a, Cap b)
    {
        if (a.Level == CapLevel.Programme || b.Level == CapLevel.Programme) return a.Level != b.Level;
        if (a.To != b.To || a.Payer != b.Payer) return true;
        if (a.Level == b.Level) return a.Users.Count > 0 && b.Users.Count > 0 && !a.Users.Overlaps(b.Users);
        var (inner, outer) = a.Level < b.Level ? (a, b) : (b, a);
        if (inner.Level == CapLevel.Line) return true;
        if ((inner.Level, outer.Level) == (CapLevel.Claim, CapLevel.Instrument)) return false;
        return inner.Period == CapPeriod.Year || outer.Period == CapPeriod.Window;
    }
}
