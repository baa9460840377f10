using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Mvc;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Catalog.Pages;

/// <summary>The booking rules in force and those to come, and a form to put new ones in force.</summary>
[RequirePermission(CatalogPermissions.ManageInstruments)]
public sealed class RuleSetsModel(AppDb db, InstrumentQueries instruments, Caller caller, ChangeBookingRuleSet change, IClock clock) : ManagedPage(db, instruments, caller, "rules")
{
    /// <summary>The rules that are numbers, by their names in the API; the words of each are <c>rules.</c> and the name.</summary>
    public static readonly IReadOnlyList<(string Name, Func<BookingRuleSet, int?> Get)> Numbers =
    [
        ("minMinutes", r => r.MinMinutes), ("maxMinutes", r => r.MaxMinutes), ("granularityMinutes", r => r.GranularityMinutes), ("leadMinutes", r => r.LeadMinutes),
        ("horizonDays", r => r.HorizonDays), ("changeLeadMinutes", r => r.ChangeLeadMinutes), ("cancelLeadMinutes", r => r.CancelLeadMinutes), ("setupMinutes", r => r.SetupMinutes), ("coolingMinutes", r => r.CoolingMinutes),
        ("personDayMinutes", r => r.PersonDayMinutes), ("personWeekMinutes", r => r.PersonWeekMinutes), ("gapMinutes", r => r.GapMinutes),
        ("outsideSharePercent", r => r.OutsideSharePercent), ("outsideReleaseHours", r => r.OutsideReleaseHours), ("feedbackDays", r => r.FeedbackDays),
    ];

    [BindProperty]
    public string? ValidFrom { get; set; }

    [BindProperty]
    public string? ValidTo { get; set; }

    public Dictionary<string, string?> Values { get; private set; } = [];

    public bool ApprovalRequired { get; private set; }

    public bool LateCancel { get; private set; }

    public List<Dictionary<string, string?>> Approvals { get; private set; } = [];

    public LocalDate Today => clock.GetCurrentInstant().InZone(Zone).Date;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (await OpenAsync(cancel) is { } answer) return answer;
        var present = Detail.BookingRules.FirstOrDefault(r => r.HoldsOn(Today)) ?? new BookingRuleSet { InstrumentId = InstrumentId, ValidFrom = Today, CreatedAt = clock.GetCurrentInstant() };
        Values = Numbers.ToDictionary(n => n.Name, n => n.Get(present)?.ToString(CultureInfo.InvariantCulture), StringComparer.Ordinal);
        (ApprovalRequired, LateCancel) = (present.ApprovalRequired == true, present.LateCancel == true);
        Approvals = ApprovalForm.Show(present.Approvals ?? []);
        ValidFrom = LocalDatePattern.Iso.Format(Detail.BookingRules.Count == 0 ? Today : Today.PlusDays(1));
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (await OpenAsync(cancel) is { } answer) return answer;
        var problems = new List<Problem>();
        Values = Numbers.ToDictionary(n => n.Name, n => (string?)Request.Form[n.Name].ToString(), StringComparer.Ordinal);
        (ApprovalRequired, LateCancel) = (Request.Form["approvalRequired"].Contains("true"), Request.Form["lateCancel"].Contains("true"));
        Approvals = ApprovalForm.Typed(Request.Form);
        var approvals = ApprovalForm.Read(Approvals, problems);
        // What this form does not show stays as it is.
        var present = Detail.BookingRules.FirstOrDefault(r => r.HoldsOn(Today));
        var input = new BookingRulesInput
        {
            ValidFrom = DateForm.Read("validFrom", ValidFrom, problems), ValidTo = DateForm.Read("validTo", ValidTo, problems), MinMinutes = Number("minMinutes"), MaxMinutes = Number("maxMinutes"),
            GranularityMinutes = Number("granularityMinutes"), LeadMinutes = Number("leadMinutes"), HorizonDays = Number("horizonDays"), ChangeLeadMinutes = Number("changeLeadMinutes"),
            CancelLeadMinutes = Number("cancelLeadMinutes"), SetupMinutes = Number("setupMinutes"), CoolingMinutes = Number("coolingMinutes"), PersonDayMinutes = Number("personDayMinutes"),
            PersonWeekMinutes = Number("personWeekMinutes"), GapMinutes = Number("gapMinutes"), OutsideSharePercent = Number("outsideSharePercent"), OutsideReleaseHours = Number("outsideReleaseHours"), FeedbackDays = Number("feedbackDays"),
            // Not ticked says nothing where nothing was said, so that a wider rule goes on to hold.
            LateCancel = LateCancel || present?.LateCancel is not null ? LateCancel : null,
            ApprovalRequired = ApprovalRequired, Approvals = approvals.Count > 0 || present?.Approvals is not null ? approvals : null, BlockSlots = present?.BlockSlots, Limits = present?.Limits, ExemptTimes = present?.ExemptTimes, Strict = present?.Strict, OneAtATime = present?.OneAtATime,
            MembershipRequired = present?.MembershipRequired, OffHours = present?.OffHours, ClosedOnHolidays = present?.ClosedOnHolidays, MakeUpWeekday = present?.MakeUpWeekday,
        };
        if (problems.Count > 0) return await ShowAsync(problems, cancel);
        var changed = await change.ReplaceAsync(InstrumentId, input, null, cancel);
        return changed.IsOk ? Done() : await ShowAsync(changed.Problems, cancel);

        int? Number(string name)
        {
            if (string.IsNullOrWhiteSpace(Values[name])) return null;
            if (int.TryParse(Values[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
            problems.Add(Problem.Invalid("catalog.whole-number", name, ("value", Values[name])));
            return null;
        }
    }
}
