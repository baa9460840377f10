using InstrumentShare.Persistence;
using InstrumentShare.Tests.Support;

namespace InstrumentShare.Tests.Notifications;

/// <summary>The real scheduler on two nodes over one database.</summary>
public sealed class ClusteredJobsTests : TestHost
{
    private readonly string folder = Directory.CreateTempSubdirectory("instrumentshare-jobs-").FullName;

    protected override IEnumerable<KeyValuePair<string, string>> Settings => [new("Jobs:Enabled", "true"), new("Mail:Folder", folder)];

    [Fact]
    public async Task Mail_written_by_anyone_leaves_once_while_two_nodes_run_the_jobs_and_also_after_one_has_stopped()
    {
        var second = NewNode();
        second.CreateClient().Dispose();
        First.CreateClient().Dispose();
        await WriteAsync("one@example.org");
        await SentAsync(1);
        (await ScalarAsync<long>("SELECT count(*) FROM qrtz_scheduler_state")).ShouldBe(2);

        await second.DisposeAsync();
        await WriteAsync("two@example.org");
        await SentAsync(2);
        (await ScalarAsync<long>("SELECT count(*) FROM outbox_messages WHERE attempts = 1 AND sent_at IS NOT NULL")).ShouldBe(2);
        Directory.GetFiles(folder, "*.eml").Length.ShouldBe(2);
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task WriteAsync(string to)
    {
        await using var db = NewDb();
        db.AddMail("account.exists", to, null, "en", new { Name = "张三", Path = "/sign-in" }, Clock.Now);
        await db.SaveChangesAsync();
    }

    private async Task SentAsync(long count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await ScalarAsync<long>("SELECT count(*) FROM outbox_messages WHERE sent_at IS NOT NULL") < count) await Task.Delay(100, patience.Token);
    }
}
