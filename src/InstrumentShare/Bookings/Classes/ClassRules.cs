using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Bookings.Classes;

/// <summary>What a class may be.</summary>
public static class ClassRules
{
    public const int MostStudents = 500;
    public const int MostPlaces = 20;

    /// <param name="places">How many bookings it needs.</param>
    /// <param name="roster">Names, trimmed.</param>
    public static List<Problem> Check(string? course, string? courseEn, string? note, int? students, IReadOnlyList<string> roster, int places)
    {
        var problems = new List<Problem>();
        BookingText.Check(problems, course, "course", required: true, max: 100);
        BookingText.Check(problems, courseEn, "courseEn", required: true, max: 200);
        BookingText.Check(problems, note, "note");
        foreach (var name in roster) BookingText.Check(problems, name, "roster", max: 100);
        if (students is null or < 1 or > MostStudents) problems.Add(Problem.Invalid("class.students", "students", ("value", students), ("max", MostStudents)));
        else if (roster.Count > students) problems.Add(Problem.Invalid("class.roster", "roster", ("named", roster.Count), ("students", students)));
        if (places is < 1 or > MostPlaces) problems.Add(Problem.Invalid("class.places", "instruments", ("count", places), ("max", MostPlaces)));
        return problems;
    }

    /// <summary>Attendance: once the class has begun, and as many at least as are ticked.</summary>
    public static Problem? Against(ClassSession session, IReadOnlySet<int> present, int? attended, Instant now) =>
        session.CancelledAt is not null ? Problem.Refused("class.cancelled")
        : now < session.StartsAt ? Problem.Refused("class.not-begun", null, ("startsAt", session.StartsAt))
        : present.Any(p => p < 0 || p >= session.Roster.Count) ? Problem.Invalid("class.stranger", "present", ("count", session.Roster.Count))
        : attended is not { } count || count < present.Count || count > session.Students || count - present.Count > session.Students - session.Roster.Count
            ? Problem.Invalid("class.attended", "attended", ("value", attended), ("from", present.Count), ("to", session.Students - session.Roster.Count + present.Count))
        : null;
}
