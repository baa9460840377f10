using InstrumentShare.Kernel;

namespace InstrumentShare.Bookings;

/// <summary>What may be written in a booking's free text.</summary>
public static class BookingText
{
    public const int MaxLength = 500;

    /// <summary>Adds a problem for a text that cannot be kept; answers the text as it is kept, null when empty.</summary>
    public static string? Check(List<Problem> problems, string? text, string field, bool required = false, int max = MaxLength)
    {
        var kept = text?.Trim();
        if (string.IsNullOrEmpty(kept))
        {
            if (required) problems.Add(Problem.Invalid("booking.text-missing", field));
            return null;
        }

        if (kept.Contains('\0', StringComparison.Ordinal)) problems.Add(Problem.Invalid("request.nul", field));
        if (Length(kept) > max) problems.Add(Problem.Invalid("booking.text-too-long", field, ("max", max), ("length", Length(kept))));
        return kept;
    }

    // Characters as the database counts them: code points, not UTF-16 units.
    private static int Length(string text) => text.EnumerateRunes().Count();
}
