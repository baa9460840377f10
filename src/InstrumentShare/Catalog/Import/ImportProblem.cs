using InstrumentShare.Kernel;

namespace InstrumentShare.Catalog.Import;

/// <summary>What is wrong in one cell of a file.</summary>
/// <param name="Row">As a spreadsheet counts, the header being 1.</param>
/// <param name="Column">The national field name.</param>
public sealed record ImportProblem(int Row, string Column, string Value, Problem Problem)
{
    /// <summary>The same problem with its place, for an answer that lists problems without a table.</summary>
    public Problem Placed()
    {
        var data = Problem.Data?.ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal) ?? [];
        (data["row"], data["value"]) = (Row, Value);
        return Problem with { Field = Column, Data = data, Kind = ProblemKind.Invalid };
    }
}
