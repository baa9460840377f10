using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Mvc;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Catalog.Pages;

/// <summary>The week of opening hours in force and those to come, and a form to put a new one in force.</summary>
[RequirePermission(CatalogPermissions.ManageInstruments)]
public sealed class HoursModel(AppDb db, InstrumentQueries instruments, Caller caller, ChangeOpeningHours change, IClock clock) : ManagedPage(db, instruments, caller, "hours")
{
    public static readonly IReadOnlyList<IsoDayOfWeek> Days = Enum.GetValues<IsoDayOfWeek>().Where(d => d != IsoDayOfWeek.None).ToList();

    [BindProperty]
    public string? ValidFrom { get; set; }

    [BindProperty]
    public string? ValidTo { get; set; }

    /// <summary>A text a day, Monday first.</summary>
    [BindProperty]
    public List<string?> Week { get; set; } = [];

    public LocalDate Today => clock.GetCurrentInstant().InZone(Zone).Date;

    /// <summary>The days from which another week holds: today, and each first day of hours to come.</summary>
    public IEnumerable<LocalDate> Changes => Detail.OpeningHours.Select(h => h.ValidFrom)
        .Concat(Detail.OpeningHours.Where(h => h.ValidTo is not null).Select(h => h.ValidTo!.Value.PlusDays(1))).Where(d => d > Today).Append(Today).Distinct().Order();

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (await OpenAsync(cancel) is { } answer) return answer;
        Week = Days.Select(d => (string?)WeekText.Write(Detail.OpeningHours, d, Today)).ToList();
        ValidFrom = LocalDatePattern.Iso.Format(Today.PlusDays(1));
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        if (await OpenAsync(cancel) is { } answer) return answer;
        var problems = new List<Problem>();
        var input = new ChangeOpeningHours.WeekInput(
            DateForm.Read("validFrom", ValidFrom, problems), DateForm.Read("validTo", ValidTo, problems),
            Week.Take(Days.Count).SelectMany((text, i) => WeekText.Read(i + 1, text)).ToList());
        if (problems.Count > 0) return await ShowAsync(problems, cancel);
        var changed = await change.ReplaceAsync(InstrumentId, input, null, cancel);
        return changed.IsOk ? Done() : await ShowAsync(changed.Problems, cancel);
    }
}
