using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Catalog.Pages;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Usage;
using InstrumentShare.Usage.Verdicts;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace InstrumentShare.Integrity.Pages;

/// <summary>How an instrument judges what became of bookings, and what low credit does to bookings: what holds, what comes, and a form for each.</summary>
[RequirePermission(CatalogPermissions.ManageInstruments)]
public sealed class ConductModel(AppDb db, InstrumentQueries instruments, Caller caller, ChangeVerdictSettings graces, ChangeCredit credit) : ManagedPage(db, instruments, caller, "conduct")
{
    private const int Most = 50;
    private readonly AppDb db = db;

    public IReadOnlyList<VerdictSettings> Settings { get; private set; } = [];

    public IReadOnlyList<CreditThreshold> Thresholds { get; private set; } = [];

    [BindProperty] public string? GracesFrom { get; set; }

    [BindProperty] public bool UsageControlled { get; set; } = true;

    [BindProperty] public string? LateGraceMinutes { get; set; } = "10";

    [BindProperty] public string? OverGraceMinutes { get; set; } = "10";

    [BindProperty] public string? EarlyGraceMinutes { get; set; }

    [BindProperty] public string? ThresholdFrom { get; set; }

    [BindProperty] public string? Effect { get; set; }

    [BindProperty] public string? Threshold { get; set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel) => await OpenAsync(cancel) ?? await LoadedAsync(Page(), cancel);

    public async Task<IActionResult> OnPostGracesAsync(CancellationToken cancel)
    {
        if (await OpenAsync(cancel) is { } answer) return answer;
        var problems = new List<Problem>();
        var from = DateForm.Read("gracesFrom", GracesFrom, problems);
        if (problems.Count > 0) return await LoadedAsync(await ShowAsync(problems, cancel), cancel);
        var terms = new VerdictTerms(UsageControlled, FormTimes.Count(LateGraceMinutes, null), FormTimes.Count(OverGraceMinutes, null), FormTimes.Count(EarlyGraceMinutes, null));
        var changed = await graces.RunAsync(InstrumentId, from, terms, cancel);
        return changed.IsOk ? Done() : await LoadedAsync(await ShowAsync(changed.Problems.Select(p => p.Field == "validFrom" ? p with { Field = "gracesFrom" } : p).ToList(), cancel), cancel);
    }

    public async Task<IActionResult> OnPostThresholdAsync(CancellationToken cancel)
    {
        if (await OpenAsync(cancel) is { } answer) return answer;
        var problems = new List<Problem>();
        var from = DateForm.Read("thresholdFrom", ThresholdFrom, problems);
        if (!Word.TryParse<CreditEffect>(Effect, out var effect)) problems.Add(Problem.Invalid("credit-threshold.effect", "effect", ("value", Effect), ("known", string.Join(", ", Word.All<CreditEffect>()))));
        if (problems.Count > 0) return await LoadedAsync(await ShowAsync(problems, cancel), cancel);
        var changed = await credit.ThresholdAsync(InstrumentId, effect, FormTimes.Count(Threshold, null), from, cancel);
        return changed.IsOk ? Done() : await LoadedAsync(await ShowAsync(changed.Problems.Select(p => p.Field == "validFrom" ? p with { Field = "thresholdFrom" } : p).ToList(), cancel), cancel);
    }

    private async Task<IActionResult> LoadedAsync(IActionResult page, CancellationToken cancel)
    {
        Settings = await db.Set<VerdictSettings>().AsNoTracking().Where(s => s.InstrumentId == InstrumentId).OrderByDescending(s => s.ValidFrom).Take(Most).ToListAsync(cancel);
        var thresholds = await db.Set<CreditThreshold>().AsNoTracking().Where(t => t.InstrumentId == InstrumentId).OrderByDescending(t => t.ValidFrom).ThenBy(t => t.Id).Take(Most).ToListAsync(cancel);
        Thresholds = [.. thresholds.OrderByDescending(t => t.ValidFrom).ThenBy(t => t.Effect)];
        return page;
    }
}
