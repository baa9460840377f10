using InstrumentShare.Kernel;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace InstrumentShare.Subsidies.Language;

/// <summary>Reads a policy text. What is wrong is refused all at once, each with file, line, field and reason.</summary>
public static class PolicyLoader
{
    /// <summary>Longest text that is read, in characters.</summary>
    public const int MaxLength = 200_000;

    public static Outcome<SubsidyPolicy> Load(string file, string yaml)
    {
        ArgumentNullException.ThrowIfNull(yaml);
        if (yaml.Length > MaxLength) return Problem.Invalid("subsidy.policy.unreadable", null, ("file", file), ("line", 1), ("value", $"> {MaxLength}"));
        YamlNode? root;
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(yaml));
            root = stream.Documents.Count == 1 ? stream.Documents[0].RootNode : null;
        }
        catch (YamlException e)
        {
            return Problem.Invalid("subsidy.policy.unreadable", null, ("file", file), ("line", (int)e.Start.Line), ("value", e.InnerException?.Message ?? e.Message));
        }

        if (root is not YamlMappingNode)
            return Problem.Invalid("subsidy.policy.shape", "", ("file", file), ("line", 1), ("field", ""), ("value", "mapping"));
        var problems = new List<Problem>();
        var clauses = new List<Clause>();
        var blanks = new List<Figure>();
        var top = new PolicyNode(root, "", file, problems, clauses, blanks);
        var policy = PolicyReader.Read(top, clauses, blanks);
        top.RefuseUnknownTerms();
        return problems.Count > 0 ? Outcome<SubsidyPolicy>.Refuse(problems) : policy;
    }
}
