using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Orders.Samples;

/// <summary>What may be done with a sample in which state.</summary>
public static class SampleRules
{
    public const int MostInBatch = 200;

    /// <summary>Whether it may go onto an instrument: new, or to be measured again.</summary>
    public static bool MayBeBatched(SampleState state) => state is SampleState.Received or SampleState.Failed;

    /// <summary>Whether the lab still has it and may give it away.</summary>
    public static bool MayLeave(SampleState state) => state is SampleState.Received or SampleState.Measured or SampleState.Failed;

    /// <summary>Whether nothing more is to be measured on it: an order is delivered when this holds for all its samples.</summary>
    public static bool IsSettled(SampleState state) => state is not (SampleState.Received or SampleState.InBatch);

    /// <summary>What stands against discarding it: another state, no notice, or a notice whose day is not past.</summary>
    public static Problem? AgainstDiscarding(Sample sample, LocalDate today) =>
        !MayLeave(sample.State) ? Problem.Refused("sample.state", "samples", ("code", SampleCodeRules.Show(sample.Code)), ("sampleState", sample.State))
        : sample.DiscardAfter is not { } after ? Problem.Refused("sample.no-notice", "samples", ("code", SampleCodeRules.Show(sample.Code)))
        : today <= after ? Problem.Refused("sample.too-early", "samples", ("code", SampleCodeRules.Show(sample.Code)), ("after", after))
        : null;
}
