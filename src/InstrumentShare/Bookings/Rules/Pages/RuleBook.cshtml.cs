using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace InstrumentShare.Bookings.Rules.Pages;

/// <summary>The sets of rules that the reader's roles cover, and where to make new ones.</summary>
[RequirePermission(CatalogPermissions.ReadRules)]
public sealed class RuleBookModel(BookingRuleSets sets, RuleBook book, ChangeBookingRuleSet change, IClock clock) : PageModel
{
    private const int PageSize = 30;

    public PageOf<BookingRulesAnswer> List { get; private set; } = null!;

    public IReadOnlyList<(string Place, string Audience)> Names { get; private set; } = [];

    /// <summary>Beside the list: which of the sets the reader may change.</summary>
    public IReadOnlyList<bool> MayChange { get; private set; } = [];

    /// <summary>The place whose sets alone are shown; empty for all.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Of { get; set; }

    public IReadOnlyList<RuleBook.Choice> Places { get; private set; } = [];

    public IReadOnlyList<RuleBook.Choice> Audiences { get; private set; } = [];

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public LocalDate Today { get; } = clock.GetCurrentInstant().InZone(DateTimeZoneProviders.Tzdb["Asia/Shanghai"]).Date;

    public bool Saved { get; private set; }

    public async Task OnGetAsync(string? cursor, bool saved, CancellationToken cancel)
    {
        Saved = saved;
        Places = await book.PlacesAsync(cancel);
        // Who makes the rules of regions only would look for them among those of every instrument in these.
        Of ??= Places.Count > 0 && Places.All(p => p.Value.StartsWith("region:", StringComparison.Ordinal)) && !Request.Query.ContainsKey("of") ? Places[0].Value : null;
        var of = RuleBook.Target(Of, null);
        List = await sets.ListAsync(new BookingRuleSets.Filter(of.InstrumentId, of.InstitutionId, of.InstrumentGroupId, of.Region), ListQuery.Decoded(cursor), PageSize, cancel);
        var targets = List.Items.Select(s => new RuleTarget(s.InstrumentId, s.InstrumentGroupId, s.InstitutionId, s.Region, s.UserClass, s.UserInstitutionId, s.UserGroupId)).ToList();
        (Names, MayChange) = (await book.NamesAsync(targets, cancel), await book.MayChangeAsync(targets, cancel));
        Audiences = Places.Count == 0 ? [] : await book.AudiencesAsync(cancel);
    }

    /// <summary>Ends a set with today as its last day.</summary>
    public async Task<IActionResult> OnPostEndAsync(Guid set, CancellationToken cancel)
    {
        var ended = await change.EndAsync(new BookingRuleSetId(set), Today, cancel);
        if (ended.IsOk) return Redirect("/manage/rules?saved=true");
        (Problems, Response.StatusCode) = (ended.Problems, ProblemAnswers.StatusOf(ended.Problems[0].Kind));
        await OnGetAsync(null, false, cancel);
        return Page();
    }

    public bool MayEnd(BookingRulesAnswer set) => set.ValidFrom <= Today && (set.ValidTo is null || set.ValidTo > Today);
}
