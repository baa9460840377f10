using InstrumentShare.Catalog;
using InstrumentShare.Kernel;
using InstrumentShare.Web;

namespace InstrumentShare.Bookings;

/// <summary>Times in a refusal are those on the wall at the instrument, whoever reads it wherever.</summary>
internal static class ProblemZone
{
    public static List<Problem> In(this IEnumerable<Problem> problems, InstrumentRules instrument) => problems.Select(p => p.In(instrument)).ToList();

    public static Problem In(this Problem problem, InstrumentRules instrument) => problem.Data is null || problem.Data.ContainsKey(Words.ZoneFigure)
        ? problem
        : problem with { Data = new Dictionary<string, object?>(problem.Data, StringComparer.Ordinal) { [Words.ZoneFigure] = instrument.Zone.Id } };
}
