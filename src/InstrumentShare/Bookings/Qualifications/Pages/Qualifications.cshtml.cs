using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Bookings.Qualifications.Pages;

/// <summary>What the instruments in the reader's care require, and which certificates end soon.</summary>
[RequirePermission(QualificationPermissions.View)]
public sealed class QualificationsModel(QualificationQueries queries, CertificateQueries certificates, Caller caller) : PageModel
{
    private const int Rows = 50;

    public PageOf<QualificationRow> List { get; private set; } = null!;

    public IReadOnlyList<CertificateRow> Ending { get; private set; } = [];

    public bool MayManage => caller.MayAnywhere(QualificationPermissions.Manage);

    public async Task OnGetAsync(string? cursor, CancellationToken cancel)
    {
        List = await queries.ListAsync(QualificationPermissions.View, null, Guid.TryParse(ListQuery.Decoded(cursor), out var after) ? after : null, Rows, cancel);
        Ending = (await certificates.ListAsync(new CertificateFilter(Mine: false, ExpiringDays: CertificateReminderRules.FirstDays, Limit: Rows), cancel)).Items;
    }
}

/// <summary>Requires a qualification of an instrument or a group.</summary>
[RequirePermission(QualificationPermissions.Manage)]
public sealed class NewQualificationModel(QualificationQueries queries, SaveQualification save) : PageModel
{
    [BindProperty] public QualificationForm Form { get; set; } = new();

    public IReadOnlyList<QualificationTarget> Targets { get; private set; } = [];

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public async Task OnGetAsync(string? @for, CancellationToken cancel)
    {
        Form.For = @for;
        Targets = await queries.TargetsAsync(cancel);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancel)
    {
        var saved = await save.CreateAsync(Form.ToRequest(), cancel);
        if (saved.IsOk) return Redirect($"/manage/qualifications/{saved.Value.Id.Value}?saved=true");
        (Problems, Response.StatusCode, Targets) = ([.. saved.Problems.Select(p => p.Field is "instrumentId" or "groupId" ? p with { Field = "for" } : p)], ProblemAnswers.StatusOf(saved.Problems[0].Kind), await queries.TargetsAsync(cancel));
        return Page();
    }
}

/// <summary>The fields of a qualification as a form sends them, without a prefix.</summary>
public sealed class QualificationForm
{
    /// <summary><c>group:</c> or <c>instrument:</c> and the id.</summary>
    public string? For { get; set; }

    public string? Name { get; set; }

    public string? NameEn { get; set; }

    public string? Description { get; set; }

    public string? RequiredLevel { get; set; }

    public string? ValidMonths { get; set; }

    public bool BookBeforeTraining { get; set; }

    public bool IsActive { get; set; } = true;

    public static QualificationForm Of(QualificationRow q) => new()
    {
        Name = q.Name, NameEn = q.NameEn, Description = q.Description, RequiredLevel = Word.Of(q.RequiredLevel), ValidMonths = q.ValidMonths?.ToString(System.Globalization.CultureInfo.InvariantCulture),
        BookBeforeTraining = q.BookBeforeTraining, IsActive = q.IsActive,
    };

    /// <summary>A form shows all there is, so an emptied field clears what it held; months that are no number are refused as such.</summary>
    public SaveQualification.Request ToRequest()
    {
        var months = string.IsNullOrWhiteSpace(ValidMonths) ? 0 : int.TryParse(ValidMonths, out var read) && read != 0 ? read : -1;
        return new(Target("instrument:"), Target("group:"), Name ?? string.Empty, NameEn ?? string.Empty, Description ?? string.Empty, RequiredLevel, months, BookBeforeTraining, IsActive);
    }

    private Guid? Target(string kind) => For?.StartsWith(kind, StringComparison.Ordinal) == true && Guid.TryParse(For[kind.Length..], out var id) ? id : null;
}

public sealed record QualificationFormView(QualificationForm Form, IReadOnlyList<Problem> Problems);
