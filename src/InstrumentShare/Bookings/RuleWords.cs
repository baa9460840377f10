using InstrumentShare.Catalog;
using InstrumentShare.Web;
using NodaTime;

namespace InstrumentShare.Bookings;

/// <summary>The rules of an instrument as sentences that a person reads before booking.</summary>
public static class RuleWords
{
    public static IEnumerable<string> Of(BookingTerms rules, Words t)
    {
        yield return rules.LeadMinutes > 0
            ? t["booking-rules.ahead", ("lead", Length(rules.LeadMinutes, t)), ("days", rules.HorizonDays)]
            : t["booking-rules.ahead-any", ("days", rules.HorizonDays)];
        yield return t["booking-rules.length", ("min", Length(rules.MinMinutes, t)), ("max", Length(rules.MaxMinutes, t)), ("step", Length(rules.GranularityMinutes, t))];
        if (rules.PersonDayMinutes is { } day) yield return t["booking-rules.day", ("limit", Length(day, t))];
        if (rules.PersonWeekMinutes is { } week) yield return t["booking-rules.week", ("limit", Length(week, t))];
        if (rules.SetupMinutes + rules.CoolingMinutes > 0) yield return t["booking-rules.buffers", ("setup", Length(rules.SetupMinutes, t)), ("cooling", Length(rules.CoolingMinutes, t))];
        yield return rules.CancelLeadMinutes > 0 ? t[rules.LateCancel ? "booking-rules.cancel-late" : "booking-rules.cancel", ("lead", Length(rules.CancelLeadMinutes, t))] : t["booking-rules.cancel-any"];
        yield return t[rules.ApprovalRequired ? "booking-rules.approval" : "booking-rules.no-approval"];
    }

    /// <summary>30 min, 8 h, 1 h 30 min, 2 days.</summary>
    public static string Length(int minutes, Words t)
    {
        if (minutes >= 1440 && minutes % 1440 == 0) return t[minutes == 1440 ? "booking-rules.one-day" : "booking-rules.days", ("count", minutes / 1440)];
        if (minutes >= 60 && minutes % 60 == 0) return t["booking-rules.hours", ("count", minutes / 60)];
        return minutes < 60 || minutes % 60 == 0 ? t["booking-rules.minutes", ("count", minutes)] : t["booking-rules.hours-minutes", ("hours", minutes / 60), ("minutes", minutes % 60)];
    }

    /// <summary>Weekdays that share their hours, joined: 周一–周五 08:00–20:00.</summary>
    public static IEnumerable<(string Days, string Hours)> Hours(InstrumentRules instrument, LocalDate on, Words t)
    {
        var week = Enumerable.Range(1, 7).Select(day => (Day: day, Hours: string.Join(t.IsChinese ? "，" : ", ", instrument.OpeningHours
            .Where(h => h.Weekday == day && h.ValidFrom <= on.PlusDays(6) && (h.ValidTo is null || h.ValidTo >= on)).OrderBy(h => h.OpensMinute)
            .Select(h => $"{OpeningHoursRules.Clock(h.OpensMinute)}–{OpeningHoursRules.Clock(h.ClosesMinute)}")))).ToList();
        for (var first = 0; first < 7;)
        {
            var last = first;
            while (last < 6 && week[last + 1].Hours == week[first].Hours) last++;
            var days = first == last ? Weekday(week[first].Day, t) : Weekday(week[first].Day, t) + "–" + Weekday(week[last].Day, t);
            yield return (days, week[first].Hours.Length > 0 ? week[first].Hours : t["booking-rules.closed"]);
            first = last + 1;
        }
    }

    public static string Weekday(int iso, Words t) => t.Culture.DateTimeFormat.AbbreviatedDayNames[iso % 7];
}
