using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Billing.Pages;

/// <summary>What a list of charges shows, one's own or an institution's.</summary>
public sealed record ChargesView(PageOf<ChargeRow> Charges, Money Net, string More, bool IsOwn);

/// <summary>One's own charges, newest service first.</summary>
[RequirePermission(BillingPermissions.Read)]
public sealed class ChargesModel(ChargeQueries queries) : PageModel
{
    private static readonly string[] Filters = ["instrument", "from", "to", "status", "kind", "invoiced"];

    public ChargesView View { get; private set; } = new(new PageOf<ChargeRow>([], null, 0), Money.Zero, string.Empty, true);

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public string? this[string filter] => Request.Query[filter];

    public async Task OnGetAsync(CancellationToken cancel) => (View, Problems) = await LoadAsync(queries, Request, "/charges", true, Filters, cancel);

    internal static async Task<(ChargesView, IReadOnlyList<Problem>)> LoadAsync(ChargeQueries queries, HttpRequest request, string path, bool onlyOwn, string[] filters, CancellationToken cancel)
    {
        var list = ListQuery.Read(request, filters);
        var filter = ChargeApi.ReadFilter(list, out _);
        if (list.Problems.Count > 0) return (new ChargesView(new PageOf<ChargeRow>([], null, 0), Money.Zero, path, onlyOwn), list.Problems);
        var charges = await queries.ListAsync(filter, list.Limit, list.Cursor, onlyOwn, cancel);
        var net = await queries.NetAsync(filter, onlyOwn, cancel);
        var more = path + QueryString.Create(request.Query.Where(q => q.Key != "cursor").SelectMany(q => q.Value, (q, v) => KeyValuePair.Create(q.Key, v)).Append(KeyValuePair.Create("cursor", charges.NextCursor)));
        return (new ChargesView(charges, net, more, onlyOwn), []);
    }
}
