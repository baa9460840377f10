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
/// without a number in one rule (the package wants both at once, RFC 5545 either), and a position further from the end than there
/// are dates (the package takes the first, RFC 5545 none).
/// </summary>
public sealed class RecurrencePeerTests
{
    private const int Rules = 600;

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

    private static LocalDateTime Any(Random random) => new LocalDate(2026, 1, 1).PlusDays(random.Next(800)).At(new LocalTime(random.Next(24), random.Next(4) * 15));

    private static string AnyRule(Random random, LocalDateTime start)
    {
        var frequency = random.Next(4);
        var parts = new List<string> { "FREQ=" + new[] { "DAILY", "WEEKLY", "MONTHLY", "YEARLY" }[frequency] };
        bool Sometimes(int percent) => random.Next(100) < percent;
        string Some(int most, Func<string> one) => string.Join(',', Enumerable.Range(0, random.Next(1, most + 1)).Select(_ => one()).Distinct());
        string Number(int from, int to, bool negative = false) => ((negative && Sometimes(40) ? -1 : 1) * random.Next(from, to + 1)).ToString(CultureInfo.InvariantCulture);
        string Weekday() => "MOTUWETHFRSASU".Substring(random.Next(7) * 2, 2);
        if (Sometimes(50)) parts.Add("INTERVAL=" + Number(1, frequency == 0 ? 20 : 4));
        if (Sometimes(40)) parts.Add("COUNT=" + Number(1, 40));
        else if (Sometimes(60)) parts.Add("UNTIL=" + start.PlusDays(random.Next(700)).ToString("uuuuMMdd'T'HHmmss", CultureInfo.InvariantCulture) + "Z");
        var filters = parts.Count;
        if (Sometimes(30)) parts.Add("BYMONTH=" + Some(4, () => Number(1, 12)));
        if (frequency != 1 && Sometimes(30)) parts.Add("BYMONTHDAY=" + Some(4, () => Number(1, 31, negative: true)));
        if (Sometimes(50))
        {
            var ordinal = frequency > 1 && Sometimes(50) ? frequency == 3 && !parts.Exists(p => p.StartsWith("BYMONTH=", StringComparison.Ordinal)) ? 50 : 5 : 0;
            parts.Add("BYDAY=" + Some(3, () => (ordinal > 0 ? Number(1, ordinal, negative: true) : string.Empty) + Weekday()));
        }

        var start0 = frequency == 1 && start.DayOfWeek == IsoDayOfWeek.Monday;
        if (parts.Count > filters && (frequency != 1 || start0) && Sometimes(40)) parts.Add("BYSETPOS=" + Some(2, () => Sometimes(40) ? "-1" : Number(1, 3)));
        if (Sometimes(30) && !parts[^1].StartsWith("BYSETPOS", StringComparison.Ordinal)) parts.Add("WKST=" + Weekday());
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
