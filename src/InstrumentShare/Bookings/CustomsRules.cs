using InstrumentShare.Catalog;
using InstrumentShare.Kernel;

namespace InstrumentShare.Bookings;

/// <summary>
/// A duty-free instrument stays where customs know it to be: it is booked for use elsewhere only with the number of the customs
/// notice (通知书) that allows it. Staff may not set this aside.
/// </summary>
public static class CustomsRules
{
    public static void Add(List<Problem> problems, InstrumentRules instrument, string? usePlace, string? customsNotice)
    {
        if (instrument.IsCustomsSupervised && !string.IsNullOrEmpty(usePlace) && string.IsNullOrEmpty(customsNotice))
            problems.Add(Problem.Refused("booking.customs-place", "customsNotice", ("place", usePlace)));
    }
}
