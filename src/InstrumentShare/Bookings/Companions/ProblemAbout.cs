using InstrumentShare.Kernel;
using InstrumentShare.Web;

namespace InstrumentShare.Bookings.Companions;

internal static class ProblemAbout
{
    /// <summary>The problem as one of something that is booked along; nobody sets that aside for its staff.</summary>
    public static Problem About(this Problem problem, string name, string nameEn) => problem with
    {
        Overridable = false,
        Data = new Dictionary<string, object?>(problem.Data ?? new Dictionary<string, object?>(), StringComparer.Ordinal) { [Words.AboutFigure] = name, [Words.AboutFigure + "En"] = nameEn },
    };
}
