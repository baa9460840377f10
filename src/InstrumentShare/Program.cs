using InstrumentShare;

var builder = WebApplication.CreateBuilder(args);
await using var postgres = await builder.StartEmbeddedPostgresAsync();
builder.AddInstrumentShare();
await using var app = builder.Build();
app.UseInstrumentShare();
await app.PrepareDataAsync();
await app.RunAsync();

public sealed partial class Program;
