using System.Buffers.Binary;
using System.Text;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>
/// A stream of numbers that depends on nothing but its seed (SplitMix64), so that the same seed makes the same data on every
/// machine and runtime. A named fork has numbers of its own: more draws in one place change nothing in another.
/// </summary>
internal sealed class DemoRandom
{
    private readonly ulong seed;
    private ulong state;

    public DemoRandom(ulong seed) => (this.seed, state) = (seed, seed);

    public DemoRandom Fork(string name)
    {
        var hash = 14695981039346656037UL;
        foreach (var b in Encoding.UTF8.GetBytes(name)) hash = unchecked((hash ^ b) * 1099511628211UL);
        return new DemoRandom(seed ^ hash);
    }

    public ulong Next()
    {
        unchecked
        {
            state += 0x9E3779B97F4A7C15UL;
            var z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }

    /// <summary>From 0 to below the limit.</summary>
    public int Below(int limit) => (int)(Next() % (ulong)limit);

    /// <summary>Between two bounds, both included.</summary>
    public int Between(int from, int to) => from + Below(to - from + 1);

    public bool Chance(int permille) => Below(1000) < permille;

    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    /// <summary>An index drawn by weight.</summary>
    public int Weighted(params ReadOnlySpan<int> weights)
    {
        var sum = 0;
        foreach (var weight in weights) sum += weight;
        var drawn = Below(sum);
        for (var i = 0; ; i++)
        {
            if (drawn < weights[i]) return i;
            drawn -= weights[i];
        }
    }

    public List<T> Shuffled<T>(IEnumerable<T> items)
    {
        var list = items.ToList();
        for (var i = list.Count - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (list[i], list[j]) = (list[j], list[i]);
        }

        return list;
    }

    /// <summary>A version-7 id of that moment.</summary>
    public Guid Id(Instant at)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)at.ToUnixTimeMilliseconds() << 16);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[6..], (ushort)(0x7000 | Below(0x1000)));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], (Next() >> 2) | 0x8000000000000000UL);
        return new Guid(bytes, bigEndian: true);
    }
}
