using InstrumentShare.Access;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace InstrumentShare.Billing.Pages;

/// <summary>Charges within the reader's scope: of a group, of instruments, of an institution, of a region.</summary>
[RequirePermission(BillingPermissions.View)]
public sealed class ManagedChargesModel(ChargeQueries queries, Words words) : PageModel
{
    private static readonly string[] Filters = ["instrument", "institution", "userInstitution", "person", "from", "to", "status", "kind", "invoiced"];

    public ChargesView View { get; private set; } = new(new PageOf<ChargeRow>([], null, 0), Money.Zero, string.Empty, false);

    public IReadOnlyList<Problem> Problems { get; private set; } = [];

    public IReadOnlyList<(string Value, string Text)> States =>
        [(string.Empty, words["usage.any"]), .. Enum.GetValues<ChargeStatus>().Select(s => (Word.Of(s), words.Of("chargeStatus", s)))];

    public IReadOnlyList<(string Value, string Text)> Invoiced => [(string.Empty, words["usage.any"]), ("true", words["charges.invoiced"]), ("false", words["charges.not-invoiced"])];

    public string? this[string filter] => Request.Query[filter];

    public async Task OnGetAsync(CancellationToken cancel) => (View, Problems) = await ChargesModel.LoadAsync(queries, Request, "/manage/charges", false, Filters, cancel);
}
