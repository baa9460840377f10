using InstrumentShare.Kernel;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Web;

/// <summary>The steps of an explanation in a reader's words: instants in the zone given, enumerations by their names, dates written out.</summary>
public static class ExplanationText
{
    public sealed record Line(string Code, string Text, IReadOnlyDictionary<string, string> Inputs, string Operation, string Result, RuleReference? Rule);

    public static IReadOnlyList<Line> Of(Explanation explanation, Words words, DateTimeZone zone) => [.. explanation.Steps.Select(s => Of(s, words, zone))];

    private static Line Of(ExplanationStep step, Words words, DateTimeZone zone)
    {
        var figures = step.Inputs.ToDictionary(i => i.Key, i => Figure(i.Key, i.Value, words), StringComparer.Ordinal);
        return new Line(step.Code, words.Fill(words["explain." + step.Code], figures, zone), step.Inputs, step.Operation, step.Result, step.Rule);
    }

    // The name of a figure says what it is: …At an instant, …On a date; a word of an enumeration has words of its own.
    private static object? Figure(string name, string value, Words words) =>
        name.EndsWith("At", StringComparison.Ordinal) && InstantPattern.ExtendedIso.Parse(value) is { Success: true } at ? at.Value
        : name.EndsWith("On", StringComparison.Ordinal) && LocalDatePattern.Iso.Parse(value) is { Success: true } on ? on.Value
        : words.Has($"{name}.{value}") ? words[$"{name}.{value}"]
        : value;
}
