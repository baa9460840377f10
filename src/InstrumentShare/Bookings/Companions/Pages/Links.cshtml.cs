using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Bookings.Qualifications;
using InstrumentShare.Catalog;
using InstrumentShare.Catalog.Pages;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using Microsoft.AspNetCore.Mvc;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Bookings.Companions.Pages;

/// <summary>What an instrument's bookings take along, among its settings.</summary>
[RequirePermission(CatalogPermissions.ManageInstruments)]
public sealed class LinksModel(AppDb db, InstrumentQueries instruments, Caller caller, CompanionQueries queries, QualificationQueries places, ChangeLinks change, IClock clock) : ManagedPage(db, instruments, caller, "links")
{
    /// <summary><c>instrument:</c> or <c>room:</c> and the id.</summary>
    [BindProperty] public string? Target { get; set; }

    [BindProperty] public List<string> Modes { get; set; } = [];

    [BindProperty] public string? BeforeMinutes { get; set; }

    [BindProperty] public string? AfterMinutes { get; set; }

    [BindProperty] public string? People { get; set; }

    [BindProperty] public string? ValidFrom { get; set; }

    [BindProperty] public string? ValidTo { get; set; }

    public IReadOnlyList<LinkRow> Links { get; private set; } = [];

    public IReadOnlyList<QualificationTarget> Targets { get; private set; } = [];

    public LocalDate Today => clock.GetCurrentInstant().InZone(Zone).Date;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel)
    {
        if (await OpenAsync(cancel) is { } answer) return answer;
        ValidFrom = LocalDatePattern.Iso.Format(Today);
        await LoadAsync(cancel);
        return Page();
    }

    public async Task<IActionResult> OnPostAddAsync(CancellationToken cancel)
    {
        if (await OpenAsync(cancel) is { } answer) return answer;
        var problems = new List<Problem>();
        var request = new ChangeLinks.Request(Chosen("instrument:"), Chosen("room:"), Modes, Number("beforeMinutes", BeforeMinutes), Number("afterMinutes", AfterMinutes), Number("people", People), DateForm.Read("validFrom", ValidFrom, problems), DateForm.Read("validTo", ValidTo, problems));
        if (problems.Count > 0) return await AnswerAsync(problems, cancel);
        return await AnswerAsync((await change.AddAsync(InstrumentId, request, cancel)).Problems, cancel);

        int? Number(string field, string? text)
        {
            if (string.IsNullOrWhiteSpace(text)) return null;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
            problems.Add(Problem.Invalid(field == "people" ? "instrument-link.people" : "instrument-link.minutes", field, ("value", text), ("max", field == "people" ? LinkRules.MaxPeople : LinkRules.MaxMinutes)));
            return null;
        }
    }

    public async Task<IActionResult> OnPostEndAsync(Guid link, CancellationToken cancel)
    {
        if (await OpenAsync(cancel) is { } answer) return answer;
        return await AnswerAsync((await change.EndAsync(InstrumentId, new InstrumentLinkId(link), null, cancel)).Problems, cancel);
    }

    private async Task<IActionResult> AnswerAsync(IReadOnlyList<Problem> problems, CancellationToken cancel)
    {
        if (problems.Count == 0) return Done();
        var shown = await ShowAsync([.. problems.Select(p => p.Field is "linkedInstrumentId" or "roomId" ? p with { Field = "target" } : p)], cancel);
        await LoadAsync(cancel);
        return shown;
    }

    private async Task LoadAsync(CancellationToken cancel)
    {
        var owner = Detail.Instrument.InstitutionId;
        (Links, Targets) = (await queries.LinksAsync(InstrumentId, Today, cancel),
            [.. (await queries.RoomsOfAsync(owner, cancel)).Select(r => new QualificationTarget("room", r.Id.Value, r.Name, r.NameEn)), .. (await places.TargetsAsync(cancel, CatalogPermissions.ManageInstruments)).Where(t => t.Kind == "instrument" && t.Id != Id)]);
    }

    private Guid? Chosen(string kind) => Target?.StartsWith(kind, StringComparison.Ordinal) == true && Guid.TryParse(Target[kind.Length..], out var id) ? id : null;
}
