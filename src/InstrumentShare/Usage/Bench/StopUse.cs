using InstrumentShare.Bookings;
using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using InstrumentShare.Usage.Faults;

namespace InstrumentShare.Usage.Bench;

/// <summary>Checks out with a word on how the instrument was; a fault is reported with it, both or neither.</summary>
public sealed class StopUse(AppDb db, CheckOut checkOut, ReportFault report)
{
    public const string Normal = "normal";

    /// <param name="fault">Null when it worked as it should.</param>
    public async Task<Outcome<UsageRecord>> RunAsync(BookingId id, int? samples, FaultSeverity? fault, string? remark, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        var closed = await checkOut.RunAsync(id, samples, string.IsNullOrWhiteSpace(remark) ? Normal : remark, cancel);
        if (!closed.IsOk) return closed;
        if (fault is { } severity)
        {
            var reported = await report.RunAsync(closed.Value.InstrumentId, severity, remark, cancel);
            if (!reported.IsOk) return reported.Problems.Select(p => p.Field == "text" ? p with { Field = "remark" } : p).ToList();
        }

        await transaction.CommitAsync(cancel);
        return closed;
    }
}
