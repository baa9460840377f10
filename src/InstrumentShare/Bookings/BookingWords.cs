namespace InstrumentShare.Bookings;

public enum BookingStatus
{
    Requested,
    Confirmed,
    Rejected,
    Expired,
    Cancelled,
    InUse,
    Completed,
}
