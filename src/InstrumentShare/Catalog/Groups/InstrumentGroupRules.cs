using InstrumentShare.Kernel;

namespace InstrumentShare.Catalog.Groups;

/// <summary>What a group of instruments may be called. Lengths are in characters.</summary>
public static class InstrumentGroupRules
{
    public const int MaxName = 100;
    public const int MaxNameEn = 200;
    public const int MaxDescription = 500;

    /// <summary>How many instruments go in or out of a group at once.</summary>
    public const int MaxAtOnce = 200;

    public static List<Problem> Check(string? name, string? nameEn, string? description)
    {
        var problems = new List<Problem>();
        Check(problems, "name", name, MaxName, required: true);
        Check(problems, "nameEn", nameEn, MaxNameEn, required: true);
        Check(problems, "description", description, MaxDescription, required: false);
        return problems;
    }

    private static void Check(List<Problem> problems, string field, string? text, int max, bool required)
    {
        var length = text?.Trim().EnumerateRunes().Count() ?? 0;
        if (required && length == 0) problems.Add(Problem.Invalid("instrument.required", field));
        else if (length > max) problems.Add(Problem.Invalid("instrument.too-long", field, ("max", max), ("length", length)));
        else if (text?.Contains('\0', StringComparison.Ordinal) == true) problems.Add(Problem.Invalid("request.nul", field));
    }
}
