using System.Globalization;
using InstrumentShare.Catalog;
using InstrumentShare.Catalog.Pages;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;

namespace InstrumentShare.Bookings.Rules;

/// <summary>A set of rules as the texts of a form, and back. An empty field does not say its setting.</summary>
public sealed class RulesForm
{
    public const int LimitRows = 4;
    public const int ExemptRows = 3;

    /// <summary>Settings that are whole numbers, by the part of the page they stand in; their words are <c>rules.</c> and the name.</summary>
    public static readonly IReadOnlyList<(string Part, string Name, Func<BookingRuleSet, int?> Get)> Numbers =
    [
        ("time", "leadMinutes", r => r.LeadMinutes), ("time", "horizonDays", r => r.HorizonDays), ("time", "changeLeadMinutes", r => r.ChangeLeadMinutes), ("time", "cancelLeadMinutes", r => r.CancelLeadMinutes),
        ("length", "minMinutes", r => r.MinMinutes), ("length", "maxMinutes", r => r.MaxMinutes), ("length", "granularityMinutes", r => r.GranularityMinutes),
        ("length", "setupMinutes", r => r.SetupMinutes), ("length", "coolingMinutes", r => r.CoolingMinutes),
        ("limits", "personDayMinutes", r => r.PersonDayMinutes), ("limits", "personWeekMinutes", r => r.PersonWeekMinutes), ("limits", "gapMinutes", r => r.GapMinutes), ("who", "feedbackDays", r => r.FeedbackDays),
        ("share", "outsideSharePercent", r => r.OutsideSharePercent), ("share", "outsideReleaseHours", r => r.OutsideReleaseHours),
    ];

    /// <summary>Settings that are yes, no or not said.</summary>
    public static readonly IReadOnlyList<(string Part, string Name, Func<BookingRuleSet, bool?> Get)> Switches =
    [
        ("time", "lateCancel", r => r.LateCancel), ("hours", "offHours", r => r.OffHours), ("hours", "closedOnHolidays", r => r.ClosedOnHolidays), ("limits", "oneAtATime", r => r.OneAtATime),
        ("who", "membershipRequired", r => r.MembershipRequired), ("who", "approvalRequired", r => r.ApprovalRequired),
    ];

    public static readonly IReadOnlyList<string> Parts = ["time", "length", "hours", "limits", "share", "who"];

    /// <summary>Days on which an exempt time may begin, as they are sent.</summary>
    public static readonly IReadOnlyList<string> ExemptDays = ["1,2,3,4,5", "6,7", "1,2,3,4,5,6,7"];

    private readonly Dictionary<string, string?> values = new(StringComparer.Ordinal);

    public string? this[string name] => values.GetValueOrDefault(name);

    /// <summary>Steps of approval, a row each.</summary>
    public List<Dictionary<string, string?>> Approvals { get; private init; } = [];

    /// <summary>The gates whose refusals staff may not set aside.</summary>
    public IReadOnlySet<string> StrictGates { get; private init; } = new HashSet<string>();

    public static RulesForm Of(BookingRuleSet set)
    {
        var strict = set.Strict ?? [];
        var form = new RulesForm { StrictGates = CheckBooking.OverridableGates.Where(g => CheckBooking.CodesOf(g).All(strict.Contains)).ToHashSet(StringComparer.Ordinal), Approvals = ApprovalForm.Show(set.Approvals ?? []) };
        foreach (var (_, name, get) in Numbers) form.values[name] = get(set)?.ToString(CultureInfo.InvariantCulture);
        foreach (var (_, name, get) in Switches) form.values[name] = get(set) switch { true => "yes", false => "no", null => null };
        form.values["makeUpWeekday"] = set.MakeUpWeekday?.ToString(CultureInfo.InvariantCulture);
        form.values["blockSlots"] = set.BlockSlots is { } blocks ? string.Join(", ", blocks.Select(b => $"{OpeningHoursRules.Clock(b.FromMinute)}-{OpeningHoursRules.Clock(b.ToMinute)}")) : null;
        foreach (var (limit, i) in (set.Limits ?? []).Select((l, i) => (l, i)))
        {
            form.values[$"limit{i}.per"] = Word.Of(limit.Per);
            form.values[$"limit{i}.max"] = limit.Max.ToString(CultureInfo.InvariantCulture);
            form.values[$"limit{i}.measure"] = Word.Of(limit.Measure);
            form.values[$"limit{i}.window"] = Word.Of(limit.Window) + (limit.Rolling ? "-rolling" : string.Empty);
        }

        foreach (var (time, i) in (set.ExemptTimes ?? []).Select((t, i) => (t, i)))
        {
            form.values[$"exempt{i}.days"] = string.Join(',', time.Weekdays);
            form.values[$"exempt{i}.from"] = OpeningHoursRules.Clock(time.FromMinute);
            form.values[$"exempt{i}.to"] = OpeningHoursRules.Clock(time.ToMinute % 1440);
        }

        return form;
    }

    public static RulesForm Of(IFormCollection sent)
    {
        var form = new RulesForm { StrictGates = sent["strict"].OfType<string>().ToHashSet(StringComparer.Ordinal), Approvals = ApprovalForm.Typed(sent) };
        foreach (var (name, value) in sent) form.values[name] = value.ToString();
        return form;
    }

    public RulesForm With(string name, string? value)
    {
        values[name] = value;
        return this;
    }

    /// <summary>The settings; what cannot be read is named in problems.</summary>
    public BookingRulesInput Read(List<Problem> problems) => new()
    {
        ValidFrom = DateForm.Read("validFrom", this["validFrom"], problems), ValidTo = DateForm.Read("validTo", this["validTo"], problems), Reason = this["reason"],
        MinMinutes = Number("minMinutes", problems), MaxMinutes = Number("maxMinutes", problems), GranularityMinutes = Number("granularityMinutes", problems),
        LeadMinutes = Number("leadMinutes", problems), HorizonDays = Number("horizonDays", problems), ChangeLeadMinutes = Number("changeLeadMinutes", problems),
        CancelLeadMinutes = Number("cancelLeadMinutes", problems), SetupMinutes = Number("setupMinutes", problems), CoolingMinutes = Number("coolingMinutes", problems),
        PersonDayMinutes = Number("personDayMinutes", problems), PersonWeekMinutes = Number("personWeekMinutes", problems), GapMinutes = Number("gapMinutes", problems),
        OutsideSharePercent = Number("outsideSharePercent", problems), OutsideReleaseHours = Number("outsideReleaseHours", problems), FeedbackDays = Number("feedbackDays", problems), MakeUpWeekday = Number("makeUpWeekday", problems),
        LateCancel = Switch("lateCancel"), OffHours = Switch("offHours"), ClosedOnHolidays = Switch("closedOnHolidays"), ApprovalRequired = Switch("approvalRequired"),
        MembershipRequired = Switch("membershipRequired"), OneAtATime = Switch("oneAtATime"),
        BlockSlots = Blocks(problems), ExemptTimes = Exempt(problems), Limits = ReadLimits(problems),
        Approvals = ApprovalForm.Read(Approvals, problems) is { Count: > 0 } steps ? steps : null,
        Strict = StrictGates.Count == 0 ? null : StrictGates.SelectMany(CheckBooking.CodesOf).ToList(),
    };

    private int? Number(string name, List<Problem> problems)
    {
        if (string.IsNullOrWhiteSpace(this[name])) return null;
        if (int.TryParse(this[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
        problems.Add(Problem.Invalid("catalog.whole-number", name, ("value", this[name])));
        return null;
    }

    private bool? Switch(string name) => this[name] switch { "yes" => true, "no" => false, _ => null };

    private List<DailySpan>? Blocks(List<Problem> problems)
    {
        var spans = WeekText.Read(1, this["blockSlots"]).Select(s => (From: OpeningHoursRules.Minute(s.Opens), To: OpeningHoursRules.Minute(s.Closes), Text: s.Opens)).ToList();
        foreach (var (from, to, text) in spans)
            if (from is null || to is null) problems.Add(Problem.Invalid("booking-rules.blocks-typed", "blockSlots", ("value", text)));
        return spans.Count == 0 ? null : spans.Where(s => s.From is not null && s.To is not null).Select(s => new DailySpan(s.From!.Value, s.To!.Value)).ToList();
    }

    private List<ExemptTime>? Exempt(List<Problem> problems)
    {
        var times = new List<ExemptTime>();
        for (var i = 0; i < ExemptRows; i++)
        {
            if (this[$"exempt{i}.days"] is not { Length: > 0 } days || !ExemptDays.Contains(days)) continue;
            var (from, to) = (OpeningHoursRules.Minute(this[$"exempt{i}.from"]), OpeningHoursRules.Minute(this[$"exempt{i}.to"]));
            if (from is null || to is null) problems.Add(Problem.Invalid("booking-rules.blocks-typed", $"exempt{i}.{(from is null ? "from" : "to")}", ("value", this[$"exempt{i}.{(from is null ? "from" : "to")}"])));
            // From midnight to midnight is the whole day.
            else times.Add(new ExemptTime(days.Split(',').Select(d => int.Parse(d, CultureInfo.InvariantCulture)).ToList(), from.Value, from == to && from == 0 ? 1440 : to.Value));
        }

        return times.Count == 0 ? null : times;
    }

    private List<BookingLimit>? ReadLimits(List<Problem> problems)
    {
        var limits = new List<BookingLimit>();
        for (var i = 0; i < LimitRows; i++)
        {
            if (Number($"limit{i}.max", problems) is not { } max) continue;
            var window = this[$"limit{i}.window"] ?? string.Empty;
            if (Word.TryParse(this[$"limit{i}.per"], out LimitHolder per) && Word.TryParse(this[$"limit{i}.measure"], out LimitMeasure measure) && Word.TryParse(window.Replace("-rolling", string.Empty, StringComparison.Ordinal), out LimitWindow parsed))
                limits.Add(new BookingLimit(per, measure, parsed, max, window.EndsWith("-rolling", StringComparison.Ordinal)));
        }

        return limits.Count == 0 ? null : limits;
    }
}
