using InstrumentShare.Access;
using InstrumentShare.Billing.Funds;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Usage;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Billing.Ledger.Pages;

/// <summary>Entries of an institution's ledger with their lines, and what its administrator enters by hand.</summary>
[RequirePermission(LedgerPermissions.View)]
public sealed class EntriesModel(LedgerQueries queries, MoveMoney money, Words words) : PageModel
{
    private const int MostAccounts = 200;

    private IReadOnlyList<LedgerAccountRow> accounts = [];

    public LedgerHead Head { get; private set; } = null!;

    public PageOf<LedgerEntryRow> Entries { get; private set; } = new([], null, null);

    public bool MayEnter { get; private set; }

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    [BindProperty]
    public string? FromAccountId { get; set; }

    [BindProperty]
    public string? ToAccountId { get; set; }

    [BindProperty]
    public string? Amount { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    /// <summary>The entry whose reversal was refused.</summary>
    public Guid? Reversing { get; private set; }

    public string? this[string filter] => Request.Query[filter].ToString() is { Length: > 0 } text ? text : null;

    public IReadOnlyList<(string Value, string Text)> Kinds => [(string.Empty, words["ledger.any"]), .. Enum.GetValues<LedgerEntryKind>().Select(k => (Word.Of(k), words.Of("ledgerEntryKind", k)))];

    public IReadOnlyList<(string Value, string Text)> ProblemChoices => [(string.Empty, words["ledger.any"]), ("true", words["ledger.problem-only"])];

    public IReadOnlyList<(string Value, string Text)> AccountChoices =>
        [(string.Empty, words["ledger.bank"]), .. accounts.Select(a => (a.Id.ToString(), words.Of("ledgerAccountKind", a.Kind) + (a.Name is { } name ? " · " + words.Name(name, a.NameEn) : string.Empty)))];

    public string More => "/ledger/entries" + Filtered(("cursor", Entries.NextCursor));

    public string FilePath => "/api/v1/ledger/entries.csv" + Filtered();

    public async Task<IActionResult> OnGetAsync(CancellationToken cancel) => await LoadAsync([], cancel);

    public async Task<IActionResult> OnPostTransferAsync(CancellationToken cancel)
    {
        if (await queries.InstitutionAsync(Guid.TryParse(this["institution"], out var id) ? id : null, cancel) is not { } institution) return NotFound();
        var amount = FundForm.AmountOf(Amount);
        var outcome = await money.TransferAsync(new MoveMoney.Transfer(institution.Id, IdOf(FromAccountId), IdOf(ToAccountId), amount, Reason), cancel);
        return outcome.IsOk ? Redirect($"/ledger/entries?institution={institution.Id.Value}") : await LoadAsync(outcome.Problems, cancel);
    }

    public async Task<IActionResult> OnPostReverseAsync(Guid entry, CancellationToken cancel)
    {
        var outcome = await money.ReverseAsync(new LedgerEntryId(entry), Reason, cancel);
        if (outcome.IsOk) return Redirect("/ledger/entries" + Filtered());
        Reversing = entry;
        return await LoadAsync(outcome.Problems, cancel);
    }

    private async Task<IActionResult> LoadAsync(IReadOnlyList<Problem> problems, CancellationToken cancel)
    {
        if (problems.Count > 0 && problems[0].Kind == ProblemKind.Forbidden) return Forbid();
        var list = ListQuery.Read(Request, [.. LedgerApi.Filters, "handler"]);
        var filter = LedgerApi.ReadFilter(list);
        if (await queries.InstitutionAsync(UsageFilters.Id(list, "institution"), cancel) is not { } institution) return NotFound();
        (Head, MayEnter, Problems) = (new LedgerHead(institution, "/ledger/entries", await queries.ChoicesAsync(cancel)), queries.MayEnter(institution), [.. problems, .. list.Problems]);
        if (list.Problems.Count == 0) Entries = await queries.EntriesAsync(filter with { Institution = institution.Id.Value }, list.Limit, list.Cursor, cancel);
        if (MayEnter) accounts = (await queries.AccountsAsync(institution.Id.Value, null, null, MostAccounts, cancel)).Items;
        return Page();
    }

    private string Filtered(params (string Name, string? Value)[] more) => QueryString.Create(
        Request.Query.Where(q => q.Key is not ("cursor" or "handler" or "limit")).SelectMany(q => q.Value, (q, v) => KeyValuePair.Create(q.Key, v)).Concat(more.Select(m => KeyValuePair.Create(m.Name, m.Value)))).ToString();

    private static Guid? IdOf(string? text) => Guid.TryParse(text, out var id) ? id : null;
}
