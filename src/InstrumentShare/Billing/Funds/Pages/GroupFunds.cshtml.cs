using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Access.Groups;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Billing.Funds.Pages;

/// <summary>A group's funds, how it shares bills over them, and which one its bookings begin with.</summary>
[RequirePermission(FundPermissions.Read)]
public sealed class GroupFundsModel(FundQueries queries, GroupQueries groups, SaveSplit save) : PageModel
{
    private const int Most = 100;

    public Group Group { get; private set; } = null!;

    public IReadOnlyList<FundRow> Funds { get; private set; } = [];

    public IReadOnlyList<SplitRow> Splits { get; private set; } = [];

    public bool MaySplit => queries.MaySplit(Group);

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? NameEn { get; set; }

    [BindProperty]
    public string? Rest { get; set; }

    [BindProperty]
    public string? FundId { get; set; }

    /// <summary>What was typed beside each fund.</summary>
    public Dictionary<Guid, string> Percents { get; } = [];

    public IEnumerable<(string Value, string Text)> Choices(Words words) =>
    [
        (string.Empty, words["group-funds.none"]), .. Funds.Select(f => (f.Id.ToString(), $"{f.Number} {words.Name(f.Name, f.NameEn)}")),
        .. Splits.Where(s => s.IsActive).Select(s => (s.Id.ToString(), words["booking-fund.split", ("name", words.Name(s.Name, s.NameEn))])),
    ];

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancel) => await LoadAsync(id, cancel) ?? Page();

    public async Task<IActionResult> OnPostSplitAsync(Guid id, CancellationToken cancel)
    {
        if (await LoadAsync(id, cancel) is { } refused) return refused;
        foreach (var fund in Funds)
            if (Request.Form[$"percent-{fund.Id}"].ToString() is { Length: > 0 } typed) Percents[fund.Id] = typed;
        // What is no number is no share: the sum then says so.
        var parts = Percents.Select(p => new SaveSplit.Part(p.Key, decimal.TryParse(p.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) ? percent : 0, p.Key.ToString() == Rest)).ToList();
        return Answer(id, (await save.CreateAsync(Group.Id, new SaveSplit.Request(Name ?? string.Empty, NameEn ?? string.Empty, parts), cancel)).Problems);
    }

    public async Task<IActionResult> OnPostSwitchAsync(Guid id, Guid split, bool on, CancellationToken cancel)
    {
        if (await LoadAsync(id, cancel) is { } refused) return refused;
        if (Splits.All(s => s.Id != split)) return NotFound();
        return Answer(id, (await save.ChangeAsync(split, new SaveSplit.Request(null, null, null, on), null, cancel)).Problems);
    }

    public async Task<IActionResult> OnPostDefaultAsync(Guid id, CancellationToken cancel)
    {
        var chosen = FundId;
        if (await LoadAsync(id, cancel) is { } refused) return refused;
        return Answer(id, (await save.DefaultAsync(Group.Id, Guid.TryParse(chosen, out var fund) ? fund : null, cancel)).Problems);
    }

    private IActionResult Answer(Guid id, IReadOnlyList<Problem> problems)
    {
        if (problems.Count == 0) return Redirect($"/groups/{id}/funds");
        if (problems[0].Kind == ProblemKind.Forbidden) return Forbid();
        Problems = problems;
        return Page();
    }

    private async Task<IActionResult?> LoadAsync(Guid id, CancellationToken cancel)
    {
        if (await groups.OfAsync(new GroupId(id), cancel) is not { } group || !queries.MayRead(group)) return NotFound();
        Group = group;
        Funds = (await queries.ListAsync(new FundFilter(Group: id), null, Most, cancel)).Items;
        Splits = await queries.SplitsAsync(group.Id, cancel);
        Rest ??= Funds is [var first, ..] ? first.Id.ToString() : null;
        FundId ??= (Funds.FirstOrDefault(f => f.IsDefault)?.Id ?? Splits.FirstOrDefault(s => s.IsDefault)?.Id)?.ToString();
        return null;
    }
}
