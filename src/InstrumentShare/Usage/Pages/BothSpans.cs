using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Usage;

/// <summary>The booked and the used span of a record on one line of time, a tenth of its length free at either end.</summary>
public sealed record BothSpans(UsageRow Row, Instant Now)
{
    private Instant UsedTo => Row.EndedAt ?? Instant.Max(Now, Row.StartedAt + Duration.FromMinutes(1));

    private Instant First => Row.BookedStartsAt is { } booked ? Instant.Min(booked, Row.StartedAt) : Row.StartedAt;

    private Instant Last => Row.BookedEndsAt is { } booked ? Instant.Max(booked, UsedTo) : UsedTo;

    public Instant From => First - ((Last - First) / 10);

    public Instant To => Last + ((Last - First) / 10);

    public IReadOnlyList<Bar> Bars(Words words)
    {
        var zone = DateTimeZoneProviders.Tzdb[Row.Zone];
        var used = new Bar(Row.StartedAt, UsedTo, 1, Row.Problem is null ? "used" : "problem", words.Slot(Row.StartedAt, UsedTo, zone));
        return Row.BookedStartsAt is { } start ? [new Bar(start, Row.BookedEndsAt!.Value, 0, "booked", words.Slot(start, Row.BookedEndsAt.Value, zone)), used] : [used];
    }

    /// <summary>What the bars say, for those who do not see them.</summary>
    public string Label(Words words)
    {
        var zone = DateTimeZoneProviders.Tzdb[Row.Zone];
        var booked = Row.BookedStartsAt is { } start ? words.Slot(start, Row.BookedEndsAt!.Value, zone) : words["usage.without-booking"];
        return words["usage.bars", ("booked", booked), ("used", words.Slot(Row.StartedAt, UsedTo, zone))];
    }
}
