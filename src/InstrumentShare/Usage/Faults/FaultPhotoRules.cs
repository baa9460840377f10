using InstrumentShare.Kernel;

namespace InstrumentShare.Usage.Faults;

/// <summary>What a picture of a fault must be.</summary>
public static class FaultPhotoRules
{
    /// <summary>Of one fault.</summary>
    public const int MostPhotos = 4;

    public const int MaxMebibytes = 5;

    public const int MaxBytes = MaxMebibytes * 1024 * 1024;

    private static ReadOnlySpan<byte> Png => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    private static ReadOnlySpan<byte> Jpeg => [0xFF, 0xD8, 0xFF];

    /// <summary>What the content is, whatever was said of it: by the first bytes that PNG, JPEG and WebP (RIFF, RFC 9649) begin with. Null for anything else.</summary>
    public static string? MediaTypeOf(ReadOnlySpan<byte> content) =>
        content.StartsWith(Png) ? "image/png"
        : content.StartsWith(Jpeg) ? "image/jpeg"
        : content.Length >= 12 && content.StartsWith("RIFF"u8) && content[8..].StartsWith("WEBP"u8) ? "image/webp"
        : null;

    /// <param name="there">How many pictures the fault has.</param>
    public static List<Problem> Check(FaultStatus status, ReadOnlySpan<byte> content, int there)
    {
        var problems = new List<Problem>();
        if (status == FaultStatus.Resolved) problems.Add(Problem.Refused("fault.resolved"));
        if (there >= MostPhotos) problems.Add(Problem.Refused("fault.photo-count", "file", ("max", MostPhotos)));
        if (content.Length > MaxBytes) problems.Add(Problem.Invalid("fault.photo-size", "file", ("max", MaxMebibytes)));
        else if (MediaTypeOf(content) is null) problems.Add(Problem.Invalid("fault.photo-content", "file"));
        return problems;
    }
}
