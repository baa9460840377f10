using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Bookings.Notices;
using InstrumentShare.Catalog;
using InstrumentShare.Notifications;
using InstrumentShare.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace InstrumentShare.Tests.Bookings.Notices;

/// <summary>Reminders, ends that come near, and requests that wait: each told once, to the right people, while it is so.</summary>
public sealed class NoticeTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    public async Task InitializeAsync()
    {
        host.Clock.Now = FixedClock.Start;
        await host.ExecuteAsync("DELETE FROM outbox_messages; DELETE FROM booking_notices; DELETE FROM bookings; DELETE FROM mail_preferences");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(null, 24, true)]
    [InlineData(null, 25, false)]
    [InlineData(48, 48, true)]
    [InlineData(2, 24, false)]
    [InlineData(2, 2, true)]
    public async Task A_reminder_comes_as_many_hours_before_as_its_reader_wants(int? wanted, int hoursAhead, bool due)
    {
        var (instrument, person) = await PrepareAsync();
        if (wanted is { } hours) await WishAsync(person, $"reminder_hours = {hours}");
        await BookedAsync(instrument, person, hoursAhead);
        (await Reminders.RunAsync()).ShouldBe(due ? 1 : 0);
    }

    [Fact]
    public async Task A_reminder_has_a_link_to_cancel_and_the_entry_for_the_calendar()
    {
        var (instrument, person) = await PrepareAsync();
        var booking = await BookedAsync(instrument, person, 24);
        await Reminders.RunAsync();
        var mail = (await TakenMail.OfAsync(host)).ShouldHaveSingleItem();
        mail.Recipient.ShouldBe(person.Email);
        mail.Text.ShouldContain($"/bookings/{booking.Id.Value}/cancel");
        (await CalendarReader.ReadAsync(mail.Invitation!.Text)).Only.Uid.ShouldBe($"{booking.Id.Value}@instrumentshare");
    }

    [Fact]
    [Trait("Category", "Guarantee")]
    public async Task Each_reminder_is_written_once_by_many_nodes_at_once_and_after_a_weekend_off()
    {
        var (instrument, person) = await PrepareAsync();
        for (var n = 0; n < 20; n++) await BookedAsync(instrument, person, 72 + n);
        host.Clock.Advance(Duration.FromHours(60));
        var second = host.NewNode();
        var counts = await Task.WhenAll(new[] { host.Services, second.Services, host.Services, second.Services }.Select(s => s.GetRequiredService<RemindOfBookings>().RunAsync()));
        counts.Sum().ShouldBe(13, "those of the next 24 hours, the start of the last one included");
        (await host.ScalarAsync<long>("SELECT count(DISTINCT data->>'bookingId') FROM outbox_messages WHERE kind = 'booking.reminder'")).ShouldBe(13);
        (await Reminders.RunAsync()).ShouldBe(0);
        await second.DisposeAsync();
    }

    [Fact]
    public async Task What_has_begun_and_what_was_booked_later_than_the_reminder_is_not_reminded_of()
    {
        var (instrument, person) = await PrepareAsync();
        await BookedAsync(instrument, person, 10);
        (await Reminders.RunAsync()).ShouldBe(0, "it was booked ten hours before: the confirmation is the reminder");
        await BookedAsync(instrument, person, 30);
        host.Clock.Advance(Duration.FromHours(31));
        (await Reminders.RunAsync()).ShouldBe(0, "no node was up, and now it has begun");
    }

    [Theory]
    [InlineData("status = 'cancelled'")]
    [InlineData("starts_at = starts_at + interval '1 day', ends_at = ends_at + interval '1 day', held = tstzrange(starts_at + interval '1 day', ends_at + interval '1 day')")]
    public async Task A_reminder_that_waits_for_morning_is_not_sent_of_what_was_cancelled_or_moved_meanwhile(string change)
    {
        var (instrument, person) = await PrepareAsync();
        var booking = await BookedAsync(instrument, person, 24);
        await WishAsync(person, "quiet_from_minute = 480, quiet_to_minute = 1200");
        await Reminders.RunAsync();
        (await TakenMail.OfAsync(host)).ShouldBeEmpty("it is a quiet hour");
        await host.ExecuteAsync($"UPDATE bookings SET {change} WHERE id = @id", ("id", booking.Id.Value));
        host.Clock.Advance(Duration.FromHours(11));
        (await TakenMail.OfAsync(host)).ShouldBeEmpty();
        (await host.ScalarAsync<string>("SELECT held FROM outbox_messages WHERE kind = 'booking.reminder'")).ShouldBe("overtaken");
    }

    [Fact]
    public async Task A_cancelled_booking_is_never_reminded_of_and_a_moved_one_anew()
    {
        var (instrument, person) = await PrepareAsync();
        await host.Given.BookingAsync(instrument, person, host.Clock.Now + Duration.FromHours(24), status: BookingStatus.Cancelled);
        (await Reminders.RunAsync()).ShouldBe(0);
        var moved = await BookedAsync(instrument, person, 24);
        (await Reminders.RunAsync()).ShouldBe(1);
        await host.ExecuteAsync("UPDATE bookings SET starts_at = starts_at + interval '1 day', ends_at = ends_at + interval '1 day', held = tstzrange(starts_at + interval '1 day', ends_at + interval '1 day') WHERE id = @id", ("id", moved.Id.Value));
        (await Reminders.RunAsync()).ShouldBe(0);
        host.Clock.Advance(Duration.FromHours(24));
        (await Reminders.RunAsync()).ShouldBe(1);
    }

    [Theory]
    [InlineData(15, 1)]
    [InlineData(16, 0)]
    [InlineData(0, 0)]
    public async Task Who_is_at_the_instrument_hears_a_quarter_of_an_hour_before_the_end(int minutesLeft, int told)
    {
        var (instrument, person) = await PrepareAsync();
        await host.Given.BookingAsync(instrument, person, host.Clock.Now - Duration.FromMinutes(60 - minutesLeft), status: BookingStatus.InUse);
        await Reminders.RunAsync();
        (await EndingsAsync()).ShouldBe(told);
    }

    [Theory]
    [InlineData(true, 60, 0, 0)]
    [InlineData(false, 60, 0, 1)]
    [InlineData(true, 90, 0, 1)]
    [InlineData(true, 90, 30, 0)]
    public async Task Nothing_ends_for_who_has_the_next_slot_as_well(bool samePerson, int nextAfterMinutes, int coolingMinutes, int told)
    {
        var (instrument, person) = await PrepareAsync();
        var start = host.Clock.Now - Duration.FromMinutes(50);
        await host.Given.BookingAsync(instrument, person, start, status: BookingStatus.InUse, coolingMinutes: coolingMinutes);
        await host.Given.BookingAsync(instrument, samePerson ? person : await host.Given.PersonAsync(), start + Duration.FromMinutes(nextAfterMinutes));
        await Reminders.RunAsync();
        (await EndingsAsync()).ShouldBe(told);
    }

    [Fact]
    public async Task The_end_of_slots_in_a_row_is_told_also_when_the_first_alone_was_checked_in_to()
    {
        var (instrument, person) = await PrepareAsync();
        var start = host.Clock.Now - Duration.FromMinutes(50);
        await host.Given.BookingAsync(instrument, person, start, status: BookingStatus.InUse);
        var last = await host.Given.BookingAsync(instrument, person, start + Duration.FromMinutes(60));
        host.Clock.Advance(Duration.FromMinutes(60));
        await Reminders.RunAsync();
        var mail = (await TakenMail.OfAsync(host)).ShouldHaveSingleItem();
        mail.Text.ShouldContain($"/bookings/{last.Id.Value}");
        mail.Invitation.ShouldBeNull();
    }

    [Fact]
    public async Task A_booking_nobody_came_to_does_not_end_soon()
    {
        var (instrument, person) = await PrepareAsync();
        await host.Given.BookingAsync(instrument, person, host.Clock.Now - Duration.FromMinutes(50));
        await Reminders.RunAsync();
        (await EndingsAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task The_people_in_charge_hear_once_of_a_request_and_never_who_asked()
    {
        var institution = await host.Given.InstitutionAsync();
        var instrument = await host.Given.InstrumentAsync(institution);
        var manager = await host.Given.PersonWithRoleAsync(Role.LabManager, instrumentId: instrument.Id.Value);
        await host.Given.PersonWithRoleAsync(Role.Technician, instrumentId: instrument.Id.Value);
        await host.Given.PersonWithRoleAsync(Role.LabManager, institution);
        await host.Given.PersonWithRoleAsync(Role.LabManager, instrumentId: (await host.Given.InstrumentAsync(institution)).Id.Value);
        var (leader, member) = (await host.Given.PersonAsync(institution), await host.Given.PersonAsync(institution));
        var group = await host.Given.GroupAsync(institution, leader, member);
        await host.Given.GrantAsync(leader, Role.GroupLeader, group.Id.Value, ScopeKind.Group);
        await host.Given.BookingAsync(instrument, member, status: BookingStatus.Requested, groupId: group.Id);
        (await Deciders.RunAsync()).ShouldBe(1);
        (await Deciders.RunAsync()).ShouldBe(0);
        var mails = await TakenMail.OfAsync(host);
        mails.Select(m => m.Recipient).ShouldBe([manager.Email!], "the leader is not asked, and technicians do not decide");
        mails.ShouldAllBe(m => m.Text.Contains("张三 asks for") && m.Attachments.Count == 0);

        await host.Given.BookingAsync(instrument, manager, Day.Tomorrow(15), status: BookingStatus.Requested);
        await Deciders.RunAsync();
        (await TakenMail.OfAsync(host)).Select(m => m.Recipient).ShouldNotContain(manager.Email!);
    }

    [Fact]
    public async Task An_instrument_without_people_of_its_own_is_its_institutions_managers_care_and_a_decided_request_is_nobodys()
    {
        var institution = await host.Given.InstitutionAsync();
        var manager = await host.Given.PersonWithRoleAsync(Role.LabManager, institution);
        await host.Given.PersonWithRoleAsync(Role.LabManager, await host.Given.InstitutionAsync());
        var instrument = await host.Given.InstrumentAsync(institution);
        await host.Given.BookingAsync(instrument, await host.Given.PersonAsync(), status: BookingStatus.Requested);
        await Deciders.RunAsync();
        (await host.ScalarAsync<string>("SELECT string_agg(recipient, ' ') FROM outbox_messages")).ShouldBe(manager.Email);
        await host.ExecuteAsync("UPDATE bookings SET status = 'confirmed', approval_by = NULL, approvals = '[]'");
        (await TakenMail.OfAsync(host)).ShouldBeEmpty("it was decided on before the mail left");
    }

    private RemindOfBookings Reminders => host.Services.GetRequiredService<RemindOfBookings>();

    private TellDeciders Deciders => host.Services.GetRequiredService<TellDeciders>();

    private async Task<(Instrument Instrument, Person Person)> PrepareAsync() => (await host.Given.InstrumentAsync(), await host.Given.PersonAsync());

    private Task<Booking> BookedAsync(Instrument instrument, Person person, int hoursAhead) => host.Given.BookingAsync(instrument, person, host.Clock.Now + Duration.FromHours(hoursAhead));

    private Task<long> EndingsAsync() => host.ScalarAsync<long>("SELECT count(*) FROM outbox_messages WHERE kind = 'booking.ending'");

    private async Task WishAsync(Person person, string change)
    {
        await host.ExecuteAsync("INSERT INTO mail_preferences (person_id, time_zone, digest_minute, reminder_hours, choices) VALUES (@id, 'Asia/Shanghai', 480, 24, '{}')", ("id", person.Id));
        await host.ExecuteAsync($"UPDATE mail_preferences SET {change} WHERE person_id = @id", ("id", person.Id));
    }
}
