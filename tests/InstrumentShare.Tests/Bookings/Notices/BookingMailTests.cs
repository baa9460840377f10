using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using InstrumentShare.Access;
using InstrumentShare.Catalog;
using InstrumentShare.Notifications;
using InstrumentShare.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NodaTime;
using NodaTime.Extensions;

namespace InstrumentShare.Tests.Bookings.Notices;

/// <summary>What a mail program and its calendar learn of a booking's life, through a real mail server.</summary>
public sealed class BookingMailTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private SmtpServer server = null!;

    public async Task InitializeAsync()
    {
        await host.ExecuteAsync("DELETE FROM outbox_messages");
        server = await SmtpServer.StartAsync();
#pragma warning disable SYSLIB0014
        ServicePointManager.ServerCertificateValidationCallback = (_, certificate, _, errors) =>
            errors == System.Net.Security.SslPolicyErrors.None || (certificate as X509Certificate2)?.Thumbprint == server.Thumbprint;
#pragma warning restore SYSLIB0014
    }

    public async Task DisposeAsync() => await server.DisposeAsync();

    [Fact]
    public async Task Request_approval_move_and_cancellation_are_one_entry_whose_sequence_grows()
    {
        var (instrument, person, api, manager) = await PrepareAsync();
        var id = (await (await api.BookAsync(instrument, Day.Tomorrow(9), Day.Tomorrow(10))).JsonAsync()).GetProperty("id").GetGuid();
        (await manager.PostAsync($"/api/v1/bookings/{id}/approve", null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await manager.PostAsJsonAsync($"/api/v1/bookings/{id}/reschedule", new { startsAt = Day.Tomorrow(14).ToString(), endsAt = Day.Tomorrow(15).ToString(), overrideReason = "检修" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await manager.PostAsJsonAsync($"/api/v1/bookings/{id}/cancel", new { reason = "停电" })).StatusCode.ShouldBe(HttpStatusCode.OK);

        // All of it leaves late: each message still tells what was so when it was written.
        var calendars = await CalendarsAsync();
        calendars.Select(c => (c.Method, c.Only.Status, c.Only.Sequence)).ShouldBe([("REQUEST", "TENTATIVE", 0), ("REQUEST", "CONFIRMED", 1), ("REQUEST", "CONFIRMED", 2), ("CANCEL", "CANCELLED", 3)]);
        calendars.ShouldAllBe(c => c.Only.Uid == $"{id}@instrumentshare");
        calendars.Select(c => c.Only.StartsAt.ToInstant()).ShouldBe([Day.Tomorrow(9), Day.Tomorrow(9), Day.Tomorrow(14), Day.Tomorrow(14)]);
        foreach (var entry in calendars.Select(c => c.Only))
        {
            entry.Organizer!.Address.ShouldBe("mailto:no-reply@instrumentshare.example");
            entry.Attendees.ShouldBe([new CalendarReader.Person("mailto:" + person.Email, "张三", "ACCEPTED", "FALSE")]);
            entry.Url!.ShouldEndWith($"/bookings/{id}");
            entry.Location.ShouldBe("科学岛路 1 号, 3 号楼");
        }

        calendars.Select(c => c.Only.Summary).ShouldBe([$"Awaiting approval: {instrument.NameEn}", instrument.NameEn, instrument.NameEn, $"Cancelled: {instrument.NameEn}"]);
    }

    [Fact]
    public async Task A_rejection_and_an_expiry_take_the_entry_away()
    {
        var (instrument, person, api, manager) = await PrepareAsync();
        var id = (await (await api.BookAsync(instrument, Day.Tomorrow(9), Day.Tomorrow(10))).JsonAsync()).GetProperty("id").GetGuid();
        (await manager.PostAsJsonAsync($"/api/v1/bookings/{id}/reject", new { reason = "样品不符" })).StatusCode.ShouldBe(HttpStatusCode.OK);
        await host.Given.BookingAsync(instrument, person, FixedClock.Start + Duration.FromMinutes(5), status: InstrumentShare.Bookings.BookingStatus.Requested);
        await host.Services.GetRequiredService<InstrumentShare.Bookings.ExpireUnconfirmedBookings>().RunAsync();
        (await CalendarsAsync()).Skip(1).Select(c => (c.Method, c.Only.Status, c.Only.Sequence)).ShouldBe([("CANCEL", "CANCELLED", 1), ("CANCEL", "CANCELLED", 1)]);
    }

    [Fact]
    public async Task The_invitation_stands_where_mail_programs_look_for_it_and_is_attached_too()
    {
        var (instrument, _, api, _) = await PrepareAsync();
        (await api.BookAsync(instrument, Day.Tomorrow(9), Day.Tomorrow(10))).StatusCode.ShouldBe(HttpStatusCode.Created);
        await SendAsync();
        var message = (await server.MessagesAsync()).ShouldHaveSingleItem();
        var (headers, content) = MimeParts.Of(message, "text/calendar").ShouldHaveSingleItem();
        headers.ShouldContain("method=REQUEST");
        headers.ShouldContain("charset=utf-8");
        headers.ShouldNotContain("attachment");
        // Inside the alternatives, that is before the part that ends them and the attachment that follows.
        message.IndexOf("text/calendar", StringComparison.Ordinal).ShouldBeGreaterThan(message.IndexOf("multipart/alternative", StringComparison.Ordinal));
        var attached = MimeParts.Of(message, "application/ics").ShouldHaveSingleItem();
        attached.Headers.ShouldContain("attachment");
        attached.Headers.ShouldContain("booking.ics");
        attached.Content.ShouldBe(content);
    }

    private async Task<List<CalendarReader.Calendar>> CalendarsAsync()
    {
        await SendAsync();
        var calendars = new List<CalendarReader.Calendar>();
        foreach (var message in await server.MessagesAsync())
            calendars.Add(await CalendarReader.ReadAsync(MimeParts.Of(message, "text/calendar").ShouldHaveSingleItem().Content));
        return calendars;
    }

    private Task SendAsync() => TakenMail.SendAsync(host, new SmtpMailer(Options.Create(new MailOptions { Host = "localhost", Port = server.Port, User = SmtpServer.User, Password = SmtpServer.Password })));

    private async Task<(Instrument Instrument, Person Person, HttpClient Api, HttpClient Manager)> PrepareAsync()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution, rules: r => r with { ApprovalRequired = true });
        await host.ExecuteAsync("UPDATE instruments SET address = '科学岛路 1 号, 3 号楼' WHERE id = @id", ("id", instrument.Id.Value));
        var person = await host.Given.PersonAsync(institution);
        var manager = await host.Given.PersonWithRoleAsync(Role.LabManager, instrumentId: instrument.Id.Value);
        return (instrument, person, await host.ApiAsync(person), await host.ApiAsync(manager));
    }
}
