using Microsoft.AspNetCore.Http.Features;

namespace InstrumentShare.Web;

/// <summary>Reads a multipart form with one file of limited size.</summary>
public static class UploadForm
{
    // What a multipart form needs around its file.
    private const int Around = 64 * 1024;

    /// <summary>The form, or the refusal of one that is too large or none at all. Sizes are looked at before the body is read.</summary>
    /// <param name="most">How many bytes the file may have.</param>
    /// <param name="tooLarge">The code of the refusal of more.</param>
    public static async Task<(IFormCollection? Form, IResult? Refusal)> ReadAsync(HttpRequest request, long most, string tooLarge, ProblemAnswers answers, CancellationToken cancel)
    {
        if (request.ContentLength > most + Around) return (null, answers.Status(StatusCodes.Status413PayloadTooLarge, tooLarge));
        if (!request.HasFormContentType) return (null, answers.Status(StatusCodes.Status415UnsupportedMediaType, "import.multipart"));
        try
        {
            request.HttpContext.Features.Set<IFormFeature>(new FormFeature(request, new FormOptions { MultipartBodyLengthLimit = most + Around }));
            return (await request.ReadFormAsync(cancel), null);
        }
        catch (InvalidDataException failure)
        {
            var isTooLarge = failure.Message.Contains("limit", StringComparison.OrdinalIgnoreCase);
            return (null, isTooLarge ? answers.Status(StatusCodes.Status413PayloadTooLarge, tooLarge) : answers.Status(StatusCodes.Status400BadRequest, "import.multipart"));
        }
    }

    public static async Task<byte[]> BytesAsync(this IFormFile file, CancellationToken cancel)
    {
        using var memory = new MemoryStream((int)file.Length);
        await file.CopyToAsync(memory, cancel);
        return memory.ToArray();
    }
}
