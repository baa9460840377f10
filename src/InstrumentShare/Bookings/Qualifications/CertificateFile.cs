using System.Text;
using InstrumentShare.Kernel;
using InstrumentShare.Web;
using NodaTime.Text;

namespace InstrumentShare.Bookings.Qualifications;

/// <summary>Holders of a qualification as a CSV that spreadsheets open as it is: UTF-8 with its mark, no cell that runs.</summary>
public sealed class CertificateFile(CertificateQueries certificates, Words words)
{
    private const int AtOnce = 200;
    private static readonly string[] Columns = ["person", "email", "institution", "level", "valid-from", "valid-to", "state", "issued-by", "reason"];

    public async Task<byte[]> OfAsync(QualificationId qualification, CancellationToken cancel)
    {
        var text = new StringBuilder();
        AddLine(text, Columns.Select(c => words["certificates." + c]));
        string? cursor = null;
        do
        {
            var page = await certificates.ListAsync(new CertificateFilter(Mine: false, qualification, Cursor: cursor, Limit: AtOnce), cancel);
            foreach (var row in page.Items) AddLine(text, Cells(row));
            cursor = ListQuery.Decoded(page.NextCursor);
        }
        while (cursor is not null);
        return [.. Encoding.UTF8.GetPreamble(), .. Encoding.UTF8.GetBytes(text.ToString())];
    }

    private static void AddLine(StringBuilder text, IEnumerable<string> cells) =>
        text.AppendJoin(',', cells.Select(c => $"\"{Spreadsheet.Defuse(c).Replace("\"", "\"\"", StringComparison.Ordinal)}\"")).Append("\r\n");

    private IEnumerable<string> Cells(CertificateRow row) =>
    [
        words.Name(row.Person.Name, row.Person.NameEn), row.Person.Email ?? string.Empty, words.Name(row.Person.Institution ?? string.Empty, row.Person.InstitutionEn), words.Of("qualificationLevel", row.Level),
        LocalDatePattern.Iso.Format(row.ValidFrom), row.ValidTo is { } to ? LocalDatePattern.Iso.Format(to) : words["certificates.unlimited"], words.Of("certificateState", row.State), row.IssuedBy, row.RevokeReason ?? row.Reason,
    ];
}
