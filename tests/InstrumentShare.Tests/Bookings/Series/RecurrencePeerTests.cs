using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using InstrumentShare.Bookings.Series;
using InstrumentShare.Kernel;
using InstrumentShare.Tests.Architecture;
using NodaTime;
using NodaTime.Text;

namespace InstrumentShare.Tests.Bookings.Series;

/// <summary>
/// Our dates beside those of the package <c>rrule</c>, for many rules made at random. Left out is what the two read differently on
/// purpose: positions in a week that the start cuts (the package counts from the start, we count the whole week), weekdays with and
/// without a number in one rule (the package wants both at once, RFC 5545 either), and positions that fall together or before the
/// first date (the package gives a date twice, or one that was not asked for).
/// </summary>
public sealed class RecurrencePeerTests
{
    private const int Rules = 400;

    [Fact]
    public async Task Random_rules_say_the_same_dates_as_the_package_rrule()
    {
        var random = new Random(20260303);
        var cases = Enumerable.Range(0, Rules).Select(_ => (Start: Any(random), Rule: string.Empty)).Select(c => c with { Rule = AnyRule(random, c.Start) }).ToList();
        var theirs = await AskAsync(cases);
        theirs.Count.ShouldBe(Rules);
        theirs.Count(dates => dates.Count > 3).ShouldBeGreaterThan(Rules / 2);
        for (var i = 0; i < Rules; i++)
        {
            var problems = new List<Problem>();
            var rule = RecurrenceText.Read(cases[i].Rule, DateTimeZone.Utc, problems);
            problems.ShouldBeEmpty(cases[i].Rule);
            var last = cases[i].Start.PlusDays(731);
            var ours = RecurrenceRules.Of(rule!, cases[i].Start).TakeWhile(d => d <= last).Take(rule!.Count ?? 366).Take(366).Select(Text).ToList();
            ours.ShouldBe(theirs[i], $"{cases[i].Rule} from {Text(cases[i].Start)}");
        }
    }

    private static LocalDateTime Any(Random random) => new LocalDate(2026, 1, 1).PlusMonths(random.Next(30)).PlusDays(random.Next(28)).At(new LocalTime(random.Next(24), random.Next(4) * 15));

    // Rules that never say anything are left to our own tests: the package looks for them to the year 9999.
    private static string AnyRule(Random random, LocalDateTime start)
    {
        var frequency = random.Next(4);
        var parts = new List<string> { "FREQ=" + new[] { "DAILY", "WEEKLY", "MONTHLY", "YEARLY" }[frequency] };
        bool Sometimes(int percent) => random.Next(100) < percent;
        bool Has(string name) => parts.Exists(p => p.StartsWith(name + "=", StringComparison.Ordinal));
        string Some(int most, Func<string> one) => string.Join(',', Enumerable.Range(0, random.Next(1, most + 1)).Select(_ => one()).Distinct());
        string Number(int from, int to, bool negative = false) => ((negative && Sometimes(40) ? -1 : 1) * random.Next(from, to + 1)).ToString(CultureInfo.InvariantCulture);
        string Weekday() => "MOTUWETHFRSASU".Substring(random.Next(7) * 2, 2);
        if (Sometimes(50)) parts.Add("INTERVAL=" + Number(1, frequency == 0 ? 6 : 4));
        if (Sometimes(40)) parts.Add("COUNT=" + Number(1, 40));
        else if (Sometimes(60)) parts.Add("UNTIL=" + start.PlusDays(random.Next(700)).ToString("uuuuMMdd'T'HHmmss", CultureInfo.InvariantCulture) + "Z");
        if (!(frequency == 2 && Has("INTERVAL")) && Sometimes(30)) parts.Add("BYMONTH=" + Some(4, () => Number(1, 12)));
        if (frequency != 1 && Sometimes(30)) parts.Add("BYMONTHDAY=" + Some(4, () => Number(1, Has("BYMONTH") ? 28 : 31, negative: true)));
        if (Sometimes(50))
        {
            var ordinal = frequency > 1 && !Has("BYMONTHDAY") && Sometimes(50) ? frequency == 3 && !Has("BYMONTH") ? 50 : 4 : 0;
            parts.Add("BYDAY=" + Some(3, () => (ordinal > 0 ? Number(1, ordinal, negative: true) : string.Empty) + Weekday()));
            var cutWeek = frequency == 1 && start.DayOfWeek != IsoDayOfWeek.Monday;
            if (!cutWeek && Sometimes(50)) parts.Add("BYSETPOS=" + (Sometimes(40) ? "-1" : frequency < 2 || ordinal > 0 || Has("BYMONTHDAY") ? "1" : Some(3, () => Number(1, 4))));
        }

        if (!Has("BYSETPOS") && Sometimes(30)) parts.Add("WKST=" + Weekday());
        return string.Join(';', parts);
    }

    private static async Task<List<List<string>>> AskAsync(IEnumerable<(LocalDateTime Start, string Rule)> cases)
    {
        var client = Path.Combine(Source.Root, "src", "InstrumentShare", "Client");
        var script = Path.Combine(Source.Root, "tests", "InstrumentShare.Tests", "Bookings", "Series", "expand.mjs");
        using var node = Process.Start(new ProcessStartInfo("node", [script, client]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(), node.StandardError.ReadToEndAsync());
        await node.StandardInput.WriteAsync(JsonSerializer.Serialize(cases.Select(c => new { start = Text(c.Start) + "Z", rule = c.Rule })));
        node.StandardInput.Close();
        await node.WaitForExitAsync();
        node.ExitCode.ShouldBe(0, await errors);
        return JsonSerializer.Deserialize<List<List<string>>>(await output)!;
    }

    private static string Text(LocalDateTime time) => LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd'T'HH:mm:ss").Format(time);
}
