using System.Text;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Orders.Results;

/// <summary>Which files may be results: known kinds alone, by name and by content, so that nothing that runs hides behind a harmless name.</summary>
public static class ResultRules
{
    public const int MostName = 150;
    public const int MostDays = 1830;

    private static readonly Dictionary<string, (string MediaType, byte[][] Starts)> Kinds = new(StringComparer.Ordinal)
    {
        [".pdf"] = ("application/pdf", ["%PDF-"u8.ToArray()]),
        [".png"] = ("image/png", [[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]]),
        [".jpg"] = ("image/jpeg", [[0xFF, 0xD8, 0xFF]]),
        [".jpeg"] = ("image/jpeg", [[0xFF, 0xD8, 0xFF]]),
        [".tif"] = ("image/tiff", [[0x49, 0x49, 0x2A, 0x00], [0x4D, 0x4D, 0x00, 0x2A]]),
        [".tiff"] = ("image/tiff", [[0x49, 0x49, 0x2A, 0x00], [0x4D, 0x4D, 0x00, 0x2A]]),
        [".zip"] = ("application/zip", [[0x50, 0x4B, 0x03, 0x04]]),
        [".xlsx"] = ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", [[0x50, 0x4B, 0x03, 0x04]]),
        [".docx"] = ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", [[0x50, 0x4B, 0x03, 0x04]]),
        [".gz"] = ("application/gzip", [[0x1F, 0x8B]]),
        [".csv"] = ("text/csv; charset=utf-8", []),
        [".txt"] = ("text/plain; charset=utf-8", []),
    };

    /// <summary>The endings that are taken, for people.</summary>
    public static string Known => string.Join(", ", Kinds.Keys);

    /// <summary>The name without folders, control characters and what file systems do not take; empty when nothing is left.</summary>
    public static string CleanName(string? name)
    {
        var last = (name ?? string.Empty).Split('/', '\\')[^1];
        var kept = string.Concat(last.Where(c => !char.IsControl(c) && c is not ('<' or '>' or ':' or '"' or '|' or '?' or '*' or '\u202E'))).Trim(' ', '.');
        if (kept.Length <= MostName) return kept;
        var ending = Path.GetExtension(kept);
        return ending.Length >= MostName ? kept[..MostName] : kept[..(MostName - ending.Length)] + ending;
    }

    /// <summary>What the file is; or <c>result.kind</c> where its ending is not taken, <c>result.content</c> where its content is something else.</summary>
    /// <param name="name">Cleaned.</param>
    public static Outcome<string> MediaTypeOf(string name, byte[] content)
    {
        var ending = Path.GetExtension(name).ToLowerInvariant();
        if (!Kinds.TryGetValue(ending, out var kind)) return Problem.Invalid("result.kind", "file", ("value", name), ("known", Known));
        var matches = kind.Starts.Length > 0 ? kind.Starts.Any(s => content.AsSpan().StartsWith(s)) : IsPlainText(content);
        return matches ? kind.MediaType : Problem.Invalid("result.content", "file", ("value", name), ("ending", ending));
    }

    /// <summary>What is wrong with its size or last day.</summary>
    /// <param name="today">At the lab.</param>
    public static List<Problem> Check(string name, long size, int maxMebibytes, LocalDate expiresOn, LocalDate today)
    {
        var problems = new List<Problem>();
        if (name.Length == 0) problems.Add(Problem.Invalid("result.name", "file"));
        if (size == 0) problems.Add(Problem.Invalid("result.empty", "file"));
        if (size > maxMebibytes * 1024L * 1024L) problems.Add(Problem.Invalid("result.too-large", "file", ("max", maxMebibytes)));
        if (expiresOn <= today || expiresOn > today.PlusDays(MostDays)) problems.Add(Problem.Invalid("result.expires", "expiresOn", ("value", expiresOn), ("from", today.PlusDays(1)), ("to", today.PlusDays(MostDays))));
        return problems;
    }

    // Text is UTF-8 without control characters that begins neither as markup nor as a script.
    private static bool IsPlainText(byte[] content)
    {
        try
        {
            var text = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(content).TrimStart('\uFEFF');
            return !text.TrimStart().StartsWith('<') && !text.StartsWith("#!", StringComparison.Ordinal) && !text.Any(c => char.IsControl(c) && c is not ('\t' or '\r' or '\n'));
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
