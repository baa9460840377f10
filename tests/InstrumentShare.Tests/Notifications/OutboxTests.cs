using InstrumentShare.Notifications;
using InstrumentShare.Notifications.Preferences;
using InstrumentShare.Persistence;
using InstrumentShare.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using NodaTime;

namespace InstrumentShare.Tests.Notifications;

public sealed class OutboxTests(TestHost host) : IClassFixture<TestHost>, IAsyncLifetime
{
    private static readonly MailOptions Settings = new();

    public Task InitializeAsync() => host.ExecuteAsync("DELETE FROM outbox_messages");

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    [Trait("Category", "Guarantee")]
    public async Task Two_senders_at_once_send_each_message_once()
    {
        for (var i = 0; i < 100; i++) await WriteAsync($"to{i}@example.org");
        var taken = new TakingMailer();
        var counts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Sender(taken).RunAsync(default)));
        counts.Sum().ShouldBe(100);
        taken.Recipients.Count.ShouldBe(100);
        taken.Recipients.Distinct().Count().ShouldBe(100);
        (await Sender(taken).RunAsync(default)).ShouldBe(0);
    }

    [Fact]
    [Trait("Category", "Guarantee")]
    public async Task What_a_sender_that_died_had_claimed_is_sent_when_its_lease_ends_and_what_it_had_sent_is_not()
    {
        for (var i = 0; i < 5; i++) await WriteAsync($"to{i}@example.org");
        using var death = new CancellationTokenSource();
        var dying = new TakingMailer { After = count => { if (count == 2) death.Cancel(); } };
        await Should.ThrowAsync<OperationCanceledException>(() => Sender(dying).RunAsync(death.Token));
        dying.Recipients.Count.ShouldBe(2);

        var second = new TakingMailer();
        (await Sender(second).RunAsync(default)).ShouldBe(0, "the lease of the first sender still holds");
        host.Clock.Advance(Sender(second).Lease);
        (await Sender(second).RunAsync(default)).ShouldBe(3);
        second.Recipients.Intersect(dying.Recipients).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_failure_is_tried_again_later_and_given_up_in_the_end_with_its_reason_kept()
    {
        var id = await WriteAsync("to@example.org");
        var failing = new TakingMailer { Failure = "mailbox on fire" };
        for (var attempt = 1; attempt <= OutboxRules.MaxAttempts; attempt++)
        {
            (await Sender(failing).RunAsync(default)).ShouldBe(0);
            (await ReadAsync(id)).Attempts.ShouldBe(attempt);
            (await Sender(failing).RunAsync(default)).ShouldBe(0);
            (await ReadAsync(id)).Attempts.ShouldBe(attempt, "not before its time");
            if (OutboxRules.WaitAfter(attempt) is { } wait) host.Clock.Advance(wait);
        }

        var given = await ReadAsync(id);
        given.FailedAt.ShouldBe(host.Clock.Now);
        given.SentAt.ShouldBeNull();
        given.LastError.ShouldBe("mailbox on fire");
        host.Clock.Advance(Duration.FromDays(30));
        (await Sender(new TakingMailer()).RunAsync(default)).ShouldBe(0);
    }

    [Fact]
    public async Task A_kind_without_words_fails_visibly_and_holds_nothing_up()
    {
        var odd = await WriteAsync("odd@example.org", kind: "no.such-kind");
        await WriteAsync("to@example.org");
        (await Sender(new TakingMailer()).RunAsync(default)).ShouldBe(1);
        (await ReadAsync(odd)).LastError!.ShouldContain("no.such-kind");
    }

    [Theory]
    [InlineData("zh-CN", "重设 InstrumentShare 密码", "张三，您好")]
    [InlineData("en", "Reset your InstrumentShare password", "Dear Zhang San")]
    public async Task The_message_is_in_the_readers_language_with_a_link_to_this_program(string language, string subject, string greeting)
    {
        var mailer = new TakingMailer();
        await WriteAsync("to@example.org", language: language);
        await Sender(mailer).RunAsync(default);
        var mail = mailer.Mails.ShouldHaveSingleItem();
        mail.Subject.ShouldBe(subject);
        mail.Text.ShouldContain(greeting);
        mail.Text.ShouldContain("http://localhost:5080/reset-password?person=1&token=x");
        mail.Html.ShouldContain("<a href=\"http://localhost:5080/reset-password?person=1&amp;token=x\">");
    }

    [Fact]
    public async Task What_people_typed_cannot_become_markup_or_a_second_subject_line()
    {
        var mailer = new TakingMailer();
        await WriteAsync("to@example.org", name: "<img src=x>");
        await Sender(mailer).RunAsync(default);
        mailer.Mails.Single().Html.ShouldNotContain("<img");
    }

    private SendOutboxMessages Sender(IMailer mailer) => new(
        host.Services.GetRequiredService<IDbContextFactory<AppDb>>(), mailer, host.Services.GetRequiredService<MailTemplates>(), host.Services.GetRequiredService<MailGate>(),
        Options.Create(Settings), host.Clock, NullLogger<SendOutboxMessages>.Instance);

    private async Task<Guid> WriteAsync(string to, string kind = "account.reset", string language = "en", string name = "张三")
    {
        await using var db = host.NewDb();
        db.AddMail(kind, to, null, language, new { Name = name, NameEn = name == "张三" ? "Zhang San" : name, Path = "/reset-password?person=1&token=x" }, host.Clock.Now);
        await db.SaveChangesAsync();
        return await db.Set<OutboxMessage>().Where(m => m.Recipient == to).Select(m => m.Id).SingleAsync();
    }

    private async Task<OutboxMessage> ReadAsync(Guid id)
    {
        await using var db = host.NewDb();
        return await db.Set<OutboxMessage>().SingleAsync(m => m.Id == id);
    }

    private sealed class TakingMailer : IMailer
    {
        private readonly List<OutgoingMail> mails = [];

        public IReadOnlyList<OutgoingMail> Mails => mails;

        public IReadOnlyList<string> Recipients => mails.ConvertAll(m => m.Recipient);

        public string? Failure { get; init; }

        public Action<int> After { get; init; } = _ => { };

        public async Task SendAsync(OutgoingMail mail, CancellationToken cancel)
        {
            await Task.Yield();
            if (Failure is not null) throw new InvalidOperationException(Failure);
            int count;
            lock (mails)
            {
                mails.Add(mail);
                count = mails.Count;
            }

            After(count);
        }
    }
}
