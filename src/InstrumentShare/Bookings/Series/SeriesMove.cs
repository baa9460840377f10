using InstrumentShare.Catalog;

namespace InstrumentShare.Bookings.Series;

/// <summary>A booking of a series, and the date that it would have.</summary>
public sealed record MovedDate(Booking Booking, JudgedDate To);

/// <summary>What would come of moving dates of a series, before anything is written. One that stands against it keeps all of them.</summary>
public sealed record SeriesMove(InstrumentRules Instrument, IReadOnlyList<MovedDate> Dates)
{
    public bool MayBeMoved => Failing == 0;

    public int Failing => Dates.Count(d => !d.To.IsOk);
}
