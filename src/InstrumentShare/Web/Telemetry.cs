using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace InstrumentShare.Web;

/// <summary>Sends .NET's own traces and meters, and ours, to an OTLP collector when one is set.</summary>
public sealed class Telemetry : IDisposable
{
    public const string SourceName = "InstrumentShare";

    public static readonly ActivitySource Source = new(SourceName);

    private readonly TracerProvider? traces;
    private readonly MeterProvider? metrics;

    public Telemetry(string endpoint)
    {
        if (endpoint.Length == 0) return;
        var address = new Uri(endpoint);
        var resource = ResourceBuilder.CreateDefault().AddService(SourceName);
        traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource)
            .AddSource(SourceName, "Microsoft.AspNetCore", "Npgsql")
            .AddOtlpExporter(o => (o.Endpoint, o.Protocol) = (address, OtlpExportProtocol.Grpc)).Build();
        metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource)
            .AddMeter(SourceName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Npgsql")
            .AddOtlpExporter(o => (o.Endpoint, o.Protocol) = (address, OtlpExportProtocol.Grpc)).Build();
    }

    public void Dispose()
    {
        traces?.Dispose();
        metrics?.Dispose();
    }
}
