using System.Text;
using InstrumentShare.Kernel;
using InstrumentShare.Tests.Support;
using NodaTime;
using NodaTime.Extensions;

namespace InstrumentShare.Tests.Kernel;

/// <summary>Our writer against another's reader.</summary>
public sealed class CalendarFileTests
{
    private static readonly Instant Start = Instant.FromUtc(2026, 3, 3, 2, 0);
    private static readonly CalendarPerson Sender = new("no-reply@share.example", "InstrumentShare");

    [Fact]
    public async Task An_entry_is_read_as_it_was_meant()
    {
        var entry = Entry("透射电镜") with
        {
            Description = "第一行\n第二行", Location = "合肥市; 科学岛, 3 号楼", Url = "https://share.example/bookings/1?a=1,2;b", Attendee = new CalendarPerson("zhang@example.org", "张三, \"博士\"; 课题组: 甲"),
        };
        var read = await CalendarReader.ReadAsync(File(CalendarMethod.Request, entry).Write(Start));
        (read.Method, read.Version).ShouldBe(("REQUEST", "2.0"));
        var only = read.Only;
        (only.Kind, only.Uid, only.Sequence, only.Status, only.Transp).ShouldBe(("vevent", "1@instrumentshare", 3, "CONFIRMED", "OPAQUE"));
        (only.StartsAt.ToInstant(), only.EndsAt.ToInstant(), only.Stamp.ToInstant()).ShouldBe((Start, Start + Duration.FromHours(2), Start - Duration.FromDays(1)));
        (only.Summary, only.Description, only.Location, only.Url).ShouldBe((entry.Summary, entry.Description, entry.Location, entry.Url));
        only.Organizer.ShouldBe(new CalendarReader.Person("mailto:no-reply@share.example", "InstrumentShare", null, null));
        only.Attendees.ShouldBe([new CalendarReader.Person("mailto:zhang@example.org", "张三, '博士'; 课题组: 甲", "ACCEPTED", "FALSE")]);
    }

    [Theory]
    [InlineData("a;b,c\\d\\n e:f \"g\" =h")]
    [InlineData("tab\there")]
    [InlineData(" leading and trailing ")]
    [InlineData("第一行\n\n第三行，；：")]
    [InlineData("BEGIN:VEVENT\nEND:VCALENDAR")]
    [InlineData("😀👩‍🔬𠮷")]
    public async Task Text_comes_back_as_it_went(string text) => (await ReadAsync(text)).Only.Summary.ShouldBe(text);

    [Theory]
    [InlineData("a\rb\r\nc\u0085d", "a\nb\nc\nd")]
    [InlineData("bell\u0007 and null\0", "bell and null")]
    public async Task Other_line_ends_become_one_and_control_characters_go(string text, string kept) => (await ReadAsync(text)).Only.Summary.ShouldBe(kept);

    [Fact]
    public async Task A_fold_at_any_place_cuts_no_character_and_loses_none()
    {
        // A character of one to four octets, pushed over the fold one octet at a time, over several folds.
        foreach (var character in new[] { "x", "é", "镜", "😀" })
        {
            var entries = Enumerable.Range(0, 80).Select(n => Entry(new string('a', n) + string.Concat(Enumerable.Repeat(character, 90))) with { Uid = $"{n}" }).ToList();
            var text = File(CalendarMethod.Publish, [.. entries]).Write(Start);
            Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).ShouldNotContain("\uFFFD");
            text.Split("\r\n").Select(Encoding.UTF8.GetByteCount).Max().ShouldBe(75, "lines are as long as they may be");
            (await CalendarReader.ReadAsync(text)).Components.Select(c => c.Summary).ShouldBe(entries.Select(e => e.Summary));
        }
    }

    [Fact]
    public void A_line_of_75_octets_stays_whole_and_one_of_76_does_not()
    {
        var lines = new CalendarLines();
        lines.Add("X", new string('a', 73));
        lines.Add("X", new string('a', 74));
        lines.ToString().ShouldBe($"X:{new string('a', 73)}\r\nX:{new string('a', 73)}\r\n a\r\n");
    }

    [Fact]
    public async Task A_cancellation_says_so_in_method_and_status_and_blocks_no_time()
    {
        var read = await CalendarReader.ReadAsync(File(CalendarMethod.Cancel, Entry("x") with { Status = CalendarStatus.Cancelled }).Write(Start));
        (read.Method, read.Only.Status, read.Only.Transp).ShouldBe(("CANCEL", "CANCELLED", "TRANSPARENT"));
    }

    [Fact]
    public async Task An_empty_list_is_a_valid_file_that_says_nothing_is_booked()
    {
        var range = new TimeSlot(Start, Start + Duration.FromDays(1));
        var read = await CalendarReader.ReadAsync((File(CalendarMethod.Publish) with { Range = range, Name = "我的预约" }).Write(Start));
        (read.Name, read.Only.Kind, read.Only.StartsAt.ToInstant()).ShouldBe(("我的预约", "vfreebusy", Start));
    }

    private static Task<CalendarReader.Calendar> ReadAsync(string summary) => CalendarReader.ReadAsync(File(CalendarMethod.Publish, Entry(summary)).Write(Start));

    private static CalendarFile File(CalendarMethod method, params CalendarEvent[] entries) => new(method, Sender, entries);

    private static CalendarEvent Entry(string summary) => new("1@instrumentshare", 3, CalendarStatus.Confirmed, new TimeSlot(Start, Start + Duration.FromHours(2)), summary, Start - Duration.FromDays(1));
}
