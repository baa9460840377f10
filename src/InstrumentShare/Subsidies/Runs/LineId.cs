using System.Buffers.Binary;

namespace InstrumentShare.Subsidies;

/// <summary>A line's id: the run's own id with the line's number in its last four bytes, so that millions of lines store none.</summary>
public static class LineId
{
    public static Guid Of(SubsidyRunId run, int number)
    {
        Span<byte> bytes = stackalloc byte[16];
        run.Value.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(bytes[12..], number);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The number of a line of this run; null when the id belongs to another.</summary>
    public static int? NumberIn(SubsidyRunId run, Guid line)
    {
        Span<byte> bytes = stackalloc byte[16];
        line.TryWriteBytes(bytes, bigEndian: true, out _);
        var number = BinaryPrimitives.ReadInt32BigEndian(bytes[12..]);
        return number >= 0 && Of(run, number) == line ? number : null;
    }
}
