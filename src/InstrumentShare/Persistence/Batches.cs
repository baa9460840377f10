namespace InstrumentShare.Persistence;

/// <summary>Work that is done a batch at a time, each in a transaction of its own, until nothing is left.</summary>
public static class Batches
{
    /// <param name="batch">Does up to <paramref name="size"/> and says how many it took; fewer mean that it was the last.</param>
    /// <returns>How many in all.</returns>
    public static async Task<int> RunAsync(int size, Func<CancellationToken, Task<int>> batch, CancellationToken cancel)
    {
        var all = 0;
        while (true)
        {
            var count = await batch(cancel);
            all += count;
            if (count < size) return all;
        }
    }
}
