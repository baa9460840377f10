namespace InstrumentShare.Integrity;

/// <summary>What costs points: what became of booked time, or that it was given back late.</summary>
public enum CreditEvent
{
    Late,
    Overran,
    LeftEarly,
    NoShow,
    CancelledLate,
}
