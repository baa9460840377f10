using InstrumentShare.Access;
using InstrumentShare.Bookings.Qualifications;
using InstrumentShare.Catalog.Pages;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Bookings.HouseRules.Pages;

/// <summary>The house rules of the instruments in the reader's care.</summary>
[RequirePermission(HouseRulePermissions.View)]
public sealed class HouseRuleListModel(HouseRuleQueries queries, Caller caller) : PageModel
{
    private const int Rows = 50;

    public PageOf<HouseRuleRow> List { get; private set; } = null!;

    public bool MayManage => caller.MayAnywhere(HouseRulePermissions.Manage);

    public async Task OnGetAsync(string? cursor, CancellationToken cancel) => List = await queries.ListAsync(Guid.TryParse(ListQuery.Decoded(cursor), out var after) ? after : null, Rows, cancel);
}

/// <summary>Publishes a first version.</summary>
[RequirePermission(HouseRulePermissions.Manage)]
public sealed class NewHouseRuleModel(HouseRuleQueries queries, QualificationQueries places, PublishHouseRule publish) : PageModel
{
    /// <summary><c>institution:</c>, <c>group:</c> or <c>instrument:</c> and the id.</summary>
    [BindProperty(SupportsGet = true)] public string? For { get; set; }

    [BindProperty] public HouseRuleForm Form { get; set; } = new();

    public IReadOnlyList<QualificationTarget> Targets { get; private set; } = [];

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public Task OnGetAsync(CancellationToken cancel) => LoadAsync(cancel);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var content = Form.Read(problems);
        if (problems.Count == 0)
        {
            var saved = await publish.CreateAsync(new(Target("instrument:"), Target("group:"), Target("institution:")), content, cancel);
            if (saved.IsOk) return Redirect($"/manage/house-rules/{saved.Value.Id.Value}?saved=true");
            problems = [.. saved.Problems.Select(p => p.Field is "instrumentId" or "groupId" or "institutionId" ? p with { Field = "for" } : p)];
        }

        (Problems, Response.StatusCode) = (problems, ProblemAnswers.StatusOf(problems[0].Kind));
        await LoadAsync(cancel);
        return Page();
    }

    private async Task LoadAsync(CancellationToken cancel) => Targets = [.. await queries.InstitutionsAsync(cancel), .. await places.TargetsAsync(cancel, HouseRulePermissions.Manage)];

    private Guid? Target(string kind) => For?.StartsWith(kind, StringComparison.Ordinal) == true && Guid.TryParse(For[kind.Length..], out var id) ? id : null;
}

/// <summary>One document: its versions, who has read it, and a new version.</summary>
[RequirePermission(HouseRulePermissions.View)]
public sealed class HouseRuleModel(HouseRuleQueries queries, PublishHouseRule publish, Caller caller) : PageModel
{
    private const int Rows = 100;

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty] public HouseRuleForm Form { get; set; } = new();

    public HouseRuleRow Row { get; private set; } = null!;

    public IReadOnlyList<HouseRuleVersionRow> Versions { get; private set; } = [];

    public PageOf<ReaderRow> Readers { get; private set; } = null!;

    public bool MayManage => caller.May(HouseRulePermissions.Manage, Row.Scope);

    public bool Saved => Request.Query.ContainsKey("saved");

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string? cursor, CancellationToken cancel)
    {
        if (!await LoadAsync(cursor, cancel)) return NotFound();
        Form = HouseRuleForm.Of(Row);
        return Page();
    }

    public async Task<IActionResult> OnPostPublishAsync(CancellationToken cancel)
    {
        var problems = new List<Problem>();
        var content = Form.Read(problems);
        if (problems.Count > 0) return await AnswerAsync(problems, typed: true, cancel);
        return await AnswerAsync((await publish.PublishAsync(new HouseRuleId(Id), content, cancel)).Problems, typed: true, cancel);
    }

    public async Task<IActionResult> OnPostUseAsync(bool active, CancellationToken cancel) => await AnswerAsync((await publish.SetActiveAsync(new HouseRuleId(Id), active, null, cancel)).Problems, typed: false, cancel);

    private async Task<IActionResult> AnswerAsync(IReadOnlyList<Problem> problems, bool typed, CancellationToken cancel)
    {
        if (problems.Count == 0) return Redirect($"/manage/house-rules/{Id}?saved=true");
        if (!await LoadAsync(null, cancel)) return NotFound();
        if (!typed) Form = HouseRuleForm.Of(Row);
        (Problems, Response.StatusCode) = (problems, ProblemAnswers.StatusOf(problems[0].Kind));
        return Page();
    }

    private async Task<bool> LoadAsync(string? cursor, CancellationToken cancel)
    {
        if (await queries.OfAsync(new HouseRuleId(Id), cancel) is not { } row || !caller.May(HouseRulePermissions.View, row.Scope)) return false;
        (Row, Versions, Readers) = (row, await queries.VersionsAsync(row.Id, cancel), await queries.ReadersAsync(row.Id, ListQuery.Decoded(cursor), Rows, cancel));
        return true;
    }
}

/// <summary>A version as a form sends it, without a prefix.</summary>
public sealed class HouseRuleForm
{
    public string? Title { get; set; }

    public string? TitleEn { get; set; }

    public string? Text { get; set; }

    public string? TextEn { get; set; }

    public string? Link { get; set; }

    public string? ValidFrom { get; set; }

    public string? GraceUntil { get; set; }

    /// <summary>What a new version begins with: the one before, its dates left out.</summary>
    public static HouseRuleForm Of(HouseRuleRow row) => new() { Title = row.Title, TitleEn = row.TitleEn, Text = row.Text, TextEn = row.TextEn, Link = row.Link };

    public PublishHouseRule.Content Read(List<Problem> problems) => new(Title, TitleEn, Text, TextEn, Link, DateForm.Read("validFrom", ValidFrom, problems), DateForm.Read("graceUntil", GraceUntil, problems));
}

public sealed record HouseRuleFormView(HouseRuleForm Form, IReadOnlyList<Problem> Problems);
