using System.Text.Json;

namespace InstrumentShare.Tests.Architecture;

public sealed class SettingsTemplateTests
{
    [Fact]
    public void The_template_names_every_setting_with_its_default_and_no_other()
    {
        var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip };
        using var template = JsonDocument.Parse(File.ReadAllText(Path.Combine(Source.Root, "appsettings.template.json")), options);
        var documented = template.RootElement.EnumerateObject().Where(s => s.Name != "ConnectionStrings")
            .SelectMany(s => s.Value.EnumerateObject().Select(p => $"{s.Name}:{p.Name} = {p.Value.ToString().ToUpperInvariant()}"));
        var declared = typeof(Program).Assembly.GetTypes().Where(t => t.Name.EndsWith("Options", StringComparison.Ordinal) && t.GetField("Section") is not null)
            .SelectMany(t => t.GetProperties().Select(p => $"{t.GetField("Section")!.GetValue(null)}:{p.Name} = {Default(t, p)}"));
        documented.ShouldBe(declared, ignoreOrder: true);
    }

    private static string Default(Type type, System.Reflection.PropertyInfo property) =>
        Convert.ToString(property.GetValue(Activator.CreateInstance(type)), System.Globalization.CultureInfo.InvariantCulture)!.ToUpperInvariant();
}
