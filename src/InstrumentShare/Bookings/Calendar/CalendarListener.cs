using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace InstrumentShare.Bookings.Calendar;

/// <summary>One reader's open page. Who falls too far behind is cut off and comes back for what they missed.</summary>
public sealed class CalendarListener(IReadOnlySet<Guid> instruments, Action<CalendarListener> gone) : IDisposable
{
    private const int MostWaiting = 500;

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(20);

    private readonly Channel<CalendarChange> waiting = Channel.CreateBounded<CalendarChange>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });

    public IReadOnlySet<Guid> Instruments => instruments;

    public void Tell(CalendarChange change)
    {
        if (instruments.Contains(change.Instrument) && !waiting.Writer.TryWrite(change)) Close();
    }

    public void Close() => waiting.Writer.TryComplete();

    /// <summary>Changes as they come; null when nothing came for a while, so that the connection is known to live.</summary>
    public async IAsyncEnumerable<CalendarChange?> ReadAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            using var beat = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            beat.CancelAfter(Heartbeat);
            bool? more;
            try
            {
                more = await waiting.Reader.WaitToReadAsync(beat.Token);
            }
            catch (OperationCanceledException)
            {
                more = null;
            }

            if (more == false) yield break;
            if (more is null)
            {
                if (cancel.IsCancellationRequested) yield break;
                yield return null;
                continue;
            }

            while (waiting.Reader.TryRead(out var change)) yield return change;
        }
    }

    public void Dispose()
    {
        Close();
        gone(this);
    }
}
