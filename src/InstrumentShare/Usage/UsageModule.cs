using InstrumentShare.Access;
using InstrumentShare.Access.Accounts;
using InstrumentShare.Bookings;
using InstrumentShare.Persistence;
using InstrumentShare.Usage.Bench;
using InstrumentShare.Usage.Chain;
using InstrumentShare.Usage.Faults;
using InstrumentShare.Usage.Feedback;
using InstrumentShare.Usage.Kiosks;
using InstrumentShare.Usage.Verdicts;
using Quartz;

namespace InstrumentShare.Usage;

public sealed class UsageModule : Module
{
    public override IEnumerable<Permission> Permissions => [.. UsagePermissions.All, .. FaultPermissions.All, .. KioskPermissions.All];

    public override IEnumerable<MenuEntry> Menu =>
    [
        new("menu.my-usage", "/my/usage", "menu.work", 30, UsagePermissions.Own, "clock-play"),
        new("menu.today", "/manage/today", "menu.manage", 10, UsagePermissions.Record, "layout-dashboard"),
        new("menu.usage", "/manage/usage", "menu.manage", 30, UsagePermissions.View, "list-details"),
        new("menu.proof", "/manage/usage/proof", "menu.manage", 31, UsagePermissions.View, "shield-check"),
        new("menu.faults", "/manage/faults", "menu.manage", 32, FaultPermissions.View, "tools"),
        new("menu.kiosks", "/manage/kiosks", "menu.manage", 33, KioskPermissions.Kiosks, "qrcode"),
        new("menu.badge", "/account/badge", "menu.account", 25, KioskPermissions.Own, "id-badge"),
    ];

    public override IEnumerable<MailKind> MailKinds => [new("fault.reported", MayBeOff: true), new("fault.acknowledged", MayBeOff: true), new("fault.resolved", MayBeOff: true)];

    public override void AddServices(IServiceCollection services, IConfiguration configuration) => services
        .AddScoped<UsageDesk>().AddScoped<CheckIn>().AddScoped<CheckOut>().AddScoped<RecordUsage>().AddScoped<CorrectUsage>().AddScoped<UsageQueries>().AddScoped<DeskQueries>()
        .AddScoped<GiveFeedback>().AddScoped<IBookingGate, FeedbackGate>()
        .AddSingleton(new BookingPart(typeof(UseOfBooking))).AddSingleton(new BookingPart(typeof(VerdictOfBooking)))
        .AddScoped<JudgeBookings>().AddScoped<ExcuseBooking>().AddScoped<ChangeVerdictSettings>().AddScoped<VerdictQueries>().AddScoped<IBookingMarks, VerdictQueries>()
        .AddScoped<LinkUsage>().AddScoped<SealUsage>().AddScoped<VerifyUsage>().AddScoped<ChainQueries>().AddSingleton<IStartupLoader, AdoptUsage>()
        .AddScoped<FaultQueries>().AddScoped<FaultMail>().AddScoped<ReportFault>().AddScoped<AddFaultPhoto>().AddScoped<SettleFault>().AddScoped<IPersonalDataSource, FaultQueries>().AddSingleton(new InstrumentNotice(typeof(FaultsOfInstrument)))
        .AddScoped<BenchQueries>().AddScoped<BenchActions>().AddScoped<StartWalkUp>().AddScoped<StopUse>()
        .AddSingleton<BadgeHasher>().AddScoped<KioskDoor>().AddScoped<KioskQueries>().AddScoped<ChangeKiosks>().AddScoped<ChangeBadges>().AddScoped<IdentifyAtKiosk>().AddScoped<IPersonalDataSource, ChangeBadges>()
        .AddScoped<IEventHandler<UsageRecorded>, AwaitVerdicts>().AddScoped<IEventHandler<UsageCorrected>, AwaitVerdicts>();

    public override void AddJobs(IQuartzBuilder quartz)
    {
        quartz.Every<JudgeBookingsJob>(TimeSpan.FromMinutes(1));
        quartz.Every<SealUsageJob>(TimeSpan.FromMinutes(15));
    }

    public override void MapApi(RouteGroupBuilder api)
    {
        UsageApi.Map(api);
        VerdictApi.Map(api);
        FeedbackApi.Map(api);
        FaultApi.Map(api);
        BenchApi.Map(api);
        ChainApi.Map(api);
        KioskApi.Map(api);
    }
}
