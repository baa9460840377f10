using InstrumentShare.Kernel;
using InstrumentShare.Persistence;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Catalog;

/// <summary>The State Council's holidays and make-up working days, read once from the program's own data.</summary>
public static class StateCouncilDays
{
    public static WorkingCalendar Calendar { get; } = new(DataFile.Rows("Kernel/Data/holidays.csv")
        .ToDictionary(r => LocalDatePattern.Iso.Parse(r[0]).Value, r => r[1] == "holiday" ? DayKind.Holiday : DayKind.MakeUpWorkday));
}
