using System.Diagnostics;
using System.Text;
using System.Text.Json;
using InstrumentShare.Tests.Architecture;

namespace InstrumentShare.Tests.Support;

/// <summary>Reads calendar files with ical.js, which knows nothing of our writer, and looks at what it would let pass: octets and line ends.</summary>
public static class CalendarReader
{
    private const string Script = """
        import ICAL from 'ical.js';
        const chunks = [];
        for await (const chunk of process.stdin) chunks.push(chunk);
        const root = new ICAL.Component(ICAL.parse(Buffer.concat(chunks).toString('utf8')));
        const person = (p) => p && { address: p.getFirstValue(), name: p.getFirstParameter('cn'), partstat: p.getFirstParameter('partstat') ?? null, rsvp: p.getFirstParameter('rsvp') ?? null };
        const components = root.getAllSubcomponents().map((c) => ({
          kind: c.name, uid: c.getFirstPropertyValue('uid'), sequence: c.getFirstPropertyValue('sequence'), status: c.getFirstPropertyValue('status'),
          summary: c.getFirstPropertyValue('summary'), description: c.getFirstPropertyValue('description'), location: c.getFirstPropertyValue('location'), url: c.getFirstPropertyValue('url'),
          transp: c.getFirstPropertyValue('transp'), stamp: c.getFirstPropertyValue('dtstamp').toJSDate(), startsAt: c.getFirstPropertyValue('dtstart').toJSDate(), endsAt: c.getFirstPropertyValue('dtend').toJSDate(),
          organizer: person(c.getFirstProperty('organizer')), attendees: c.getAllProperties('attendee').map(person),
        }));
        console.log(JSON.stringify({ method: root.getFirstPropertyValue('method'), version: root.getFirstPropertyValue('version'), name: root.getFirstPropertyValue('name'), components }));
        """;

    public sealed record Person(string Address, string Name, string? Partstat, string? Rsvp);

    public sealed record Component(
        string Kind, string Uid, int? Sequence, string? Status, string? Summary, string? Description, string? Location, string? Url, string? Transp,
        DateTimeOffset Stamp, DateTimeOffset StartsAt, DateTimeOffset EndsAt, Person? Organizer, IReadOnlyList<Person> Attendees);

    public sealed record Calendar(string? Method, string Version, string? Name, IReadOnlyList<Component> Components)
    {
        public Component Only => Components.ShouldHaveSingleItem();
    }

    public static async Task<Calendar> ReadAsync(string text)
    {
        text.Replace("\r\n", string.Empty, StringComparison.Ordinal).ShouldNotContain("\r", Case.Sensitive);
        text.Replace("\r\n", string.Empty, StringComparison.Ordinal).ShouldNotContain("\n", Case.Sensitive);
        text.ShouldEndWith("END:VCALENDAR\r\n");
        foreach (var line in text.Split("\r\n")) Encoding.UTF8.GetByteCount(line).ShouldBeLessThanOrEqualTo(75, line);

        var start = new ProcessStartInfo("node", ["--input-type=module", "--eval", Script])
        {
            WorkingDirectory = Path.Combine(Source.Folder, "Client"), RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8,
        };
        using var node = Process.Start(start)!;
        var (output, errors) = (node.StandardOutput.ReadToEndAsync(), node.StandardError.ReadToEndAsync());
        await node.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(text));
        node.StandardInput.Close();
        await node.WaitForExitAsync();
        node.ExitCode.ShouldBe(0, await errors);
        return JsonSerializer.Deserialize<Calendar>(await output, JsonSerializerOptions.Web)!;
    }
}
