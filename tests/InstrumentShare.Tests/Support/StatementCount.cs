using System.Collections.Concurrent;
using System.Diagnostics;

namespace InstrumentShare.Tests.Support;

/// <summary>The statements sent to one database while it lives, as the driver tells of them.</summary>
public sealed class StatementCount : IDisposable
{
    private readonly ActivityListener listener;
    private readonly ConcurrentQueue<string> sent = [];

    public StatementCount(string connectionString)
    {
        var database = new Npgsql.NpgsqlConnectionStringBuilder(connectionString).Database;
        listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.GetTagItem("db.namespace") as string == database && activity.GetTagItem("db.query.text") is string text && !text.Contains("FROM events", StringComparison.Ordinal)) sent.Enqueue(text);
            },
        };
        ActivitySource.AddActivityListener(listener);
    }

    /// <summary>How often the text was sent.</summary>
    public int Of(string text) => sent.Sum(s => s.Split(text).Length - 1);

    /// <summary>Round trips.</summary>
    public int Batches => sent.Count;

    public string Everything => string.Join("\n---\n", sent);

    public void Dispose() => listener.Dispose();
}
