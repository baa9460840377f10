using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Bookings.Rules.Pages;

/// <summary>Draft rules for a place and an audience, rehearse them on the last quarter's bookings, put them in force.</summary>
[RequirePermission(CatalogPermissions.ReadRules)]
public sealed class EditRuleSetModel(AppDb db, RuleBook book, ChangeBookingRuleSet change, RuleRehearsal rehearse, Caller caller, IClock clock) : PageModel
{
    /// <summary>How many refused bookings the page lists; the counts are of all.</summary>
    public const int Listed = 50;

    [BindProperty(SupportsGet = true)]
    public string? Place { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Audience { get; set; }

    public RulesForm Form { get; private set; } = null!;

    public (string Place, string Audience) Names { get; private set; }

    public RuleRehearsal.Result? Rehearsal { get; private set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(Guid? from, CancellationToken cancel)
    {
        BookingRuleSet? copied = null;
        if (from is { } id)
        {
            copied = await db.Set<BookingRuleSet>().AsNoTracking().SingleOrDefaultAsync(s => s.Id == new BookingRuleSetId(id), cancel);
            if (copied is null) return NotFound();
            (Place, Audience) = RuleBook.ValuesOf(RuleTarget.Of(copied));
        }

        if (await TargetAsync(cancel) is not { } target) return NotFound();
        var tomorrow = clock.GetCurrentInstant().InZone(DateTimeZoneProviders.Tzdb["Asia/Shanghai"]).Date.PlusDays(1);
        copied ??= await db.Set<BookingRuleSet>().AsNoTracking().Where(s => s.InstrumentId == target.InstrumentId && s.InstrumentGroupId == target.InstrumentGroupId && s.InstitutionId == target.InstitutionId && s.Region == target.Region
            && s.UserClass == target.UserClass && s.UserInstitutionId == target.UserInstitutionId && s.UserGroupId == target.UserGroupId && (s.ValidTo == null || s.ValidTo >= tomorrow)).OrderBy(s => s.ValidFrom).FirstOrDefaultAsync(cancel);
        Form = RulesForm.Of(copied ?? new BookingRuleSet { ValidFrom = tomorrow, CreatedAt = clock.GetCurrentInstant() }).With("validFrom", LocalDatePattern.Iso.Format(tomorrow));
        return Page();
    }

    public Task<IActionResult> OnPostRehearseAsync(CancellationToken cancel) => RunAsync(async (target, input) =>
    {
        var tried = await rehearse.RunAsync(target, input, cancel);
        Rehearsal = tried.Value;
        return tried.Problems;
    }, null, cancel);

    public Task<IActionResult> OnPostSaveAsync(CancellationToken cancel) => RunAsync(async (target, input) => (await change.ReplaceAsync(target, input, null, cancel)).Problems, $"/manage/rules?saved=true&of={Uri.EscapeDataString(Place!)}", cancel);

    private async Task<IActionResult> RunAsync(Func<RuleTarget, BookingRulesInput, Task<IReadOnlyList<Problem>>> work, string? then, CancellationToken cancel)
    {
        Form = RulesForm.Of(Request.Form);
        if (await TargetAsync(cancel) is not { } target) return NotFound();
        var problems = new List<Problem>();
        var input = Form.Read(problems);
        Problems = problems.Count > 0 ? problems : await work(target, input);
        if (Problems.Count == 0 && then is not null) return Redirect(then);
        if (Problems.Count > 0) Response.StatusCode = ProblemAnswers.StatusOf(Problems[0].Kind);
        return Page();
    }

    // A place that is not the reader's to rule is not there.
    private async Task<RuleTarget?> TargetAsync(CancellationToken cancel)
    {
        var target = RuleBook.Target(Place, Audience);
        if (target.Check().Any() || caller.Has(Role.Auditor)) return null;
        var drafted = await change.DraftAsync(target, new BookingRulesInput(), cancel);
        if (!drafted.IsOk) return null;
        Names = (await book.NamesAsync([target], cancel))[0];
        return target;
    }
}
