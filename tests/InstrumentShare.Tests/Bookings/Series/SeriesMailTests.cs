using System.Net;
using InstrumentShare.Tests.Support;
using NodaTime.Extensions;

namespace InstrumentShare.Tests.Bookings.Series;

/// <summary>What calendars learn of a series: all its dates at once, and all of them again when they are taken away.</summary>
public sealed class SeriesMailTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task A_cancelled_series_leaves_none_of_its_dates_in_a_calendar()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        await host.ExecuteAsync("UPDATE instruments SET address = '3 号楼' WHERE id = @id", ("id", instrument.Id.Value));
        var person = await host.Given.PersonAsync(institution);
        using var api = await host.ApiAsync(person);
        var id = await api.RepeatedAsync(instrument);
        (await api.MoveAsync(await api.BookingAsync(id, 1), Day.Tomorrow(24 + 14), Day.Tomorrow(24 + 15))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await api.MoveAsync(await api.BookingAsync(id, 0), Day.Tomorrow(11), Day.Tomorrow(12), "all")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await api.CancelAsync(await api.BookingAsync(id, 0), "all")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var uids = new List<string>();
        for (var index = 0; index < 3; index++) uids.Add($"{await api.BookingAsync(id, index)}@instrumentshare");

        var mails = (await TakenMail.OfAsync(host)).Where(m => m.Recipient == person.Email).ToList();
        var (made, alone) = (await FileAsync(mails, "Series booked"), await CalendarReader.ReadAsync(mails.Single(m => m.Invitation is not null).Invitation!.Text));
        var (moved, cancelled) = (await FileAsync(mails, "Series changed"), await FileAsync(mails, "Series cancelled"));
        new[] { made.Method, moved.Method, cancelled.Method }.ShouldAllBe(m => m == "PUBLISH", "a request or a cancellation is of one entry only");
        made.Components.Select(c => (c.Uid, c.Status, c.Sequence)).ShouldBe(uids.Select(u => (u, (string?)"CONFIRMED", (int?)0)));
        (alone.Method, alone.Only.Uid, alone.Only.Sequence).ShouldBe(("REQUEST", uids[1], 1));
        moved.Components.Select(c => (c.Uid, c.Sequence)).ShouldBe([(uids[0], 1), (uids[2], 1)]);
        moved.Components[0].StartsAt.ToInstant().ShouldBe(Day.Tomorrow(11));
        cancelled.Components.Select(c => (c.Uid, c.Status, c.Sequence, c.Transp)).ShouldBe(uids.Select(u => (u, (string?)"CANCELLED", (int?)2, (string?)"TRANSPARENT")));
        cancelled.Components.ShouldAllBe(c => c.Attendees.Count == 0 && c.Organizer != null && c.Location == "3 号楼");
        cancelled.Components.ShouldAllBe(c => c.Url!.EndsWith("/bookings/" + c.Uid.Split('@')[0], StringComparison.Ordinal));
    }

    private static async Task<CalendarReader.Calendar> FileAsync(IEnumerable<InstrumentShare.Notifications.OutgoingMail> mails, string subject)
    {
        var mail = mails.Single(m => m.Subject.StartsWith(subject, StringComparison.Ordinal));
        mail.Invitation.ShouldBeNull();
        return await CalendarReader.ReadAsync(mail.Attachments.ShouldHaveSingleItem().Text);
    }
}
