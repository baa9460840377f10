using System.Text;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using NodaTime.Text;

namespace InstrumentShare.Billing.Ledger;

/// <summary>Lines of a ledger as a CSV that spreadsheets open as it is: UTF-8 with its mark, a row a line, no cell that runs. Written as it is read.</summary>
public sealed class LedgerFile(LedgerQueries queries, Words words)
{
    private const int AtOnce = 500;
    private static readonly string[] Columns = ["entry", "booked-on", "kind", "account-kind", "account", "amount", "currency", "charge", "reverses", "reason", "problem", "entered-by"];

    public async Task WriteAsync(LedgerFilter filter, Stream to, CancellationToken cancel)
    {
        await to.WriteAsync(Encoding.UTF8.GetPreamble(), cancel);
        await WriteAsync(to, [Columns.Select(c => words["ledger.column." + c])], cancel);
        string? cursor = null;
        do
        {
            var page = await queries.EntriesAsync(filter, AtOnce, cursor, cancel);
            await WriteAsync(to, page.Items.SelectMany(e => e.Lines.Select(l => Cells(e, l))), cancel);
            cursor = ListQuery.Decoded(page.NextCursor);
        }
        while (cursor is not null);
    }

    private static async Task WriteAsync(Stream to, IEnumerable<IEnumerable<string>> rows, CancellationToken cancel)
    {
        var text = new StringBuilder();
        foreach (var row in rows) text.AppendJoin(',', row.Select(c => $"\"{Spreadsheet.Defuse(c).Replace("\"", "\"\"", StringComparison.Ordinal)}\"")).Append("\r\n");
        await to.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancel);
    }

    private IEnumerable<string> Cells(LedgerEntryRow e, LedgerLineRow l) =>
    [
        e.Id.ToString(), LocalDatePattern.Iso.Format(e.BookedOn), words.Of("ledgerEntryKind", e.Kind), words.Of("ledgerAccountKind", l.Kind), words.Name(l.Name ?? string.Empty, l.NameEn), l.Amount.ToString(), l.Amount.Currency,
        e.ChargeId?.ToString() ?? string.Empty, e.ReversesId?.ToString() ?? string.Empty, e.Reason ?? string.Empty, e.Problem ?? string.Empty, e.EnteredBy ?? string.Empty,
    ];
}
