using InstrumentShare.Access;
using InstrumentShare.Access.Accounts;
using InstrumentShare.Bookings;
using InstrumentShare.Bookings.Cancellations;
using InstrumentShare.Catalog;
using InstrumentShare.Persistence;
using InstrumentShare.Usage.Verdicts;
using Quartz;

namespace InstrumentShare.Integrity;

public sealed class IntegrityModule : Module
{
    public override IEnumerable<Permission> Permissions => IntegrityPermissions.All;

    public override IEnumerable<MenuEntry> Menu =>
    [
        new("menu.credit", "/my/credit", "menu.work", 50, IntegrityPermissions.Own, "gauge"),
        new("menu.credit-rules", "/credit-rules", "menu.manage", 51, IntegrityPermissions.Rules, "scale"),
        new("menu.credit-rules", "/credit-rules", "menu.manage", 51, IntegrityPermissions.RegionalRules, "scale"),
        new("menu.credit-appeals", "/manage/credit-appeals", "menu.manage", 50, IntegrityPermissions.Decide, "scale"),
    ];

    public override IEnumerable<MailKind> MailKinds => [new("credit.appeal-overdue", MayBeOff: false)];

    public override void AddServices(IServiceCollection services, IConfiguration configuration) => services
        .AddScoped<CreditQueries>().AddScoped<CreditRuleBook>().AddScoped<EnterCredit>().AddScoped<AppealCredit>().AddScoped<ChangeCredit>().AddScoped<IPersonalDataSource, CreditQueries>()
        .AddScoped<IEventHandler<BookingsJudged>, EnterCredit>().AddScoped<IBookingGate, CreditGate>()
        .AddScoped<EnterLateCancellations>().AddScoped<ILateCancellationCost, LateCancellationCost>()
        .AddSingleton<RaiseAppeals>().AddSingleton(new InstrumentTab("conduct.tab", "conduct", 60));

    public override void AddJobs(IQuartzBuilder quartz)
    {
        quartz.Every<RaiseAppealsJob>(TimeSpan.FromHours(1));
        quartz.Every<EnterLateCancellationsJob>(TimeSpan.FromSeconds(10));
    }

    public override void MapApi(RouteGroupBuilder api) => CreditApi.Map(api);
}
