using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Demo;

/// <summary>A program with the demo region, its year ending on the fixed clock's day.</summary>
public sealed class DemoHost : TestHost
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        _ = Services;
    }

    protected override IEnumerable<KeyValuePair<string, string>> Settings =>
        [new("Demo:Enabled", "true"), new("Demo:AnchorDate", "2026-03-02")];
}
