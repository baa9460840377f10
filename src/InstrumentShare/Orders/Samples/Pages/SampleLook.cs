namespace InstrumentShare.Orders.Samples.Pages;

/// <summary>How a state looks: its colour class and its picture; the word stands beside.</summary>
public static class SampleLook
{
    public static (string Css, string Icon) Of(SampleState state) => state switch
    {
        SampleState.Received => ("state-warn", "package"),
        SampleState.InBatch => ("state-info", "stack"),
        SampleState.Measured => ("state-good", "check"),
        SampleState.Failed => ("state-bad", "circle-x"),
        SampleState.Returned => ("state-quiet", "arrow-back-up"),
        _ => ("state-quiet", "trash"),
    };

    public static (string Css, string Icon) Of(BatchStatus status) => status switch
    {
        BatchStatus.Planned => ("state-warn", "hourglass"),
        BatchStatus.Done => ("state-good", "check"),
        _ => ("state-quiet", "ban"),
    };
}
