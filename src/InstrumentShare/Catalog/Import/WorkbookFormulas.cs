using System.IO.Compression;
using System.Xml;

namespace InstrumentShare.Catalog.Import;

/// <summary>Looks for formulas in a workbook's first sheet, which the reader of values does not tell of.</summary>
internal static class WorkbookFormulas
{
    private const string Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = SheetLimits.MaxUnpackedBytes };

    /// <summary>The place of the first formula, such as <c>C7</c>; null when there is none.</summary>
    public static string? FirstCell(ZipArchive archive)
    {
        if (FirstSheet(archive) is not { } sheet) return null;
        using var xml = XmlReader.Create(sheet.Open(), Settings);
        string? cell = null;
        while (xml.Read())
        {
            if (xml.NodeType != XmlNodeType.Element) continue;
            if (xml.LocalName == "c") cell = xml.GetAttribute("r");
            else if (xml.LocalName == "f") return cell ?? "?";
        }

        return null;
    }

    private static ZipArchiveEntry? FirstSheet(ZipArchive archive)
    {
        var id = Find(archive, "xl/workbook.xml", "sheet", _ => true, x => x.GetAttribute("id", Relations) ?? x.GetAttribute("r:id"));
        var target = id is null ? null : Find(archive, "xl/_rels/workbook.xml.rels", "Relationship", x => x.GetAttribute("Id") == id, x => x.GetAttribute("Target"));
        return target is null ? null : archive.GetEntry(target.StartsWith('/') ? target[1..] : "xl/" + target);
    }

    private static string? Find(ZipArchive archive, string path, string element, Func<XmlReader, bool> wanted, Func<XmlReader, string?> value)
    {
        if (archive.GetEntry(path) is not { } entry) return null;
        using var xml = XmlReader.Create(entry.Open(), Settings);
        while (xml.Read())
            if (xml.NodeType == XmlNodeType.Element && xml.LocalName == element && wanted(xml)) return value(xml);
        return null;
    }
}
