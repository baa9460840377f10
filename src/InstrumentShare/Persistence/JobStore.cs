using Npgsql;
using Quartz;

namespace InstrumentShare.Persistence;

/// <summary>
/// The scheduler of all nodes together, on their common database: each job runs on one node at a time, and what a node that
/// died had begun is taken over by another.
/// </summary>
public static class JobStore
{
    public static void Configure(IQuartzBuilder quartz, string connectionString, JobsOptions options)
    {
        quartz.ConfigureScheduler(s => s.InstanceName = "InstrumentShare");
        quartz.UseDefaultThreadPool(options.AtOnce);
        quartz.UsePersistentStore(store =>
        {
            store.UsePostgres(NpgsqlFactory.Instance, connectionString);
            store.ConfigureStore(s => (s.TablePrefix, s.StoreJobDataAsStrings) = ("qrtz_", true));
            store.UseClustering(c => c.CheckinInterval = TimeSpan.FromSeconds(2));
        });
    }

    /// <summary>
    /// Runs a job again and again, on one node at a time. A run that was missed while no node was up is made up for once, as soon
    /// as one is, so a job must ask "what is due by now" and never "what is due this minute".
    /// </summary>
    public static void Every<TJob>(this IQuartzBuilder quartz, TimeSpan interval) where TJob : class, IJob =>
        quartz.ScheduleJob<TJob>(
            trigger => trigger.WithIdentity(typeof(TJob).Name).WithSimpleSchedule(s =>
                s.WithInterval(interval).RepeatForever().WithMisfireInstruction(SimpleTriggerMisfireInstruction.NowWithExistingCount)),
            job => job.WithIdentity(typeof(TJob).Name).DisallowConcurrentExecution());

    /// <summary>Runs a job once a night, at half past two in Shanghai; a night that was missed is made up for once.</summary>
    public static void Nightly<TJob>(this IQuartzBuilder quartz) where TJob : class, IJob =>
        quartz.ScheduleJob<TJob>(
            trigger => trigger.WithIdentity(typeof(TJob).Name).WithCronSchedule("0 30 2 * * ?", c =>
                c.InTimeZone(TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai")).WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed)),
            job => job.WithIdentity(typeof(TJob).Name).DisallowConcurrentExecution());
}
