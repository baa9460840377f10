using InstrumentShare.Kernel;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NodaTime;

namespace InstrumentShare.Access.ApiKeys.Pages;

[RequirePermission(AccessPermissions.OwnAccount)]
public sealed class ApiKeysModel(ApiKeyQueries queries, CreateApiKey create, RevokeApiKey revoke, Caller caller, PermissionCatalog permissions, IClock clock) : PageModel
{
    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public List<string> Scopes { get; set; } = [];

    [BindProperty]
    public int Days { get; set; } = 90;

    /// <summary>A key just made, on the one page that shows it.</summary>
    public string? Made { get; private set; }

    public IReadOnlyList<ApiKeyQueries.Item> Keys { get; private set; } = [];

    public IReadOnlyList<string> Grantable { get; private set; } = [];

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public Instant Now => clock.GetCurrentInstant();

    public Task OnGetAsync(CancellationToken cancel) => LoadAsync(cancel);

    public async Task OnPostAsync(CancellationToken cancel)
    {
        var expires = Days is > 0 and <= 100_000 ? Now + Duration.FromDays(Days) : (Instant?)null;
        var made = await create.RunAsync(new(Name, Scopes, expires), cancel);
        if (made.IsOk) (Made, Name, Scopes) = (made.Value.Key, null, []);
        Problems = made.Problems;
        await LoadAsync(cancel);
    }

    public async Task<IActionResult> OnPostRevokeAsync(Guid id, CancellationToken cancel)
    {
        var done = await revoke.RunAsync(id, cancel);
        return done.IsOk ? RedirectToPage() : NotFound();
    }

    private async Task LoadAsync(CancellationToken cancel)
    {
        Keys = await queries.MineAsync(cancel);
        Grantable = [.. CreateApiKey.Grantable(caller, permissions).Order(StringComparer.Ordinal)];
    }
}
