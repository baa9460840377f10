using InstrumentShare.Access;
using InstrumentShare.Bookings;
using InstrumentShare.Persistence;
using InstrumentShare.Usage.Feedback;
using InstrumentShare.Usage.Verdicts;
using Quartz;

namespace InstrumentShare.Usage;

public sealed class UsageModule : Module
{
    public override IEnumerable<Permission> Permissions => UsagePermissions.All;

    public override IEnumerable<MenuEntry> Menu =>
    [
        new("menu.my-usage", "/my/usage", "menu.work", 30, UsagePermissions.Own, "clock-play"),
        new("menu.today", "/manage/today", "menu.manage", 10, UsagePermissions.Record, "layout-dashboard"),
        new("menu.usage", "/manage/usage", "menu.manage", 30, UsagePermissions.View, "list-details"),
    ];

    public override void AddServices(IServiceCollection services, IConfiguration configuration) => services
        .AddScoped<UsageDesk>().AddScoped<CheckIn>().AddScoped<CheckOut>().AddScoped<RecordUsage>().AddScoped<CorrectUsage>().AddScoped<UsageQueries>().AddScoped<DeskQueries>()
        .AddScoped<GiveFeedback>().AddScoped<IBookingGate, FeedbackGate>()
        .AddSingleton(new BookingPart(typeof(UseOfBooking))).AddSingleton(new BookingPart(typeof(VerdictOfBooking)))
        .AddScoped<JudgeBookings>().AddScoped<ExcuseBooking>().AddScoped<ChangeVerdictSettings>().AddScoped<VerdictQueries>().AddScoped<IBookingMarks, VerdictQueries>()
        .AddScoped<IEventHandler<UsageRecorded>, AwaitVerdicts>().AddScoped<IEventHandler<UsageCorrected>, AwaitVerdicts>();

    public override void AddJobs(IQuartzBuilder quartz) => quartz.Every<JudgeBookingsJob>(TimeSpan.FromMinutes(1));

    public override void MapApi(RouteGroupBuilder api)
    {
        UsageApi.Map(api);
        VerdictApi.Map(api);
        FeedbackApi.Map(api);
    }
}
