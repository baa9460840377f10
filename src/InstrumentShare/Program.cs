using InstrumentShare;
using InstrumentShare.Persistence;

try
{
    var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
    await using var postgres = await builder.StartEmbeddedPostgresAsync();
    builder.AddInstrumentShare();
    await using var app = builder.Build();
    app.UseInstrumentShare();
    await app.PrepareDataAsync();
    await app.RunAsync();
    return 0;
}
catch (StartRefusedException refusal)
{
    await Console.Error.WriteLineAsync(refusal.Message);
    return 1;
}

public sealed partial class Program;
