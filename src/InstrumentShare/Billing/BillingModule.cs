using InstrumentShare.Access;
using InstrumentShare.Billing.Disputes;
using InstrumentShare.Billing.Funds;
using InstrumentShare.Billing.Ledger;
using InstrumentShare.Bookings;
using InstrumentShare.Orders.Samples;
using InstrumentShare.Persistence;
using InstrumentShare.Pricing;
using InstrumentShare.Usage;
using Quartz;

namespace InstrumentShare.Billing;

public sealed class BillingModule : Module
{
    public override IEnumerable<Permission> Permissions => [.. BillingPermissions.All, .. FundPermissions.All, .. LedgerPermissions.All];

    public override IEnumerable<MenuEntry> Menu =>
    [
        new("menu.charges", "/charges", "menu.work", 40, BillingPermissions.Read, "receipt"),
        new("menu.funds", "/funds", "menu.work", 45, FundPermissions.Read, "wallet"),
        new("menu.managed-charges", "/manage/charges", "menu.manage", 40, BillingPermissions.View, "cash"),
        new("menu.charge-disputes", "/manage/charge-disputes", "menu.manage", 42, BillingPermissions.Decide, "scale"),
        new("menu.ledger", "/ledger", "menu.manage", 44, LedgerPermissions.View, "report-money"),
    ];

    public override IEnumerable<MailKind> MailKinds => [new("ledger.unsound", MayBeOff: false)];

    public override void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddScoped<ChargeQueries>().AddScoped<AnnotateCharges>().AddScoped<IPriceUse, PriceUseOfCharges>().AddSingleton(new BookingPart(typeof(ChargeOfBooking))).AddSingleton(new BookingPart(typeof(FundOfBooking)))
            .AddScoped<IEventHandler<UsageRecorded>, ChargeUsage>().AddScoped<IEventHandler<UsageCorrected>, ChargeUsage>().AddScoped<IEventHandler<OrderDelivered>, ChargeOrder>();
        services
            .AddScoped<EnterEntries>().AddScoped<PostCharges>().AddScoped<MoveMoney>().AddScoped<ClosePeriod>().AddScoped<LedgerQueries>().AddScoped<LedgerFile>().AddSingleton<ProveLedger>()
            .AddHealthChecks().AddCheck<LedgerHealth>("ledger");
        services
            .AddSingleton<TermsOfInstrument>().AddScoped<ChangeTerms>().AddScoped<SaveFund>().AddScoped<FillFund>().AddScoped<SaveSplit>().AddScoped<FundQueries>().AddScoped<FundMovements>().AddSingleton<ReleaseHolds>()
            .AddScoped<IBookingFunds>(s => s.GetRequiredService<FundQueries>()).AddScoped<IBookingGate, FundGate>();
        services.AddScoped<DisputeCharge>().AddScoped<DisputeQueries>();
    }

    public override void AddJobs(IQuartzBuilder quartz)
    {
        quartz.Nightly<ProveLedgerJob>();
        quartz.Every<ReleaseHoldsJob>(TimeSpan.FromHours(1));
    }

    public override void MapApi(RouteGroupBuilder api)
    {
        ChargeApi.Map(api);
        LedgerApi.Map(api);
        FundApi.Map(api);
        DisputeApi.Map(api);
    }
}
