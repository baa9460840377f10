using System.Text.RegularExpressions;

namespace InstrumentShare.Tests.Architecture;

public sealed partial class ModuleTests
{
    // What each folder may use besides Kernel, Persistence and Web. Web knows who asks (Access) and nothing else of the modules.
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Kernel"] = [],
        ["Persistence"] = [],
        ["Web"] = ["Access", "Demo"],
        ["Notifications"] = ["Access", "Demo"],
        ["Access"] = ["Notifications", "Demo"],
        ["Catalog"] = ["Access"],
        ["Pricing"] = ["Access", "Catalog"],
        ["Bookings"] = ["Access", "Catalog", "Pricing", "Notifications"],
        ["Orders"] = ["Access", "Catalog", "Pricing", "Bookings"],
        ["Usage"] = ["Access", "Catalog", "Pricing", "Bookings", "Demo"],
        ["Billing"] = ["Access", "Catalog", "Pricing", "Bookings", "Orders", "Usage"],
        ["Integrity"] = ["Access", "Catalog", "Pricing", "Bookings", "Usage", "Billing"],
        ["Subsidies"] = ["Access", "Catalog", "Pricing", "Bookings", "Usage", "Billing", "Integrity"],
        ["Demo"] = ["Access", "Catalog", "Pricing", "Bookings", "Orders", "Usage", "Billing", "Integrity", "Subsidies", "Notifications"],
    };

    [Fact]
    public void Arrows_between_modules_point_one_way()
    {
        var wrong = Source.Files("*.cs", "*.cshtml")
            .Select(f => (f.Path, Module: f.Path.Split('/')[0], f.Text))
            .Where(f => Allowed.ContainsKey(f.Module))
            .SelectMany(f => UsedModule().Matches(f.Text).Select(m => (f.Path, f.Module, Used: m.Groups[1].Value)))
            .Where(u => u.Used != u.Module && Allowed.ContainsKey(u.Used) && u.Used is not ("Kernel" or "Persistence" or "Web") && !Allowed[u.Module].Contains(u.Used))
            .Select(u => $"{u.Path} uses {u.Used}").Distinct();
        wrong.ShouldBeEmpty();
    }

    [Fact]
    public void Kernel_uses_nothing_of_the_program() =>
        Source.Files("*.cs").Where(f => f.Path.StartsWith("Kernel/", StringComparison.Ordinal))
            .Where(f => UsedModule().Matches(f.Text).Any(m => m.Groups[1].Value != "Kernel")).Select(f => f.Path).ShouldBeEmpty();

    [GeneratedRegex(@"InstrumentShare\.(\w+)")]
    private static partial Regex UsedModule();
}
